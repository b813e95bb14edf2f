"""Run a dataset's suite on a candidate with Great Expectations.

Generated expectations judge facts that were counted in one pass over the
shards, one batch of rows in memory at a time, here or by workers. Hand-written ones see rows as a
pandas frame: one shard of at most 1,000,000 rows at a time (a last shard of
less than half is joined to the one before), and must hold on each. So memory is
bounded by a shard and a half, whatever the number of rows.

Everything here is post-processing of a release: free, and may be repeated any number of times.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from synth_assets.candidate import SHARD_ROWS, Candidate
from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.judgement import basis_of, facts_of
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.policy import CheckResult
from synth_assets.checks.suite import effective_suite, suite_of
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError, naming_missing
from synth_assets.files import canonical_json
from synth_assets.release import Release

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["judge_rows", "refuse_strangers", "run_checks", "run_suite", "unusable_checks"]

_COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


@naming_missing("running checks")
def run_checks(  # noqa: PLR0913 - what a check may look at, by keyword
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    suite: "Path | None" = None,
    only: Collection[str] | None = None,
    context: Context = NOTHING,
    executor: Executor | None = None,
) -> list[CheckResult]:
    """Run the checks of a dataset on a candidate and return one result per check, in the suite's order.

    Args:
        contract: what the generated checks follow from.
        candidate: what is checked.
        release: the release that the candidate came from.
        suite: the JSON file with the hand-written checks; need not exist, and without one there are none.
        only: names of the checks to run; all when omitted.
        context: the version and release before, and other datasets; checks that compare with what is not in
            it say so, see ``promotion.context_of``. It also names the scenario that is checked, if it is one.
        executor: counts shards, with the same results; this process counts them one by one if omitted.

    Raises:
        UsageError: when the candidate came from another release, the release from
            another contract, or the suite or a name in ``only`` is unknown or faulty.
        NotInstalled: Great Expectations is not installed.
    """
    whole = (
        suite_of(contract, scenario=context.scenario)
        if suite is None
        else effective_suite(contract, suite, scenario=context.scenario)
    )
    return _run(_chosen(whole, only), contract, candidate, release, context=context, executor=executor)[0]


@naming_missing("running checks")
def run_suite(  # noqa: PLR0913 - as above
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    suite: "Path",
    context: Context,
    executor: Executor | None = None,
) -> tuple[list[CheckResult], Basis]:
    """Run every check as :func:`run_checks` does, and return also what the generated ones were judged by.

    Raises:
        UsageError, NotInstalled: as :func:`run_checks`.
    """
    entries = effective_suite(contract, suite, scenario=context.scenario)
    results, basis = _run(entries, contract, candidate, release, context=context, executor=executor)
    assert basis is not None  # noqa: S101 - every contract has generated checks
    return results, basis


def _run(  # noqa: PLR0913 - as above
    entries: Sequence[SuiteEntry],
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    context: Context,
    executor: Executor | None,
) -> tuple[list[CheckResult], Basis | None]:
    """Judge a candidate by entries; rows are counted only if one of them was generated."""
    refuse_strangers(contract, candidate, release, scenario=context.scenario)
    generated = [entry for entry in entries if entry.generated]
    written = [entry for entry in entries if not entry.generated]
    basis = basis_of(contract, candidate, release, context=context, executor=executor) if generated else None
    results = {} if basis is None else _judge_facts(generated, facts_of(basis), candidate.digest)
    if written:
        results |= judge_rows(written, candidate)
    return [results[entry.check] for entry in entries], basis


def unusable_checks(contract: DatasetContract, suite: "Path") -> list[str]:
    """Say of each hand-written check that will stop every candidate, whatever its rows, and why; needs no candidate.

    Great Expectations is imported only where there is a hand-written check.

    Raises:
        UsageError: the file is not a suite.
    """
    written = [entry for entry in effective_suite(contract, suite) if not entry.generated]
    if not written:
        return []
    _context()
    return [fault for entry in written for fault in _unusable(entry, contract.table_schema().names)]


def _unusable(entry: SuiteEntry, columns: Sequence[str]) -> Iterator[str]:
    try:
        _expectation(entry)
    except UsageError as error:
        yield error.message
    column = entry.kwargs.get("column")
    if entry.severity == "critical" and isinstance(column, str) and column not in columns:
        yield f"check {entry.check!r} is about column {column!r}, which the synthetic table does not have"


def refuse_strangers(contract: DatasetContract, candidate: Candidate, release: Release, *, scenario: str = "") -> None:
    """Refuse parts that do not belong together.

    Raises:
        UsageError: the candidate is of another scenario or came from another release, or the release from another
            contract.
    """
    if candidate.scenario != scenario:
        is_of, wanted = (f"scenario {name!r}" if name else "the whole table" for name in (candidate.scenario, scenario))
        raise UsageError(f"the candidate is of {is_of}, not of {wanted}", hint="check it as what it is")
    if candidate.release != release.digest:
        came, given = candidate.release[:12], release.digest[:12]
        raise UsageError(f"the candidate came from release {came}, not {given}", hint="give its own release")
    if contract.layout_of(release.fingerprint) is None:
        raise UsageError(
            f"release {release.digest[:12]} was not measured under this contract of {contract.name!r}",
            hint="columns, privacy or source changed since: make a new release",
        )


def _chosen(entries: Sequence[SuiteEntry], only: Collection[str] | None) -> list[SuiteEntry]:
    names = [entry.check for entry in entries]
    unknown = sorted(set(only or ()) - set(names))
    if unknown:
        raise UsageError(f"there is no check {unknown[0]!r}", hint=f"the checks are {', '.join(names)}")
    return [entry for entry in entries if only is None or entry.check in only]


def _judge_facts(entries: Sequence[SuiteEntry], facts: Mapping[str, Any], candidate: str) -> dict[str, CheckResult]:
    import pandas as pd

    frame = pd.DataFrame({"fact": list(facts), "value": [canonical_json(value).decode() for value in facts.values()]})
    results = _validate(entries, frame)
    return {entry.check: _judged(entry, results[entry.check], candidate) for entry in entries}


def judge_rows(entries: Sequence[SuiteEntry], candidate: Candidate) -> dict[str, CheckResult]:
    """Let Great Expectations judge the rows of a candidate by hand-written entries; return results by name.

    Raises:
        UsageError: an entry is not an expectation that it knows.
    """
    parts: dict[str, list[Mapping[str, Any]]] = {entry.check: [] for entry in entries}
    for frame in _frames(candidate):
        for name, result in _validate(entries, frame).items():
            parts[name].append(result)
    return {entry.check: _combined(entry, parts[entry.check], candidate.digest) for entry in entries}


def _frames(candidate: Candidate) -> Iterator["pd.DataFrame"]:
    """Yield the rows shard by shard; a short last shard comes with the one before it."""
    groups = [[path] for path in candidate.paths]
    if len(groups) > 1 and candidate.shards[-1].rows < SHARD_ROWS // 2:
        groups[-2:] = [[*groups[-2], *groups[-1]]]
    for paths in groups:
        yield pq.read_table(paths, partitioning=None).to_pandas()


def _validate(entries: Sequence[SuiteEntry], frame: "pd.DataFrame") -> dict[str, dict[str, Any]]:
    """Let Great Expectations judge a frame; return its results by check name."""
    context = _context()
    from great_expectations.core import ExpectationSuite

    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = ExpectationSuite("candidate", expectations=[_expectation(entry) for entry in entries])
    validated = batch.validate(suite, result_format=_COUNTS_ONLY)
    results = [json.loads(json.dumps(result.to_json_dict(), default=str)) for result in validated.results]
    return {result["expectation_config"]["meta"]["check"]: result for result in results}


def _context() -> Any:
    """Return a context in memory: no files, no documentation site, no progress bars."""
    # Registers the types that suites name; first, because it quietens the import of Great Expectations.
    import synth_assets.checks.expectations  # noqa: F401, I001
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _expectation(entry: SuiteEntry) -> Any:
    """Build one expectation.

    Raises:
        UsageError: when there is no such type, or it does not take these arguments.
    """
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    content = entry.as_json()
    chosen = {name: content[name] for name in ("type", "kwargs", "severity", "meta") if name in content}
    try:
        return ExpectationConfiguration(**chosen).to_domain_obj()
    except (GreatExpectationsError, ValueError) as error:
        message = " ".join(str(error).split())
        raise UsageError(
            f"check {entry.check!r} is not an expectation that Great Expectations knows: {message}",
            hint=f"correct or remove the entry {entry.type}",
        ) from error


def _judged(entry: SuiteEntry, result: Mapping[str, Any], candidate: str) -> CheckResult:
    error = _error(result)
    observed = {"error": error} if error else result["result"]["observed_value"]
    sentence = f"cannot be evaluated: {error}" if error else result["result"]["details"]["said"]
    return entry.result(candidate, passed=result["success"], observed=observed, description=sentence)


def _combined(entry: SuiteEntry, parts: Sequence[Mapping[str, Any]], candidate: str) -> CheckResult:
    """Join the results of one hand-written expectation over the parts of a candidate: it must hold on each."""
    passed = all(part["success"] for part in parts)
    error = next((message for part in parts if (message := _error(part))), "")
    counted = [part["result"] for part in parts if not _error(part)]
    observed: dict[str, Any] = {"parts": len(parts)}
    for name in ("element_count", "missing_count", "unexpected_count"):
        if counted and all(name in result for result in counted):
            observed[name] = sum(result[name] for result in counted)
    values = [
        result["observed_value"] for result in counted if isinstance(result.get("observed_value"), int | float | str)
    ]
    if values:
        observed["observed_values"] = values
    if error:
        observed["error"] = error
    return entry.result(candidate, passed=passed, observed=observed, description=_sentence(entry, observed))


def _sentence(entry: SuiteEntry, observed: Mapping[str, Any]) -> str:
    if "error" in observed:
        return f"cannot be evaluated: {observed['error']}"
    if "unexpected_count" in observed:
        return f"{observed['unexpected_count']:,} of {observed['element_count']:,} values are unexpected"
    if "observed_values" in observed:
        return f"observed {', '.join(str(value) for value in observed['observed_values'])}"
    return entry.description or entry.type


def _error(result: Mapping[str, Any]) -> str:
    """Return the message of an expectation that could not be evaluated; empty when it could."""
    info = result.get("exception_info") or {}
    for exception in (info, *info.values()):
        if isinstance(exception, dict) and exception.get("raised_exception"):
            return str(exception.get("exception_message"))
    return ""
