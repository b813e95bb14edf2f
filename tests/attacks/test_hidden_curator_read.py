"""Attack: somebody decides on exact figures and hides that they were read, or gets them without being seen.

No epsilon covers what is decided on exact figures, so a version of an account of which any were read says so. Hiding it
means to drop the ledger's entry, to seal it, or to leave it out of the statement. Getting exact figures unseen means to
ask for them where nothing records it: in a contract, by the name of a plan, or with a paid permit.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from kit.people import make_contract
from kit.project import Project
from kit.stores import stores_in
from measuring_here import measuring_here
from pydantic import ValidationError
from resealed import edit_json, edit_lines, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.errors import UsageError
from synth_assets.ledger import CuratorRequest
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.measurement.permit import PermitHolder
from synth_assets.strategy.plans import PLANS, plan_of
from synth_assets.strategy.release_plan import ReleasePlan

__all__ = ["measuring_here"]

LINK = ("seq", "body_digest", "previous", "hash", "key_id", "signature", "format", "tag")
Lines = list[dict[str, Any]]


def request_about(project: Project) -> CuratorRequest:
    facts = {"dataset": "people", "contract_digest": project.contract.digest(), "candidate": "d" * 64}
    return CuratorRequest(
        id="0123", source="census", version="2026-11", part=None, by="Ada", reason="a complaint", **facts
    )


@pytest.fixture
def version(checked: Project, tmp_path: Path) -> Path:
    """A version of an account of which a curator read exact figures."""
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    checked.ledger.open_to_curator(request_about(checked))
    checked.ledger.set_version("census", "2026-12", by="officer")
    promoted = checked.promote(checked.evidence(0), **stores_in(tmp_path))
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def failed(version: Path) -> set[str]:
    return {claim.name for claim in verify_bundle(reseal(version)) if claim.status is Status.FAILED}


def leave_out(version: Path) -> None:
    """Take the reading out of the statement, as a forger would."""

    def change(statement: dict[str, Any]) -> None:
        statement.pop("conditional")
        unprotected = statement["unprotected_quantities"]
        statement["unprotected_quantities"] = [quantity for quantity in unprotected if "exact figures" not in quantity]

    edit_json(version / "bundle" / "privacy.json", change)


def removed(lines: Lines) -> None:
    lines[:] = [line for line in lines if line.get("kind") != "CURATOR_READ"]


def sealed(lines: Lines) -> None:
    for index, line in enumerate(lines):
        if line.get("kind") == "CURATOR_READ":
            lines[index] = {**{word: line[word] for word in LINK}, "sealed": True}


def renamed(lines: Lines) -> None:
    next(line for line in lines if line.get("kind") == "CURATOR_READ")["by"] = "nobody"


def test_the_honest_version_is_conditional_and_nothing_failed(version: Path) -> None:
    claims = {claim.name: claim for claim in verify_bundle(version / "bundle")}
    assert Status.FAILED not in {claim.status for claim in claims.values()}
    assert "CONDITIONAL" in claims["exact figures"].detail


@pytest.mark.parametrize(
    ("hide", "claim"), [(removed, "ledger chain"), (sealed, "sealed lines"), (renamed, "ledger chain")]
)
def test_a_reading_cannot_be_taken_out_of_the_ledgers_lines(
    version: Path, hide: Callable[[Lines], None], claim: str
) -> None:
    edit_lines(version / "bundle" / "ledger.jsonl", hide)
    leave_out(version)
    assert claim in failed(version)


def test_where_the_newest_lines_are_cut_off_an_anchor_shows_that_there_are_more(
    checked: Project, version: Path, tmp_path: Path
) -> None:
    """Every line after the settling can be cut off; so can a later charge. An anchor knows that the ledger went on."""
    (tmp_path / "anchors.jsonl").touch()
    entries = list(checked.ledger.entries())
    for entry in entries:
        head = Head(ledger_id=entries[0].previous, seq=entry.seq, hash=entry.hash)
        FileAnchor(tmp_path / "anchors.jsonl").write(head)

    def cut(lines: Lines) -> None:
        del lines[[line.get("kind") for line in lines].index("CURATOR_READ") :]

    edit_lines(version / "bundle" / "ledger.jsonl", cut)
    claims = {claim.name: claim for claim in verify_bundle(reseal(version), anchor=str(tmp_path / "anchors.jsonl"))}
    assert f"the ledger has gone on to entry {len(entries)} since" in claims["anchor"].detail


def test_a_reading_cannot_be_left_out_of_the_statement(version: Path) -> None:
    leave_out(version)
    assert {"exact figures", "privacy statement"} <= failed(version)


def test_a_reading_cannot_be_told_as_one_of_another_tool_or_of_fewer_rows(version: Path) -> None:
    def change(statement: dict[str, Any]) -> None:
        statement["conditional"][0].update(tool="hybrid@0123456789ab", rows=1)

    edit_json(version / "bundle" / "privacy.json", change)
    assert {"exact figures", "privacy statement"} <= failed(version)


def test_a_statement_of_the_first_form_does_not_hide_it(version: Path) -> None:
    leave_out(version)
    edit_json(version / "bundle" / "privacy.json", lambda statement: statement.update(format_version=1))
    assert "exact figures" in failed(version)


def test_a_contract_cannot_ask_for_exact_figures() -> None:
    for key in ("curator", "exact", "curate"):
        with pytest.raises(ValidationError):
            make_contract(**{key: True})


def test_no_plan_has_exact_figures() -> None:
    assert set(PLANS) == {"release", "evaluation"}
    with pytest.raises(UsageError, match="not known"):
        plan_of("curator", {})


def test_a_curators_permit_makes_no_release(checked: Project, measuring_here: None, tmp_path: Path) -> None:
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    permit: Any = checked.ledger.open_to_curator(request_about(checked))
    with pytest.raises(AttributeError):
        PermitHolder(
            ReleasePlan(contract=checked.contract),
            ledger=checked.ledger,
            permit=permit,
            workspace=checked.workspace,
            scratch=tmp_path,
            lock=Lock(),
        )
