"""Exact histograms hold texts that could become a category, each with the rows of all units."""

from counted_rows import CountedRows

from synth_assets.domain import Column
from synth_assets.release.kinds.thresholds import ThresholdQuery
from synth_assets.source.queries.thresholds import exact, unit_vector

QUERY = ThresholdQuery(
    column=Column(name="job", kind="categorical", categories=("other",), other="other", nullable=True)
)


def test_one_pass_answers_all_columns() -> None:
    rows = CountedRows(histograms=[{"baker": 2}, {}])
    assert exact([QUERY, QUERY], rows) == [{"baker": 2}, {}]


def test_a_unit_adds_its_rows_and_nothing_for_what_cannot_be_a_category() -> None:
    rows = [b"baker", b"baker", None, b"", b"other", b"x" * 300, b"spy"]
    assert unit_vector(QUERY, rows) == {"baker": 2, "spy": 1}
