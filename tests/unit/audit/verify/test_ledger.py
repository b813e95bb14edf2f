"""Claims about paying follow from the ledger's entries."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from resealed import edit_json, edit_lines, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.files import canonical_json
from synth_assets.promotion import Promotion

Lines = list[dict[str, Any]]


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path, **options: Any) -> set[str]:
    return {claim.name for claim in verify_bundle(bundle, **options) if claim.status is Status.FAILED}


def _edited(version: Path, change: Callable[[Lines], None]) -> set[str]:
    edit_lines(version / "bundle" / "ledger.jsonl", change)
    return _failed(reseal(version))


def test_an_edited_entry_breaks_the_chain(version: Path) -> None:
    assert "ledger chain" in _edited(version, lambda lines: lines[3].update(by="somebody else"))


def test_a_deleted_entry_breaks_the_chain(version: Path) -> None:
    assert "ledger chain" in _edited(version, lambda lines: lines.pop(4))


def test_two_swapped_entries_break_the_chain(version: Path) -> None:
    assert "ledger chain" in _edited(version, lambda lines: lines.insert(2, lines.pop(5)))


def test_a_ledger_cut_before_the_end_does_not_settle_the_reservation(version: Path) -> None:
    failed = _edited(version, lambda lines: lines.pop())
    assert "reservation" in failed
    assert "ledger chain" not in failed  # cut at the end it is consistent: that takes an anchor


def test_a_ledger_without_the_reservation_fails(version: Path) -> None:
    def cut(lines: Lines) -> None:
        del lines[3:]

    assert {"reservation", "draws", "attempts", "composition"} <= _edited(version, cut)


def test_an_empty_ledger_fails(version: Path) -> None:
    assert "ledger chain" in _edited(version, lambda lines: lines.clear())


def test_a_failed_attempt_that_is_left_out_fails(version: Path) -> None:
    edit_json(version / "bundle" / "privacy.json", lambda statement: statement["attempts"][0].update(attempt=2))
    assert "attempts" in _failed(reseal(version))


def test_an_attempt_reported_as_free_fails(version: Path) -> None:
    edit_json(version / "bundle" / "privacy.json", lambda statement: statement["attempts"][0].update(charged=False))
    assert "attempts" in _failed(reseal(version))


def test_an_anchor_of_this_ledger_is_verified_and_one_that_it_lacks_fails(
    checked: Project, promoted: Promotion, tmp_path: Path
) -> None:
    lines = list(checked.ledger.export_entries("town"))
    head = {"ledger_id": lines[0]["previous"], "seq": len(lines), "hash": lines[-1]["hash"]}
    anchor = tmp_path / "anchors.jsonl"
    anchor.write_bytes(canonical_json(head))
    claims = {claim.name: claim.status for claim in verify_bundle(promoted.bundle, anchor=str(anchor))}
    assert claims["anchor"] is Status.VERIFIED
    anchor.write_bytes(canonical_json({**head, "hash": "0" * 64}))
    assert "anchor" in _failed(promoted.bundle, anchor=f"file:{anchor}")


def test_a_key_that_signed_nothing_fails(promoted: Promotion, tmp_path: Path) -> None:
    from synth_assets.ledger.keys import create_key, public_path

    create_key(tmp_path / "officer.key")
    assert "signature" in _failed(promoted.bundle, key=public_path(tmp_path / "officer.key"))


def test_entries_of_other_accounts_travel_as_digests_only(promoted: Promotion) -> None:
    text = (promoted.bundle / "ledger.jsonl").read_text()
    assert '"sealed":true' in text
    assert "others" not in text
