"""``repeated_rows``: how many rows equal an earlier row in every column."""

from collections.abc import Iterator

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.keys import KeyCounter
from synth_assets.checks.kinds.kind import ASKED, Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["REPEATED_ROWS"]

_TYPE = "expect_candidate_rows_to_differ"


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    limit = contract.checks.repeated_rows
    if limit is not None:
        description = "Few rows equal an earlier row in every column."
        kwargs = {"max_share": limit.max}
        yield generated("repeated_rows", type_=_TYPE, kwargs=kwargs, description=description, severity=limit.severity)


def _tally(contract: DatasetContract, release: Release, context: Context) -> KeyCounter:
    del release, context
    return KeyCounter([*contract.columns, *contract.derived])


def _facts(basis: Basis) -> Facts:
    return {"repeated_rows": dict(basis.counts.tallies[_TYPE])}


def _judge(facts: Facts, *, max_share: float) -> Verdict:
    """At most ``max_share`` of the rows equal an earlier row in every column."""
    seen = facts["repeated_rows"]
    rows = max(seen["rows"], 1)
    repeated, single = 1 - seen["distinct"] / rows, seen["single"] / rows
    observed = {**seen, "repeated_share": round(repeated, 6), "single_share": round(single, 6)}
    sample = "" if seen["looked_at"] == 1 else f", by a sample of {seen['looked_at']:.2%} of the distinct rows"
    sentence = f"{repeated:.2%} of the rows repeat another, {single:.2%} occur once{sample}; limit {max_share:.2%}"
    return repeated <= max_share, observed, sentence


REPEATED_ROWS = CheckKind(
    type=_TYPE,
    claim=ASKED,
    entries=_entries,
    facts=_facts,
    judge=_judge,
    tally=_tally,
    measure=lambda observed, kwargs: (float(observed["repeated_share"]), float(kwargs["max_share"])),
)
