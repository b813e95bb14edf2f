"""``outliers``: rows in cells of a released table that the release says are empty, beyond noise.

A cell counts as empty if its noisy count is one that noise alone explains, and its
synthetic rows as outliers if there are more than noise and sampling explain beside
that count. Both hold for all cells of all tables at once with 99% confidence, so
noise cannot make an outlier; a few rows in a noisy table stay unnoticed.
"""

from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import ASKED, Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract

__all__ = ["OUTLIERS"]

_TYPE = "expect_candidate_rows_where_release_has_rows"
_CHANCE = 0.01
"""Of any false outlier, in all cells together."""
_WORST = 5


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    limit = contract.checks.outliers
    if limit is not None:
        description = "Few rows lie in cells that the release says are empty, beyond noise."
        kwargs = {"max_share": limit.max}
        yield generated("outliers", type_=_TYPE, kwargs=kwargs, description=description, severity=limit.severity)


def _facts(basis: Basis) -> Facts:
    release, rows = basis.release, max(basis.counts.rows, 1)
    total, error = max(release.total(), 1.0), release.total_standard_error()
    cells = sum(marginal.counts.size for marginal in release.marginals)
    quantile = NormalDist().inv_cdf(1 - _CHANCE / (2 * max(cells, 1)))
    tables: list[dict[str, Any]] = []
    for marginal, synthetic in zip(release.marginals, basis.counts.tables, strict=True):
        share = synthetic / rows
        spread = np.sqrt(marginal.scale**2 + total**2 * share * (1 - share) / rows + (share * error) ** 2)
        empty = marginal.counts <= quantile * marginal.scale
        outlying = empty & (total * share - marginal.counts > quantile * spread)
        if outlying.any():
            count = int(synthetic[outlying].sum())
            tables.append({"attributes": list(marginal.attributes), "cells": int(outlying.sum()), "rows": count})
    worst = sorted(tables, key=lambda table: -table["rows"])[:_WORST]
    return {"outliers": {"tables": len(release.marginals), "tables_with_outliers": len(tables), "worst": worst}}


def _judge(facts: Facts, *, max_share: float) -> Verdict:
    """At most ``max_share`` of the rows lie in cells of one table that the release says are empty, beyond noise."""
    outliers, rows = facts["outliers"], facts["rows"]
    if not outliers["worst"]:
        return True, {"rows": rows, **outliers}, f"no row is where the {outliers['tables']} released tables are empty"
    worst = outliers["worst"][0]
    share = worst["rows"] / rows
    sentence = (
        f"{worst['rows']:,} of {rows:,} rows ({share:.2%}) lie in {worst['cells']} cells of "
        f"{' x '.join(worst['attributes'])} that the release says are empty beyond noise; limit {max_share:.2%}"
    )
    return share <= max_share, {"rows": rows, "share": round(share, 6), **outliers}, sentence


OUTLIERS = CheckKind(
    type=_TYPE,
    claim=ASKED,
    entries=_entries,
    facts=_facts,
    judge=_judge,
    measure=lambda observed, kwargs: (float(observed.get("share", 0)), float(kwargs["max_share"])),
)
