"""Attack: an exporter seals lines of the bundle's own account, and with them draws and spending.

Entries of other accounts are exported as digests. A line was not bound to its account, so a bundle could hide a second
release of the same people (or the whole second half of its account's history) behind sealed lines, under a valid
signature and a valid anchor: both cover hashes, and the hashes are correct.
"""

import shutil
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from kit.stores import stores_in
from resealed import edit_lines, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.ledger import open_ledger
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.ledger.keys import create_key, load_signer, public_path
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import PrivacyLoss

LINK = ("seq", "body_digest", "previous", "hash", "key_id", "signature", "format", "tag")


@pytest.fixture
def version(checked: Project, tmp_path: Path) -> Path:
    """A promoted version whose account paid for a second release too; the newest line is signed and anchored."""
    create_key(tmp_path / "officer.key")
    trust = Trust(signer=load_signer(tmp_path / "officer.key"))
    ledger = open_ledger(root=checked.root, trust=trust)
    (first,) = ledger.reservations("town")
    loss = PrivacyLoss(nano_rho=20_000_000)
    request = replace(first.request, fingerprint="another", dataset="another", loss=loss)
    second = ledger.begin(ledger.reserve(request).id)
    ledger.redeem(second)
    ledger.record_intent(second, 1, "i")
    ledger.record_answer(second, 1, "a")
    ledger.settle(second.reservation_id, release_digest="0" * 64)
    newest = list(ledger.entries())[-1]
    (tmp_path / "anchors.jsonl").touch()
    FileAnchor(tmp_path / "anchors.jsonl").write(Head(ledger_id=ledger.ledger_id(), seq=newest.seq, hash=newest.hash))
    evidence = replace(checked.evidence(0), ledger_lines=tuple(ledger.export_entries("town")))
    promoted = checked.promote(evidence, **stores_in(tmp_path))
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def claims(version: Path, tmp_path: Path) -> dict[str, Status]:
    verified = verify_bundle(
        version / "bundle", key=public_path(tmp_path / "officer.key"), anchor=f"file:{tmp_path / 'anchors.jsonl'}"
    )
    return {claim.name: claim.status for claim in verified}


def seal(line: dict[str, Any]) -> None:
    shown = {word: line[word] for word in LINK if word in line}
    line.clear()
    line.update(shown, sealed=True)


def test_the_honest_bundle_is_verified(version: Path, tmp_path: Path) -> None:
    statuses = claims(version, tmp_path)
    assert Status.FAILED not in statuses.values()
    assert (statuses["signature"], statuses["anchor"]) == (Status.VERIFIED, Status.VERIFIED)


def test_a_second_release_of_the_same_people_cannot_be_sealed(version: Path, tmp_path: Path) -> None:
    def hide(lines: list[dict[str, Any]]) -> None:
        (first,) = {line["reservation_id"] for line in lines if line.get("kind") == "RESERVED"} & {_paid(version)}
        for line in lines:
            if not line.get("sealed") and line["reservation_id"] not in (None, first):
                seal(line)

    edit_lines(version / "bundle" / "ledger.jsonl", hide)
    _restate(version)
    reseal(version)
    assert Status.FAILED in claims(version, tmp_path).values()


def test_a_draw_of_the_release_itself_cannot_be_sealed(version: Path, tmp_path: Path) -> None:
    def hide(lines: list[dict[str, Any]]) -> None:
        for line in lines:
            if line.get("kind") == "REDEEMED" and line["reservation_id"] == _paid(version):
                seal(line)

    edit_lines(version / "bundle" / "ledger.jsonl", hide)
    reseal(version)
    assert Status.FAILED in claims(version, tmp_path).values()


def test_a_tag_cannot_be_exchanged_on_a_sealed_line(version: Path, tmp_path: Path) -> None:
    def hide(lines: list[dict[str, Any]]) -> None:
        line = next(line for line in lines if line.get("kind") == "REDEEMED")
        seal(line)
        line["tag"] = "0" * 32

    edit_lines(version / "bundle" / "ledger.jsonl", hide)
    reseal(version)
    assert Status.FAILED in claims(version, tmp_path).values()


def _paid(version: Path) -> str:
    import json

    (release,) = (version / "bundle" / "release").iterdir()
    return str(json.loads((release / "release.json").read_text())["reservation"])


def _restate(version: Path) -> None:
    """Write the privacy statement and the report again from the remaining lines, as a forger would."""
    import json

    from synth_assets.audit.privacy_statement import privacy_statement, read_book
    from synth_assets.contract import DatasetContract
    from synth_assets.release import load_release

    bundle = version / "bundle"
    (release,) = (bundle / "release").iterdir()
    contract = DatasetContract.model_validate_json((bundle / "contract.json").read_bytes())
    lines = [json.loads(line) for line in (bundle / "ledger.jsonl").read_text().splitlines()]
    anchored = {"anchored": False} if "anchored" in signature(privacy_statement).parameters else {}
    statement = privacy_statement(load_release(release), contract=contract, book=read_book(lines), **anchored)
    (bundle / "privacy.json").unlink()
    (bundle / "privacy.json").write_text(json.dumps(statement))
