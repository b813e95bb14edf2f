"""A record is shown as a table and as JSON, and an exit code says whether it is as it should be."""

import json
from pathlib import Path

import pytest

from synth_assets.audit.assurance import MECHANISMS, Record, TestResult
from synth_assets.cli.records import print_record


def record(value: float) -> Record:
    result = TestResult(name="a: half", what="w", measure="epsilon", value=value, limit=1, alarm="above", broken=True)
    return Record(kind=MECHANISMS, date="2026-11-28T11:02:33Z", version="0.1.0", results=(result,))


def test_a_table_names_each_test_and_ends_with_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_record(record(2.0), Path("here.json"), as_json=False) == 0
    output = capsys.readouterr().out
    assert "flagged" in output
    assert "above 1" in output
    assert output.strip().splitlines()[-1].startswith("passed: 0 of 0 tests")
    assert print_record(record(0.5), Path("here.json"), as_json=False) == 1
    output = capsys.readouterr().out
    assert "MISSED" in output
    assert "FAILED: " in output


def test_json_is_the_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_record(record(0.5), Path("here.json"), as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == record(0.5).as_json()
