"""``drift_version``, ``drift_release``: how far the columns moved since the version and the release before.

Without a version or a release before, the check passes and says so.
"""

from collections.abc import Iterator
from typing import Literal

from synth_assets.checks.context import Earlier, marginal_of, release_before
from synth_assets.checks.drift import describe_drift
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import ASKED, Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract

__all__ = ["DRIFT"]

_TYPE = "expect_candidate_columns_near_previous"
_DESCRIPTIONS = {
    "version": "Columns are distributed as in the promoted version before, beyond what sampling explains.",
    "release": "Released columns are distributed as in the release before, beyond what the noise of both explains.",
}


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    limit = contract.checks.drift
    if limit is None:
        return
    for previous, description in _DESCRIPTIONS.items():
        kwargs = {"previous": previous, "max_distance": limit.max}
        yield generated(
            f"drift_{previous}", type_=_TYPE, kwargs=kwargs, description=description, severity=limit.severity
        )


def _facts(basis: Basis) -> Facts:
    context, own = basis.context, release_before(basis.release)
    drift = {
        "version": describe_drift(_candidate(basis), context.version),
        "release": describe_drift(own, context.release),
    }
    return {"drift": drift}


def _candidate(basis: Basis) -> Earlier:
    """Return the marginals of the candidate, as those of a version."""
    pairs = zip(basis.release.marginals, basis.counts.tables, strict=True)
    columns = {
        marginal.attributes[0]: marginal_of(basis.release.domain[marginal.attributes[0]], counts)
        for marginal, counts in pairs
        if len(marginal.attributes) == 1 and marginal.level == "fine"
    }
    return Earlier(digest="", rows=float(basis.counts.rows), rows_error=0.0, columns=columns)


def _judge(facts: Facts, *, previous: Literal["version", "release"], max_distance: float) -> Verdict:
    """The columns' marginals are not surely further from the previous version's or release's than the limit."""
    drift = facts["drift"][previous]
    if drift["compared_with"] is None:
        return True, drift, f"there is no {previous} before this one"
    if "sure_excess" not in drift:
        return True, drift, f"no column is laid out as in {previous} {drift['compared_with'][:12]}: nothing to compare"
    column, column_sure, sure = drift["worst_column"], drift["worst_column_sure_excess"], drift["sure_excess"]
    beyond = "sampling" if previous == "version" else "the noise of both"
    alone = f" (column {column}: {column_sure:.3f})" if column_sure > sure else ""
    passed = sure <= max_distance and column_sure <= max_distance
    sentence = (
        f"{'' if passed else 'too far: '}surely {sure:.3f} away from {previous} {drift['compared_with'][:12]}, "
        f"beyond {beyond}{alone}, limit {max_distance:g}"
    )
    return passed, drift, sentence


DRIFT = CheckKind(
    type=_TYPE,
    claim=ASKED,
    entries=_entries,
    facts=_facts,
    judge=_judge,
    measure=lambda observed, kwargs: (
        float(max(observed["sure_excess"], observed["worst_column_sure_excess"])),
        float(kwargs["max_distance"]),
    ),
)
