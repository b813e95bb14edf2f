"""``audit verify``: a line per claim, a verdict, and an exit code that a pipeline can use."""

import json

import pytest
from kit.project import Project, command

from synth_assets.errors import UsageError

pytestmark = pytest.mark.integration


def test_an_untouched_bundle_is_verified_and_an_altered_one_is_not(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    version = next((finished.promoted / "versions").iterdir())
    working_copy, bundle = finished.promoted / "version", version / "bundle"
    for folder in (bundle, version, working_copy):
        assert command("audit", "verify", str(folder), "--expect", version.name[:12]) == 0
    output = capsys.readouterr().out
    assert "VERIFIED" in output
    assert "ATTESTED" in output
    assert "FAILED" not in output
    assert output.strip().splitlines()[-1].startswith("HOLDS: ")
    with pytest.raises(UsageError, match="12 to 64 hexadecimal digits"):
        command("audit", "verify", str(bundle), "--expect", "abc")

    privacy = bundle / "privacy.json"
    privacy.chmod(0o644)
    privacy.write_text(privacy.read_text().replace("add_remove_unit", "change_one_unit"))
    assert command("audit", "verify", str(bundle), "--json") == 1
    assert any(claim["status"] == "FAILED" for claim in json.loads(capsys.readouterr().out))
