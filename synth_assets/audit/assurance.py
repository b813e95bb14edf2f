"""The record of a test of this software on made-up rows, which travels with a version.

``synth-assets audit mechanisms`` and ``synth-assets leak-test`` write such records, a
promotion copies them into the bundle. A record holds one result per test: what was
measured, its limit, and on which side of it something is wrong. Some tests run a copy
that is broken on purpose, or look for a leak that was planted: these must raise an alarm.

The verdict of each test follows from its numbers, so a reader computes it again. That
the tests were run at all is the word of whoever promoted.

Example:
    >>> half = TestResult(name="half the noise", what="made up", measure="epsilon", value=2.6, limit=1.7,
    ...                   alarm="above", broken=True)
    >>> half.verdict, half.is_good
    ('flagged', True)
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from synth_assets.errors import IntegrityError
from synth_assets.files import write_json
from synth_assets.reading import parse_json, read_file
from synth_assets.workspace import Workspace, make_folder

__all__ = [
    "FOLDER",
    "LARGEST",
    "LEAK_TEST",
    "MECHANISMS",
    "RECORDS",
    "Record",
    "TestResult",
    "is_record",
    "parse_record",
    "record_path",
    "records_of",
    "write_record",
]

FOLDER = "assurance"
"""Folder of the records in a bundle."""
MECHANISMS, LEAK_TEST = "mechanisms", "leak-test"
RECORDS = (MECHANISMS, LEAK_TEST)
"""The kinds of records; a bundle holds at most one of each, as ``assurance/<kind>.json``."""
FORMAT_VERSION = 1
LARGEST = 1 << 20
"""Size limit of a record."""
_LONGEST, _MOST_TESTS, _MOST_FACTS = 400, 2000, 40
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z.+_-]{1,64}", re.ASCII)
_KEYS = {"format_version", "kind", "date", "version", "facts", "tests", "passed"}
_TEST_KEYS = {"name", "what", "measure", "value", "limit", "alarm", "broken", "verdict"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What one test found.

    Attributes:
        name: the test in a few words.
        what: what it does, in a sentence.
        measure: what the numbers are, such as ``p-value``.
        value: what was measured.
        limit: where an alarm begins.
        alarm: on which side of the limit.
        broken: whether something was broken or planted on purpose, so that an alarm is what is wanted.
    """

    __test__ = False  # pytest takes every class of this name for a test

    name: str
    what: str
    measure: str
    value: float
    limit: float
    alarm: Literal["above", "below"]
    broken: bool = False

    @property
    def raised(self) -> bool:
        """Whether the measured value is on the wrong side of its limit."""
        return self.value > self.limit if self.alarm == "above" else self.value < self.limit

    @property
    def is_good(self) -> bool:
        """Whether the outcome is the wanted one."""
        return self.raised == self.broken

    @property
    def verdict(self) -> str:
        """The outcome in one word."""
        if self.broken:
            return "flagged" if self.raised else "MISSED"
        return "FAILED" if self.raised else "passed"

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        stated = {name: getattr(self, name) for name in ("name", "what", "measure", "value", "limit", "alarm")}
        return {**stated, "broken": self.broken, "verdict": self.verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The results of one command.

    Attributes:
        kind: one of :data:`RECORDS`.
        date: when the tests were run, in UTC, such as ``2026-11-28T11:02:33Z``.
        version: of this package.
        results: one per test.
        facts: what else a reader should know, by name: texts and numbers.
    """

    kind: str
    date: str
    version: str
    results: tuple[TestResult, ...]
    facts: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether there are results, and each is the wanted one."""
        return bool(self.results) and all(result.is_good for result in self.results)

    def outcome(self) -> str:
        """Describe how many tests passed, and how many faults that were made on purpose were found."""
        sound = [result for result in self.results if not result.broken]
        broken = [result for result in self.results if result.broken]
        passed, flagged = (sum(result.is_good for result in listed) for listed in (sound, broken))
        faults = f"{flagged} of {len(broken)} faults that were made on purpose were found"
        return f"{passed} of {len(sound)} tests passed, {faults}"

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return {
            "format_version": FORMAT_VERSION,
            "kind": self.kind,
            "date": self.date,
            "version": self.version,
            "facts": dict(self.facts),
            "tests": [result.as_json() for result in self.results],
            "passed": self.passed,
        }


def record_path(workspace: Workspace, kind: str, *, dataset: str = "") -> Path:
    """Return where the newest record of a kind is; a leak test is of one dataset."""
    name = f"{kind}-{dataset}" if kind == LEAK_TEST else kind
    return workspace.assurance / f"{name}.json"


def write_record(record: Record, path: Path) -> None:
    """Write a record; one that is there is replaced."""
    make_folder(path.parent)
    write_json(path, record.as_json())


def records_of(workspace: Workspace, *, dataset: str) -> dict[str, Record]:
    """Return the newest records that concern a dataset, by kind; without those that were never written.

    Raises:
        IntegrityError: a file is not a record.
    """
    paths = {kind: record_path(workspace, kind, dataset=dataset) for kind in RECORDS}
    return {
        kind: parse_record(read_file(path, most=LARGEST), kind=kind) for kind, path in paths.items() if path.exists()
    }


def is_record(content: bytes, *, kind: str) -> bool:
    """Tell whether a file holds a record of a kind."""
    try:
        parse_record(content, kind=kind)
    except IntegrityError:
        return False
    return True


def parse_record(content: bytes, *, kind: str) -> Record:
    """Parse a record, which may come from somebody else.

    Raises:
        IntegrityError: it breaks a limit, is of another kind or format, or states a verdict that is not its own.
    """
    name = f"{kind}.json"
    stated = parse_json(content, name=name, most=LARGEST)
    if not isinstance(stated, dict) or set(stated) != _KEYS or stated["format_version"] != FORMAT_VERSION:
        raise _refusal(name)
    if stated["kind"] != kind or not _is_list(stated["tests"], most=_MOST_TESTS) or not _are_facts(stated["facts"]):
        raise _refusal(name)
    if not all(
        isinstance(stated[key], str) and form.fullmatch(stated[key])
        for key, form in (("date", _DATE), ("version", _VERSION))
    ):
        raise _refusal(name)
    results = tuple(_result(test, name) for test in stated["tests"])
    record = Record(kind=kind, date=stated["date"], version=stated["version"], results=results, facts=stated["facts"])
    if stated["passed"] is not record.passed:
        raise IntegrityError(f"{name} states another verdict than its tests make", hint="run the tests again")
    return record


def _result(stated: Any, name: str) -> TestResult:
    if not isinstance(stated, dict) or set(stated) != _TEST_KEYS:
        raise _refusal(name)
    texts = all(_is_text(stated[key]) for key in ("name", "what", "measure"))
    numbers = all(_is_number(stated[key]) for key in ("value", "limit"))
    if not texts or not numbers or stated["alarm"] not in ("above", "below") or type(stated["broken"]) is not bool:
        raise _refusal(name)
    result = TestResult(**{key: stated[key] for key in _TEST_KEYS - {"verdict"}})
    if stated["verdict"] != result.verdict:
        raise IntegrityError(f"{name} states another verdict than its numbers make", hint="run the tests again")
    return result


def _is_list(value: Any, *, most: int) -> bool:
    return isinstance(value, list) and len(value) <= most


def _are_facts(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= _MOST_FACTS
        and all(_is_text(name) and (_is_text(fact) or _is_number(fact)) for name, fact in value.items())
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _refusal(name: str) -> IntegrityError:
    return IntegrityError(f"{name} is not a record of tests", hint="run the tests again, or update synth-assets")
