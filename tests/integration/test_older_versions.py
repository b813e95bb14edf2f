"""What older code promoted can still be read and verified: nothing in it fails today.

``tests/data/version_of_format_1`` was written by commit 41d5b47: a manifest of format 1, which names no
template of its report, and a ledger of format 1. What was not written down then is NOT CHECKABLE now.
"""

from pathlib import Path

import pytest

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.audit.manifest import read_manifest

VERSION = Path(__file__).parent.parent / "data" / "version_of_format_1"
DIGEST = "ac0b3811c06992a3256903f4ccd88d686b1699917d4ceb53373030b62ce6a4cb"


def test_a_version_of_format_1_has_no_failed_claim() -> None:
    assert read_manifest(VERSION / "bundle")["format_version"] == 1
    claims = verify_bundle(VERSION, expect=DIGEST)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    found = {claim.name: claim.status for claim in claims}
    assert found["expected version"] is found["data"] is found["answers"] is Status.VERIFIED
    assert found["report"] in (Status.VERIFIED, Status.NOT_CHECKABLE)


@pytest.mark.parametrize("name", ["bundle/report.html", "bundle/ledger.jsonl", "data/part-00000.parquet"])
def test_an_altered_version_of_format_1_fails_as_any_other(tmp_path: Path, name: str) -> None:
    for path in VERSION.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(VERSION)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes() + (b" " if path == VERSION / name else b""))
    assert exit_code(verify_bundle(tmp_path)) == 1
