"""Laws of contribution bounding and counting, on made-up rows."""

import tempfile
from collections import Counter as Multiset
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kernel import count_tables, load_rows

DOMAIN = Domain(
    columns=(
        Column(name="a", kind="integer", minimum=0, maximum=3, nullable=True),
        Column(name="b", kind="categorical", categories=("x", "y", "z"), other="z"),
    )
)
SECRET = bytes(range(32))
Row = tuple[str | None, str, str]

rows = st.lists(
    st.tuples(st.sampled_from(["u1", "u2", "u3", "u4", None, ""]), st.sampled_from("0123 x"), st.sampled_from("xyzq")),
    max_size=40,
)
cuts = st.lists(st.integers(0, 40), max_size=4)


def batches(table: list[Row], places: list[int]) -> list[pa.RecordBatch]:
    edges = sorted({0, len(table), *(cut for cut in places if cut <= len(table))})
    parts = [table[a:b] for a, b in pairwise(edges)]
    names = ("unit", "a", "b")
    return [
        pa.record_batch([pa.array([row[i] for row in part], pa.string()) for i in range(3)], names=names)
        for part in parts
    ]


def bounded(
    table: list[Row], places: list[int], *, max_rows: int = 2, memory_bytes: int = 1 << 20
) -> Multiset[tuple[int, ...]]:
    """Return the multiset of encoded rows that are counted."""
    with tempfile.TemporaryDirectory() as scratch:
        blocks = load_rows(
            batches(table, places),
            domain=DOMAIN,
            unit=PrivacyUnit(column="unit", max_rows=max_rows),
            secret=SECRET,
            scratch=Path(scratch),
            memory_bytes=memory_bytes,
        )
        counts: Multiset[tuple[int, ...]] = Multiset()
        for block in blocks:
            counts.update(zip(*(column.tolist() for column in block), strict=True))
        blocks.close()
    return counts


@given(rows, cuts, cuts)
def test_a_unit_is_bounded_once_however_its_rows_lie_in_files(
    table: list[Row], first: list[int], second: list[int]
) -> None:
    assert bounded(table, first) == bounded(table, second)


@given(rows, st.permutations(range(40)))
def test_the_order_of_rows_does_not_matter(table: list[Row], order: list[int]) -> None:
    shuffled = [table[index] for index in order if index < len(table)]
    assert bounded(table, []) == bounded(shuffled, [])


@given(rows, rows, cuts, st.integers(1, 3))
def test_adding_one_unit_adds_at_most_its_own_rows(
    table: list[Row], new: list[Row], places: list[int], most: int
) -> None:
    added = [("new", a, b) for _, a, b in new]
    before, after = (
        bounded(table, places, max_rows=most),
        bounded([*added[::2], *table, *added[1::2]], places, max_rows=most),
    )
    assert before <= after
    assert sum((after - before).values()) == min(most, len(added))


@given(rows, st.integers(1, 3))
def test_no_unit_keeps_more_rows_than_it_may_and_rows_without_a_unit_none(table: list[Row], most: int) -> None:
    units = Multiset(unit for unit, _, _ in table if unit)
    assert sum(bounded(table, [], max_rows=most).values()) == sum(min(most, count) for count in units.values())


@given(rows, cuts)
def test_rows_in_the_scratch_file_are_bounded_like_rows_in_memory(table: list[Row], places: list[int]) -> None:
    assert bounded(table, places) == bounded(table, places, memory_bytes=0)


@settings(max_examples=30)
@given(rows, cuts)
def test_counts_add_up_over_any_split(table: list[Row], places: list[int]) -> None:
    tables = [(("a", "b"), "fine"), (("b",), "fine")]
    with tempfile.TemporaryDirectory() as scratch:

        def count(parts: list[pa.RecordBatch]) -> list[np.ndarray]:
            blocks = load_rows(parts, domain=DOMAIN, unit=PrivacyUnit(), secret=SECRET, scratch=Path(scratch))
            return count_tables(blocks, tables, domain=DOMAIN, grids={})

        unsplit = count(batches(table, []))
        parts = [count([part]) for part in batches(table, places)] or [[np.zeros_like(counts) for counts in unsplit]]
    for index, expected in enumerate(unsplit):
        assert (sum(part[index] for part in parts) == expected).all()
        assert expected.sum() == len(table)


AS_TYPES = {
    "integer": lambda ids: pa.array(ids, pa.int64()),
    "short": lambda ids: pa.array(ids, pa.int16()),
    "unsigned": lambda ids: pa.array(ids, pa.uint32()),
    "float": lambda ids: pa.array(ids, pa.float64()),
    "single": lambda ids: pa.array(ids, pa.float32()),
    "decimal": lambda ids: pa.array([Decimal(number) for number in ids], pa.decimal128(20, 3)),
    "text": lambda ids: pa.array(list(map(str, ids)), pa.string()),
    "large text": lambda ids: pa.array(list(map(str, ids)), pa.large_string()),
    "text of floats": lambda ids: pa.array([f"{number}.0" for number in ids], pa.string()),
    "dictionary": lambda ids: pa.array(ids, pa.int32()).dictionary_encode(),
    "padded": lambda ids: pa.array([f"{number}   " for number in ids], pa.string()),
}
typed_rows = st.lists(
    st.tuples(st.sampled_from(sorted(AS_TYPES)), st.integers(0, 3), st.integers(0, 3), st.sampled_from("xyz")),
    max_size=60,
)


@given(table=typed_rows, max_rows=st.integers(1, 4))
def test_a_person_is_bounded_once_whatever_the_types_of_its_ids(
    table: list[tuple[str, int, int, str]], max_rows: int
) -> None:
    def parts() -> Iterator[pa.RecordBatch]:
        for kind, rows_of_kind in groupby(sorted(table), key=lambda row: row[0]):
            _, ids, a, b = zip(*rows_of_kind, strict=True)
            yield pa.record_batch([AS_TYPES[kind](ids), pa.array(a), pa.array(b)], names=("unit", "a", "b"))

    def counted(batches: Iterable[pa.RecordBatch]) -> Multiset[tuple[int, ...]]:
        with tempfile.TemporaryDirectory() as scratch:
            unit = PrivacyUnit(column="unit", max_rows=max_rows)
            blocks = load_rows(batches, domain=DOMAIN, unit=unit, secret=SECRET, scratch=Path(scratch))
            counts: Multiset[tuple[int, ...]] = Multiset()
            for block in blocks:
                counts.update(zip(*(column.tolist() for column in block), strict=True))
            blocks.close()
        return counts

    by_person = Multiset(person for _, person, _, _ in table)
    assert counted(parts()).total() == sum(min(rows, max_rows) for rows in by_person.values())
    # As if one file had held all of them as one type.
    _, ids, a, b = zip(*table, strict=True) if table else ((), (), (), ())
    columns = [pa.array(ids, pa.int64()), pa.array(a, pa.int64()), pa.array(b, pa.string())]
    plain = pa.record_batch(columns, names=("unit", "a", "b"))
    assert counted(parts()) == counted([plain])
