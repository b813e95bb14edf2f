"""Attack: a key and an anchor are given, and a ledger that they do not cover is VERIFIED nevertheless.

A missing anchor file does not hold a head that could contradict the ledger. A signature covers the lines up to its own,
and it was not checked whether the line that settled the release is among them: two signed lines followed by forged ones
passed.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from kit.project import Project, open_town
from kit.stores import stores_in

from synth_assets.audit import Status, verify_bundle
from synth_assets.cli.main import cli
from synth_assets.ledger import Account, Source, open_ledger
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.ledger.keys import create_key, load_signer, public_path
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.obtain.release import request_for
from synth_assets.privacy import Cap
from synth_assets.promotion import Promotion
from synth_assets.strategy.release_plan import ReleasePlan


def claims(promoted: Promotion, **options: object) -> dict[str, Status]:
    return {claim.name: claim.status for claim in verify_bundle(promoted.bundle, **options)}  # type: ignore[arg-type]


def keep(path: Path, ledger: SqlLedger, *, seq: int) -> str:
    """Keep the head at one line, and return the anchor's address."""
    entry = list(ledger.entries())[seq - 1]
    path.touch()
    FileAnchor(path).write(Head(ledger_id=ledger.ledger_id(), seq=seq, hash=entry.hash))
    return f"file:{path}"


def settled(ledger: SqlLedger) -> int:
    return next(entry.seq for entry in ledger.entries() if entry.kind == "SETTLED")


def test_a_missing_anchor_verifies_nothing(promoted: Promotion, tmp_path: Path) -> None:
    assert claims(promoted, anchor=f"file:{tmp_path / 'nowhere' / 'anchors.jsonl'}")["anchor"] is not Status.VERIFIED


def test_an_anchor_of_another_ledger_verifies_nothing(promoted: Promotion, tmp_path: Path) -> None:
    (tmp_path / "anchors.jsonl").touch()
    FileAnchor(tmp_path / "anchors.jsonl").write(Head(ledger_id="0" * 32, seq=99, hash="0" * 64))
    assert claims(promoted, anchor=f"file:{tmp_path / 'anchors.jsonl'}")["anchor"] is not Status.VERIFIED


def test_a_head_before_the_line_that_settled_the_release_verifies_nothing(
    checked: Project, promoted: Promotion, tmp_path: Path
) -> None:
    ledger = open_ledger(root=checked.root)
    early = keep(tmp_path / "early.jsonl", ledger, seq=settled(ledger) - 1)
    assert claims(promoted, anchor=early)["anchor"] is not Status.VERIFIED
    late = keep(tmp_path / "late.jsonl", ledger, seq=settled(ledger))
    assert claims(promoted, anchor=late)["anchor"] is Status.VERIFIED


def test_a_ledger_that_went_on_since_is_not_a_fault_of_the_bundle(
    checked: Project, promoted: Promotion, tmp_path: Path
) -> None:
    ledger = open_ledger(root=checked.root)
    address = keep(tmp_path / "anchors.jsonl", ledger, seq=settled(ledger))
    ledger.set_version("census", "2026-12", by="custodian")
    keep(tmp_path / "anchors.jsonl", ledger, seq=len(list(ledger.entries())))
    assert claims(promoted, anchor=address)["anchor"] is Status.VERIFIED


@pytest.fixture
def forged(checked: Project, tmp_path: Path) -> Promotion:
    """Two lines of another account are signed by the officer; everything after them is not."""
    create_key(tmp_path / "officer.key")
    (checked.root / ".synth-assets" / "ledger.db").rename(tmp_path / "unsigned.db")
    source = open_ledger(f"sqlite:///{tmp_path / 'unsigned.db'}").source("census")
    ledger = open_ledger(root=checked.root, trust=Trust(signer=load_signer(tmp_path / "officer.key")))
    for name in ("one", "two"):
        account = Account(name=name, source=name, population="p", unit=checked.contract.unit())
        ledger.open_account(account, Cap(epsilon=1.0, delta=1e-6), by="officer")
    _continue(open_ledger(root=checked.root, trust=Trust()), checked, source)
    ledger_lines = tuple(open_ledger(root=checked.root, trust=Trust()).export_entries("town"))
    return checked.promote(replace(checked.evidence(0), ledger_lines=ledger_lines), **stores_in(tmp_path))


def _continue(ledger: SqlLedger, checked: Project, source: Source) -> None:
    """Write the rest of the ledger with its own code and without a key, so that it is consistent."""
    open_town(ledger, checked.contract)
    ledger.add_source(source, by="officer")
    request = request_for(ReleasePlan(contract=checked.contract), source, by="nobody", reason="forged", run_id=None)
    permit = ledger.begin(ledger.reserve(request).id)
    assert permit.reservation_id == checked.release.reservation
    ledger.redeem(permit)
    for number in sorted({answer.draw for answer in checked.release.answers}):
        ledger.record_intent(permit, number, f"{number}" * 64)
        ledger.record_answer(permit, number, f"{number}" * 64)
    ledger.settle(permit.reservation_id, release_digest=checked.release.digest)


def test_signed_lines_followed_by_forged_ones_are_not_verified(forged: Promotion, tmp_path: Path) -> None:
    assert claims(forged, key=public_path(tmp_path / "officer.key"))["signature"] is Status.FAILED


def test_the_ledgers_own_verification_reports_it_too(
    forged: Promotion, checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(checked.root))
    key = str(public_path(tmp_path / "officer.key"))
    assert cli.main(args=["ledger", "verify", "--key", key], standalone_mode=False) == 1
    early = keep(tmp_path / "early.jsonl", open_ledger(root=checked.root), seq=2)
    assert cli.main(args=["ledger", "verify", "--anchor", early], standalone_mode=False) == 1
