"""How close a candidate is to what was released, for people: summary, report and metrics.

Distances are total variations between 0 (same) and 1 (nothing in common). The
plain distance to a noisy table contains that table's noise, so it can be above 1, and
its number comes with what noise and sampling alone explain of it: people are shown what
lies beyond that (:func:`distance_in_words`). No private row is looked at: the true
distance is not known, only estimated.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synth_assets.checks.fidelity import TableDistance, mean_excess, noise_alone, worst_column
from synth_assets.release import NoisyMarginal, Release

__all__ = ["describe_closeness", "distance_in_words"]


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
    released, (excess, sure) = release.total(), mean_excess(distances)
    column_excess, column = worst_column(distances)
    pairs = list(zip(distances, release.marginals, strict=True))
    return {
        "rows": rows,
        "released_rows": round(released, 1),
        "released_rows_standard_error": round(release.total_standard_error(), 1),
        "one_way": _of_size(pairs, 1, released),
        "two_way": _of_size(pairs, 2, released),
        "excess": round(excess, 6),
        "sure_excess": round(sure, 6),
        "worst_column": column,
        "worst_column_sure_excess": round(column_excess, 6),
        "threshold": threshold,
    }


def distance_in_words(closeness: Mapping[str, Any]) -> str:
    """Say of a summary what is compared with the limit, and not the estimate, which noise moves."""
    sure, column_sure = (min(1.0, closeness[name]) for name in ("sure_excess", "worst_column_sure_excess"))
    if sure == column_sure == 0:
        return "noise and sampling explain the whole distance to the release: 0.000 beyond them"
    beyond = "away from the release, beyond noise and sampling"
    if column_sure <= sure:
        return f"surely {sure:.3f} {beyond}"
    return f"column {closeness['worst_column']} is surely {column_sure:.3f} {beyond}, and the table {sure:.3f}"


def _of_size(pairs: Sequence[tuple[TableDistance, NoisyMarginal]], size: int, rows: float) -> dict[str, Any] | None:
    chosen = [(distance, marginal) for distance, marginal in pairs if len(distance.attributes) == size]
    if not chosen:
        return None
    distances = [distance for distance, _ in chosen]
    return {
        "tables": len(distances),
        "distance": round(float(np.mean([table.distance for table in distances])), 6),
        "explained_by_noise_and_sampling": round(float(np.mean([table.explained for table in distances])), 6),
        "excess": round(mean_excess(distances)[0], 6),
        "noise_alone": round(noise_alone([marginal for _, marginal in chosen], rows=rows), 6),
        "worst": max(distances, key=lambda table: (table.sure_excess, table.squared)).as_json(),
    }
