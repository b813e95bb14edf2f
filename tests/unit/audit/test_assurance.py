"""A record of tests is read within limits, and its verdicts are computed again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth_assets.audit.assurance import (
    LEAK_TEST,
    MECHANISMS,
    Record,
    TestResult,
    parse_record,
    record_path,
    records_of,
    write_record,
)
from synth_assets.errors import IntegrityError
from synth_assets.workspace import Workspace

Change = Callable[[dict[str, Any]], Any]
RECORD = Record(
    kind=MECHANISMS,
    date="2026-11-28T11:02:33Z",
    version="0.1.0",
    results=(
        TestResult(name="noise", what="w", measure="p-value", value=0.4, limit=1e-6, alarm="below"),
        TestResult(name="half", what="w", measure="epsilon", value=2.5, limit=1.7, alarm="above", broken=True),
    ),
    facts={"runs": 10_000},
)


def test_verdicts_follow_from_numbers() -> None:
    assert [result.verdict for result in RECORD.results] == ["passed", "flagged"]
    assert RECORD.passed
    assert RECORD.outcome() == "1 of 1 tests passed, 1 of 1 faults that were made on purpose were found"
    assert not Record(kind=MECHANISMS, date=RECORD.date, version="1", results=()).passed


def test_a_record_comes_back_from_its_file_and_a_leak_test_is_of_one_dataset(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    assert records_of(workspace, dataset="people") == {}
    write_record(RECORD, record_path(workspace, MECHANISMS))
    assert records_of(workspace, dataset="people") == {MECHANISMS: RECORD}
    assert record_path(workspace, LEAK_TEST, dataset="people") != record_path(workspace, LEAK_TEST, dataset="others")
    assert (workspace.state / ".gitignore").is_file()


CHANGES: dict[str, Change] = {
    "tests that are not a list": lambda record: record.update(tests=3),
    "one key more": lambda record: record.update(more=1),
    "one key less": lambda record: record.pop("date"),
    "another kind": lambda record: record.update(kind="leak-test"),
    "a newer format": lambda record: record.update(format_version=2),
    "a date that is not one": lambda record: record.update(date="yesterday"),
    "an escape in the version": lambda record: record.update(version="\x1b[2J"),
    "a list for a fact": lambda record: record["facts"].update(runs=[1]),
    "a long text": lambda record: record["tests"][0].update(name="x" * 1000),
    "a text for a number": lambda record: record["tests"][0].update(value="0.4"),
    "a truth value for a number": lambda record: record["tests"][0].update(value=True),
    "an alarm on no side": lambda record: record["tests"][0].update(alarm="beside"),
    "a verdict that its numbers do not make": lambda record: record["tests"][1].update(value=1.0),
    "another limit": lambda record: record["tests"][0].update(limit=0.5),
    "a test that is not one": lambda record: record["tests"].append({}),
    "too many tests": lambda record: record.update(tests=record["tests"] * 2000),
    "a verdict of its own": lambda record: record.update(passed=False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_a_record_is_refused(name: str) -> None:
    stated = RECORD.as_json()
    assert parse_record(json.dumps(stated).encode(), kind=MECHANISMS) == RECORD
    CHANGES[name](stated)
    with pytest.raises(IntegrityError):
        parse_record(json.dumps(stated).encode(), kind=MECHANISMS)


def test_json_beyond_the_limits_is_refused() -> None:
    with pytest.raises(IntegrityError, match="more than"):
        parse_record(b" " * (2 << 20), kind=MECHANISMS)
    with pytest.raises(IntegrityError):
        parse_record(b"[" * 500, kind=MECHANISMS)
