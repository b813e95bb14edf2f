"""Privacy arithmetic is recomputed: a bundle that understates a loss fails."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from resealed import change_release, edit_json, edit_lines, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.audit.privacy_statement import ROLLBACK, privacy_statement
from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion
from synth_assets.release import NoisyMarginal

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path) -> set[str]:
    return {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def _halve(release: dict[str, Any], word: str) -> None:
    for marginal in release["answers"]:
        marginal[word] /= 2


def test_a_table_that_claims_to_cost_less_than_its_mechanism_fails(version: Path) -> None:
    assert "privacy maps" in _failed(change_release(version, lambda release: _halve(release, "rho")))


def test_a_table_that_claims_less_noise_than_its_mechanism_fails(version: Path) -> None:
    assert "privacy maps" in _failed(change_release(version, lambda release: _halve(release, "scale")))


def test_a_mechanism_with_half_the_noise_breaks_map_and_composition(version: Path) -> None:
    def weaken(release: dict[str, Any]) -> None:
        mechanisms = [json.loads(text) for text in release["mechanisms"]]
        for mechanism in mechanisms:
            mechanism["__kwargs__"]["scale"] /= 2
        release["mechanisms"] = [json.dumps(mechanism) for mechanism in mechanisms]
        _halve(release, "scale")

    assert {"privacy maps", "composition", "second accountant"} <= _failed(change_release(version, weaken))


@pytest.mark.parametrize(
    ("old", "new"), [("make_gaussian", "make_laplace"), ("ZeroConcentratedDivergence", "MaxDivergence"), ("{", "[")]
)
def test_a_mechanism_of_another_kind_fails(version: Path, old: str, new: str) -> None:
    def change(release: dict[str, Any]) -> None:
        release["mechanisms"] = [text.replace(old, new) for text in release["mechanisms"]]

    assert "privacy maps" in _failed(change_release(version, change))


def test_a_charge_below_what_was_measured_fails(version: Path) -> None:
    def cheapen(lines: list[dict[str, Any]]) -> None:
        for line in lines:
            if line.get("kind") == "RESERVED":
                line["payload"]["request"]["loss"]["nano_rho"] //= 2

    edit_lines(version / "bundle" / "ledger.jsonl", cheapen)
    assert {"composition", "ledger chain", "epsilon"} <= _failed(reseal(version))


def test_a_charge_above_what_the_contract_asked_fails(version: Path) -> None:
    edit_json(version / "bundle" / "contract.json", lambda contract: contract["privacy"]["spend"].update(epsilon=0.5))
    assert {"epsilon", "identity"} <= _failed(reseal(version))


def test_a_statement_that_says_otherwise_fails(version: Path) -> None:
    edit_json(version / "bundle" / "privacy.json", lambda statement: statement["composition"].update(epsilon=0.1))
    assert {"epsilon", "privacy statement"} <= _failed(reseal(version))


def test_a_unit_with_more_rows_than_was_paid_for_fails(version: Path) -> None:
    unit = {"column": "person", "max_rows": 4}
    edit_json(version / "bundle" / "contract.json", lambda contract: contract["privacy"].update(unit=unit))
    assert {"d_in", "privacy maps", "composition", "second accountant"} <= _failed(reseal(version))


def test_a_statement_of_the_first_format_is_recomputed_in_that_form(version: Path, checked: Project) -> None:
    evidence = checked.evidence(0)
    old = privacy_statement(
        checked.release,
        contract=evidence.contract,
        book=evidence.book,
        anchored=False,
        format_version=1,
    )
    assert "rollback" not in old
    assert "domain_sources_when_measured" not in old
    edit_json(version / "bundle" / "privacy.json", lambda statement: (statement.clear(), statement.update(old)))
    claims = {claim.name: claim.status for claim in verify_bundle(reseal(version))}
    assert claims["privacy statement"] is Status.VERIFIED
    assert claims["rollback"] is Status.NOT_CHECKABLE


@pytest.mark.parametrize(
    "change",
    [
        {"format_version": 3},
        {"format_version": 1},
        {"format_version": None},
        {"rollback": "impossible"},
        {"rollback": ROLLBACK[True]},  # without the change that goes with it
        {"domain_sources": {}},
        {"domain_sources_when_measured": {"age": "a law"}},
        {"unprotected_quantities": []},
    ],
)
def test_a_statement_that_says_something_else_fails(version: Path, change: dict[str, Any]) -> None:
    edit_json(version / "bundle" / "privacy.json", lambda statement: statement.update(change))
    assert "privacy statement" in _failed(reseal(version))


@pytest.mark.parametrize(
    "change",
    [
        lambda statement: statement["privacy_loss"].update(epsilon=0.01),
        lambda statement: statement["privacy_loss"].update(nano_rho=1),
        lambda statement: statement["privacy_unit"].update(max_rows=2),
        lambda statement: statement["mechanisms"][0].update(scale=99.0),
        lambda statement: statement["mechanisms"].pop(),
        lambda statement: statement["spent_on"].clear(),
        lambda statement: statement["source"].update(version="2099-01"),
        lambda statement: statement.update(account="somebody else"),
        lambda statement: statement.update(dp_variant="pure"),
        lambda statement: statement["unprotected_quantities"].pop(0),
        lambda statement: statement.clear(),
    ],
)
def test_a_release_statement_that_its_records_do_not_bear_out_fails(version: Path, change: Change) -> None:
    (folder,) = (version / "bundle" / "release").iterdir()
    edit_json(folder / "measurement.json", change)
    digest = sha256_file(folder / "measurement.json")
    assert "release statement" in _failed(
        change_release(version, lambda release: release["files"].update({"measurement.json": digest}))
    )


def test_answers_that_say_all_of_their_request_are_compared_with_what_was_announced(
    promoted: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables do not say all of it: their grids were announced too. Taken at their word, they are not what was asked."""
    assert "answers" not in _failed(promoted.bundle)
    monkeypatch.setattr(NoisyMarginal, "says_all", True)
    (claim,) = (claim for claim in verify_bundle(promoted.bundle) if claim.name == "answers")
    assert claim.status is Status.FAILED
    assert "is not what the ledger announced" in claim.detail
