"""False alarms hide a real one: `status` reported a comment in a contract as damage, and `--repair` hid a real change.

A comment in ``defs.yaml`` or an edited suite changes a dependency of the DVC stage, so
`status` reported that DVC was not at the promoted version and exited with 3. `--repair` recorded the new
dependencies, and from then on it was not reported that the suite was no longer the promoted one.
"""

import json

import pytest
import yaml
from kit.project import Project, command

pytestmark = pytest.mark.integration


def _comment(project: Project) -> None:
    file = project.definition
    file.write_text(f"# Looked at again in November.\n{file.read_text()}")


def _edit_suite(project: Project) -> None:
    """Add a check by hand."""
    file = project.suite
    suite = json.loads(file.read_text())
    entry = {"type": "expect_column_to_exist", "kwargs": {"column": "age"}, "meta": {"check": "there"}}
    suite["expectations"].append(entry)
    file.write_text(json.dumps(suite, indent=1))


def test_a_comment_in_the_contract_is_nothing(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("status", "--json")
    before = capsys.readouterr().out
    _comment(finished)
    assert command("status", "--json") == 0
    assert capsys.readouterr().out == before


def test_an_edited_suite_is_reported_and_is_not_an_alarm(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    _edit_suite(finished)
    assert command("status") == 0
    printed = capsys.readouterr().out
    assert "changed since promotion" in printed
    assert "suite: checks that were written by hand changed since this version was promoted: there" in printed


def test_repair_does_not_hide_that_the_suite_moved_on(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    lock = (finished.root / "dvc.lock").read_bytes()
    _edit_suite(finished)
    command("status", "--repair")
    capsys.readouterr()
    command("status")
    assert "changed since" in capsys.readouterr().out
    assert (finished.root / "dvc.lock").read_bytes() == lock


def test_what_a_crash_left_behind_is_an_alarm_even_beside_an_edited_suite(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit_suite(finished)
    lock = yaml.safe_load((finished.root / "dvc.lock").read_text())
    lock["stages"]["people"]["outs"][0]["md5"] = "0" * 32 + ".dir"
    (finished.root / "dvc.lock").write_text(yaml.safe_dump(lock))
    assert command("status") == 3
    capsys.readouterr()
    assert command("status", "--repair") == 0
    printed = capsys.readouterr().out
    assert "DVC was repaired" in printed
    assert "suite: " in printed


def test_asking_for_the_status_writes_nothing(finished: Project) -> None:
    (finished.root / "dvc.yaml").write_text("stages: {}\n")
    before = {path: path.read_bytes() for path in finished.root.glob("*") if path.is_file()}
    command("status")
    assert {path: path.read_bytes() for path in finished.root.glob("*") if path.is_file()} == before
