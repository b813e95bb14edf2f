"""``audit verify``: a line a claim, and an exit code that a pipeline can use."""

import json
from pathlib import Path

import pytest
from project import command

pytestmark = pytest.mark.integration


def test_an_untouched_bundle_is_verified_and_an_altered_one_is_not(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = next((finished / "data" / "promoted" / "people" / "versions").iterdir()) / "bundle"
    assert command("audit", "verify", str(bundle)) == 0
    said = capsys.readouterr().out
    assert "VERIFIED" in said
    assert "ATTESTED" in said
    assert "FAILED" not in said

    privacy = bundle / "privacy.json"
    privacy.chmod(0o644)
    privacy.write_text(privacy.read_text().replace("add_remove_unit", "change_one_unit"))
    assert command("audit", "verify", str(bundle), "--json") == 1
    assert any(claim["status"] == "FAILED" for claim in json.loads(capsys.readouterr().out))
