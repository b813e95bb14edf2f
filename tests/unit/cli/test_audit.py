"""``audit verify``: a line per claim, a verdict, and an exit code that a pipeline can use."""

import json
from pathlib import Path

import pytest
from project import command

from synth_assets.errors import UsageError

pytestmark = pytest.mark.integration


def test_an_untouched_bundle_is_verified_and_an_altered_one_is_not(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = next((finished / "data" / "promoted" / "people" / "versions").iterdir())
    working_copy, bundle = finished / "data" / "promoted" / "people" / "version", version / "bundle"
    for place in (bundle, version, working_copy):
        assert command("audit", "verify", str(place), "--expect", version.name[:12]) == 0
    said = capsys.readouterr().out
    assert "VERIFIED" in said
    assert "ATTESTED" in said
    assert "FAILED" not in said
    assert said.strip().splitlines()[-1].startswith("HOLDS: ")
    with pytest.raises(UsageError, match="12 to 64 hexadecimal digits"):
        command("audit", "verify", str(bundle), "--expect", "abc")

    privacy = bundle / "privacy.json"
    privacy.chmod(0o644)
    privacy.write_text(privacy.read_text().replace("add_remove_unit", "change_one_unit"))
    assert command("audit", "verify", str(bundle), "--json") == 1
    assert any(claim["status"] == "FAILED" for claim in json.loads(capsys.readouterr().out))
