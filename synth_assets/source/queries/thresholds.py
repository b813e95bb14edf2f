"""Histograms of texts behind thresholds: a row of a unit adds 1 to one text."""

from collections import Counter
from collections.abc import Sequence

from synth_assets.release.kinds.thresholds import ThresholdQuery
from synth_assets.source.engine import CountEngine
from synth_assets.source.histograms import category_text

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[ThresholdQuery], engine: CountEngine) -> list[dict[str, int]]:
    """Return the number of rows of each text, one histogram per query, counted in one pass."""
    return engine.histograms([query.column for query in queries])


def unit_vector(query: ThresholdQuery, rows: Sequence[bytes | None]) -> dict[str, int]:
    """Return what one unit adds: how many of its rows have each text that could become a category."""
    texts = (category_text(query.column, value) for value in rows)
    return dict(Counter(text for text in texts if text is not None))
