"""How close a candidate is to what was released, for people: summary, report and metrics.

Distances are total variations between 0 (same) and 1 (nothing in common). The
plain distance to a noisy table contains that table's noise, so each number
comes with what noise and sampling alone explain of it. No private row is
looked at: the true distance is not known, only estimated.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from synth_assets.checks.fidelity import TableDistance, mean_excess, noise_alone, worst_column
from synth_assets.release import NoisyMarginal, Release

__all__ = ["describe_closeness"]


def describe_closeness(
    distances: Sequence[TableDistance], release: Release, *, rows: int, threshold: float
) -> dict[str, Any]:
    """Summarise the distances between a candidate and its release.

    Returns:
        Plain JSON values: ``rows`` and ``released_rows``; ``one_way`` and
        ``two_way`` (``None`` when none were measured), each with the number of
        ``tables``, the mean plain ``distance``, the mean that is
        ``explained_by_noise_and_sampling``, the ``excess`` beyond that, what
        ``noise_alone`` puts between the private and the released tables, and the
        ``worst`` table; ``excess``, ``sure_excess`` and ``threshold`` over all tables;
        ``worst_column`` with its own ``worst_column_sure_excess``.
    """
    excess, sure = mean_excess(distances)
    column_excess, column = worst_column(distances)
    pairs = list(zip(distances, release.marginals, strict=True))
    return {
        "rows": rows,
        "released_rows": round(release.total(), 1),
        "released_rows_standard_error": round(release.total_standard_error(), 1),
        "one_way": _of_size(pairs, 1, release.total()),
        "two_way": _of_size(pairs, 2, release.total()),
        "excess": round(excess, 6),
        "sure_excess": round(sure, 6),
        "worst_column": column,
        "worst_column_sure_excess": round(column_excess, 6),
        "threshold": threshold,
    }


def _of_size(pairs: Sequence[tuple[TableDistance, NoisyMarginal]], size: int, rows: float) -> dict[str, Any] | None:
    chosen = [(item, marginal) for item, marginal in pairs if len(item.attributes) == size]
    if not chosen:
        return None
    distances = [item for item, _ in chosen]
    return {
        "tables": len(distances),
        "distance": round(float(np.mean([item.distance for item in distances])), 6),
        "explained_by_noise_and_sampling": round(float(np.mean([item.explained for item in distances])), 6),
        "excess": round(mean_excess(distances)[0], 6),
        "noise_alone": round(noise_alone([marginal for _, marginal in chosen], rows=rows), 6),
        "worst": max(distances, key=lambda item: (item.sure_excess, item.squared)).as_json(),
    }
