"""Suites: which expectations a dataset has, as Great Expectations JSON.

Entries that follow from the contract are generated and marked so; people add
entries of their own to the same file, with a stable name in ``meta.check``.
What runs is the contract's entries and the file's hand-written ones: a file
that lags behind the contract is reported as drift, and cannot weaken a check.

This module reads and writes JSON and does not import Great Expectations, so
that a code location can declare its asset checks cheaply.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synth_assets.checks.policy import CheckResult, Severity
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json, sha256_bytes, write_json
from synth_assets.reading import MOST_BYTES, parse_json

__all__ = ["SuiteEntry", "effective_suite", "load_suite", "required_checks", "suite_drift", "suite_of", "write_suite"]

_NAME = re.compile(r"[A-Za-z0-9_]+")
_HINT = "`synth-assets contract suite --write`"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteEntry:
    """One expectation of a suite.

    Attributes:
        check: stable name, unique in the suite.
        type: snake-case type of the expectation.
        kwargs: its arguments.
        severity: ``critical`` blocks promotion.
        description: what is expected, for people.
        generated: whether it follows from the contract.
        raw: a hand-written entry as it stands in the file.
    """

    check: str
    type: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"
    description: str = ""
    generated: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the entry as Great Expectations writes it."""
        if self.raw:
            return dict(self.raw)
        return {
            "type": self.type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "description": self.description,
            "meta": {"check": self.check, "generated": self.generated},
        }

    def digest(self) -> str:
        """Return a digest of what decides a verdict: of a hand-written entry, all that Great Expectations reads."""
        if self.raw and not self.generated:
            return sha256_bytes(canonical_json(self.raw))
        facts = {"check": self.check, "type": self.type, "kwargs": self.kwargs, "severity": self.severity}
        return sha256_bytes(canonical_json(facts))

    def result(self, candidate: str, *, passed: bool, observed: Mapping[str, Any], description: str) -> CheckResult:
        """Return what this entry said about a candidate, bound to the entry."""
        return CheckResult(
            name=self.check,
            severity=self.severity,
            passed=passed,
            candidate=candidate,
            expectation=self.type,
            kwargs=dict(self.kwargs),
            observed=dict(observed),
            description=description,
            entry=self.digest(),
        )


def suite_of(contract: DatasetContract) -> list[SuiteEntry]:
    """Return the entries that follow from a contract, in the order in which a reviewer reads them."""
    checks = contract.checks
    return [
        _generated(
            "schema",
            "expect_candidate_schema_to_match",
            {"columns": [_field_json(field.name, field) for field in contract.table_schema()]},
            "Columns, their order and their types are the contract's.",
        ),
        _generated(
            "row_count",
            "expect_candidate_row_count_to_match",
            {"rows": contract.rows},
            "As many rows as the contract says, or else as the release counted.",
        ),
        _generated(
            "domain",
            "expect_candidate_values_in_domain",
            {
                "columns": {name: _column_json(contract, name) for name in contract.columns},
                "derived": dict(contract.derived),
            },
            "Every value lies in its declared domain; derived values are what their expression says.",
        ),
        _generated(
            "nulls",
            "expect_candidate_null_shares_near_release",
            {
                "never": [name for name, spec in contract.columns.items() if not spec.nullable],
                "sometimes": [name for name, spec in contract.columns.items() if spec.nullable],
                "max_difference": checks.max_null_difference,
            },
            "No nulls where the contract has none; elsewhere their share is near the released one.",
        ),
        *(
            _generated(
                f"rule_{name}", "expect_candidate_rule_to_hold", {"rule": text}, f"Every row keeps the rule {name}."
            )
            for name, text in contract.rules.items()
        ),
        _generated(
            "fidelity",
            "expect_candidate_marginals_near_release",
            {"max_excess_distance": checks.max_excess_distance},
            "Marginals are near the released ones, beyond what noise and sampling explain.",
        ),
    ]


def load_suite(path: Path) -> list[SuiteEntry]:
    """Read a suite's entries, within limits: it may come out of a bundle. A missing file is an empty suite.

    Raises:
        UsageError: when the file is not a suite, or an entry lacks a usable, unique name.
    """
    if not path.is_file():
        return []
    try:
        with path.open("rb") as stream:
            suite = parse_json(stream.read(MOST_BYTES + 1), name=path.name)
        entries = [_entry(entry, path) for entry in suite["expectations"]]
    except (IntegrityError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a suite of expectations", hint=_HINT) from error
    _refuse_twins(entries, str(path))
    return entries


def effective_suite(contract: DatasetContract, path: Path) -> list[SuiteEntry]:
    """Return what runs: the contract's entries, then the file's hand-written ones.

    Raises:
        UsageError: when the file is not a suite, or a name is taken twice.
    """
    entries = [*suite_of(contract), *(entry for entry in load_suite(path) if not entry.generated)]
    _refuse_twins(entries, str(path))
    return entries


def required_checks(contract: DatasetContract, path: Path) -> dict[str, str]:
    """Return the digest of the entry of each check that blocks promotion, by name, in order."""
    entries = effective_suite(contract, path)
    return {entry.check: entry.digest() for entry in entries if entry.severity == "critical"}


def write_suite(contract: DatasetContract, path: Path) -> None:
    """Write the generated entries anew and keep the hand-written ones, as Great Expectations reads them."""
    entries = [entry.as_json() for entry in effective_suite(contract, path)]
    write_json(path, {"name": contract.name, "expectations": entries, "meta": {}})


def suite_drift(contract: DatasetContract, path: Path) -> list[str]:
    """List what :func:`write_suite` would change, one sentence per check; empty when nothing."""
    if not path.is_file():
        return ["the file is missing"]
    wanted = {entry.check: entry.as_json() for entry in suite_of(contract)}
    stored = {entry.check: dict(entry.raw) for entry in load_suite(path) if entry.generated}
    missing = [f"check {name!r} is missing" for name in wanted if name not in stored]
    stale = [f"check {name!r} no longer follows from the contract" for name in stored if name not in wanted]
    changed = [
        f"check {name!r} differs from the contract in {', '.join(_differences(wanted[name], stored[name]))}"
        for name in wanted
        if name in stored and wanted[name] != stored[name]
    ]
    return [*missing, *stale, *changed]


def _generated(check: str, kind: str, kwargs: Mapping[str, Any], description: str) -> SuiteEntry:
    if not _NAME.fullmatch(check):
        raise UsageError(f"{check!r} cannot name a check", hint="letters, digits and _ only; rename the rule")
    return SuiteEntry(check=check, type=kind, kwargs=kwargs, description=description, generated=True)


def _field_json(name: str, field: Any) -> dict[str, Any]:
    return {"name": name, "type": str(field.type), "nullable": field.nullable}


def _column_json(contract: DatasetContract, name: str) -> dict[str, Any]:
    """Say a column's domain; discovered categories stand in the release, which the check looks at."""
    if name in contract.discovered_columns:
        return {"discovered": True, "or": list(contract.open_column(name).categories)}
    column = contract.open_column(name)
    return column.kind_of.domain_json(column)


def _entry(entry: Mapping[str, Any], path: Path) -> SuiteEntry:
    meta = entry.get("meta") or {}
    name = meta.get("check")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(
            f"an entry {entry['type']} of {path} has no usable name", hint='add "meta": {"check": "<letters_digits>"}'
        )
    return SuiteEntry(
        check=name,
        type=entry["type"],
        kwargs=entry["kwargs"],
        severity="critical" if entry.get("severity", "critical") == "critical" else "warning",
        description=entry.get("description") or "",
        generated=meta.get("generated") is True,
        raw=entry,
    )


def _differences(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*wanted, *stored} if wanted.get(key) != stored.get(key))


def _refuse_twins(entries: list[SuiteEntry], file: str) -> None:
    names = [entry.check for entry in entries]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise UsageError(f"check {twins[0]!r} stands twice in {file}", hint="rename the hand-written entry")
