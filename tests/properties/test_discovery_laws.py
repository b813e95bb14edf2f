"""One unit changes a histogram of texts by its own rows, at most max_rows, and nothing else."""

import tempfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.histograms import count_texts

JOB = Column(name="job", kind="categorical", categories=("other",), other="other", nullable=True)
jobs = st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["a", "b", "other", " "]))
tables = st.lists(st.tuples(st.sampled_from(["u", "v", None]), jobs), max_size=30)


def histogram(rows: list[tuple[str | None, str | None]], max_rows: int, secret: bytes) -> Counter[str]:
    table = pa.record_batch(
        [pa.array([row[index] for row in rows], pa.string()) for index in (0, 1)], names=["person", "job"]
    )
    with tempfile.TemporaryDirectory() as scratch:
        (counts,) = count_texts(
            [table],
            columns=[JOB],
            unit=PrivacyUnit(column="person", max_rows=max_rows),
            secret=secret,
            scratch=Path(scratch),
        )
    return Counter(counts)


@given(
    others=tables,
    added=st.lists(jobs, max_size=12),
    max_rows=st.integers(1, 4),
    secret=st.binary(min_size=32, max_size=32),
)
def test_sensitivity_is_max_rows_in_l0_l1_and_linf(
    others: list[tuple[str | None, str | None]], added: list[str | None], max_rows: int, secret: bytes
) -> None:
    without = histogram(others, max_rows, secret)
    with_unit = histogram([*others, *(("new", job) for job in added)], max_rows, secret)
    assert all(with_unit[text] >= count for text, count in without.items())
    difference = with_unit - without
    assert len(difference) <= max_rows
    assert difference.total() <= min(max_rows, len(added))
    assert difference == histogram([("new", job) for job in added], max_rows, secret)
