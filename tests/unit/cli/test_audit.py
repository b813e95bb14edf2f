"""``audit verify``: a line per claim, a verdict, and an exit code that a pipeline can use."""

import json
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project, command
from made_up_records import BAD, GOOD

from synth_assets.assurance import mechanisms
from synth_assets.audit.assurance import MECHANISMS, Record, records_of
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


def test_a_slip_of_the_auditors_is_wrong_use_and_not_a_claim_that_fails(finished: Project, tmp_path: Path) -> None:
    version = str(next((finished.promoted / "versions").iterdir()))
    with pytest.raises(UsageError, match=r"missing\.pub"):
        command("audit", "verify", version, "--key", str(tmp_path / "missing.pub"))
    (tmp_path / "other.pub").write_text("not a key")
    with pytest.raises(UsageError, match="is not an Ed25519 public key"):
        command("audit", "verify", version, "--key", str(tmp_path / "other.pub"))
    with pytest.raises(UsageError, match="there is no version in"):
        command("audit", "verify", str(tmp_path))


def test_what_fails_for_one_reason_is_said_once(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = next((finished.promoted / "versions").iterdir()) / "bundle"
    manifest = bundle / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text("{")
    capsys.readouterr()
    assert command("audit", "verify", str(bundle)) == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = (line for line in lines if "is not JSON within our limits" in line)
    assert line.startswith("FAILED        files and ")
    assert "fidelity" in lines[-1]
    assert len({line for line in lines if line.startswith("VERIFIED")}) > 1


def _found(record: Record, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let an audit of the mechanisms come to ``record``; return a list of how many runs were asked for."""
    asked: list[int] = []

    def audit(*, runs: int, **_: Any) -> Record:
        asked.append(runs)
        return record

    monkeypatch.setattr(mechanisms, "audit_mechanisms", audit)
    return asked


def test_an_audit_of_the_mechanisms_leaves_its_record_for_the_next_promotion(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = _found(GOOD[MECHANISMS], monkeypatch)
    assert command("audit", "mechanisms") == 0
    assert "passed: 1 of 1 tests passed" in capsys.readouterr().out
    assert records_of(project.workspace, dataset="people") == {MECHANISMS: GOOD[MECHANISMS]}
    assert asked == [mechanisms.RUNS]


def test_a_fault_of_a_mechanism_is_exit_code_1_and_its_record_may_go_elsewhere(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = _found(BAD, monkeypatch)
    assert command("audit", "mechanisms", "--runs", "7000", "--out", str(tmp_path / "here.json"), "--json") == 1
    assert json.loads(capsys.readouterr().out) == BAD.as_json() == json.loads((tmp_path / "here.json").read_text())
    assert records_of(project.workspace, dataset="people") == {}
    assert asked == [7000]
