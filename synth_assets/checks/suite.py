"""Suites: which expectations a dataset has, as Great Expectations JSON.

Entries that follow from the contract are generated and marked so; people add
entries of their own to the same file, with a stable name in ``meta.check``.
What runs is the contract's entries and the file's hand-written ones: a file
that lags behind the contract is reported as drift, and cannot weaken a check.

This module reads and writes JSON and does not import Great Expectations, so
that a code location can declare its asset checks cheaply.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synth_assets.checks.entry import NAME, SuiteEntry
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import write_json
from synth_assets.reading import MOST_BYTES, parse_json

__all__ = ["effective_suite", "load_suite", "required_checks", "suite_drift", "suite_of", "write_suite"]

_HINT = (
    "put the file right by hand or take it from git; or move it away, and `synth-assets contract suite --write` writes "
    "what follows from the contract"
)


def suite_of(contract: DatasetContract, *, scenario: str = "") -> list[SuiteEntry]:
    """Return the entries that follow from a contract, in the order in which a reviewer reads them.

    Args:
        contract: the dataset.
        scenario: the scenario whose entries are wanted; those of the whole table if empty.

    Raises:
        UsageError: the contract has no such scenario.
    """
    if scenario:
        if scenario not in contract.scenarios:
            raise UsageError(f"{contract.name!r} has no scenario {scenario!r}", hint="name one of the contract's")
        return [entry for kind in KINDS.values() for entry in kind.of_scenario(contract, scenario)]
    return [entry for kind in KINDS.values() for entry in kind.entries(contract)]


def load_suite(path: Path) -> list[SuiteEntry]:
    """Read a suite's entries, within limits: it may come out of a bundle. A missing file is an empty suite.

    Raises:
        UsageError: when the file is not a suite, or an entry lacks a usable, unique name.
    """
    _, entries = _read(path)
    return entries


def _read(path: Path) -> tuple[dict[str, Any], list[SuiteEntry]]:
    """Return a suite's file as it stands, and its entries; nothing of a missing file."""
    if not path.is_file():
        return {}, []
    try:
        with path.open("rb") as stream:
            suite = parse_json(stream.read(MOST_BYTES + 1), name=path.name)
        entries = [_entry(entry, path) for entry in suite["expectations"]]
    except (IntegrityError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a suite of expectations", hint=_HINT) from error
    _refuse_twins(entries, str(path))
    return suite, entries


def effective_suite(contract: DatasetContract, path: Path, *, scenario: str = "") -> list[SuiteEntry]:
    """Return what runs: the contract's entries, then the file's hand-written ones, which are of the whole table.

    Raises:
        UsageError: when the file is not a suite, or a name is taken twice.
    """
    if scenario:
        return suite_of(contract, scenario=scenario)
    entries = [*suite_of(contract), *(entry for entry in load_suite(path) if not entry.generated)]
    _refuse_twins(entries, str(path))
    return entries


def required_checks(contract: DatasetContract, path: Path, *, scenario: str = "") -> dict[str, str]:
    """Return the digest of the entry of each check that blocks promotion, by name, in order."""
    entries = effective_suite(contract, path, scenario=scenario)
    return {entry.check: entry.digest() for entry in entries if entry.severity == "critical"}


def write_suite(contract: DatasetContract, path: Path) -> None:
    """Write the generated entries anew and keep all the rest of the file, as Great Expectations reads it.

    Raises:
        UsageError: the file is not a suite, or is another dataset's.
    """
    suite, _ = _read(path)
    if suite.get("name", contract.name) != contract.name:
        raise UsageError(
            f"{path} is the suite of {suite['name']!r}, not of {contract.name!r}",
            hint="give the contract a file of its own (`expectations: ...`), or correct `name` in that file",
        )
    entries = [entry.as_json() for entry in effective_suite(contract, path)]
    write_json(path, {"meta": {}, **suite, "name": contract.name, "expectations": entries})


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


def _entry(entry: Mapping[str, Any], path: Path) -> SuiteEntry:
    meta = entry.get("meta") or {}
    name = meta.get("check")
    if not isinstance(name, str) or not NAME.fullmatch(name):
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
