"""``leak-test`` writes its record where the next promotion finds it; what it runs is tested in tests/end_to_end."""

from typing import Any

import pytest
from kit.project import Project, command
from made_up_records import GOOD

from synth_assets.assurance import leak_test as module
from synth_assets.audit.assurance import LEAK_TEST, Record, records_of
from synth_assets.contract import DatasetContract


def test_the_record_is_kept_for_its_dataset(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def run(contract: DatasetContract, **options: Any) -> Record:
        asked.append((contract.name, options["seed"], options["keep"]))
        return GOOD[LEAK_TEST]

    monkeypatch.setattr(module, "leak_test", run)
    assert command("leak-test", "defs/people", "--seed", "3") == 0
    assert asked == [("people", 3, None)]
    assert records_of(project.workspace, dataset="people") == {LEAK_TEST: GOOD[LEAK_TEST]}
    assert "passed: 1 of 1 tests passed" in capsys.readouterr().out
