"""Laws of the holdout: each unit is in one part, the same everywhere, and changes exact values of that part alone."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.ledger.types import SplitKey
from synth_assets.privacy import PARTS, PrivacyUnit
from synth_assets.source.histograms import count_texts
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.parts import held_out, rows_of_part

DOMAIN = Domain(
    columns=(
        Column(name="a", kind="integer", minimum=0, maximum=3, nullable=True),
        Column(name="b", kind="categorical", categories=("x", "y", "z"), other="z"),
    )
)
UNIT = PrivacyUnit(column="unit", max_rows=2)
Row = tuple[str | None, str, str]
ids = st.sampled_from([*map(str, range(12)), None, "", " "])
rows = st.lists(st.tuples(ids, st.sampled_from("0123 x"), st.sampled_from("xyzq")), max_size=40)
keys = st.builds(SplitKey, key=st.binary(min_size=32, max_size=32), share_ppm=st.integers(1_000, 500_000))
OPEN = Column(name="b", kind="categorical", categories=("z",), other="z")


def batches(table: list[Row]) -> list[pa.RecordBatch]:
    columns = [pa.array([row[i] for row in table], pa.string()) for i in range(3)]
    return [pa.record_batch(columns, names=("unit", "a", "b"))]


def exact(table: list[Row], part: str, key: SplitKey) -> list[Any]:
    """Return what a draw on one part may see: a table of both columns, and a histogram of texts."""

    def read(names: Any) -> Any:
        filtered = rows_of_part(batches(table), column="unit", split_key=key, part=part)
        return (batch.select(list(dict.fromkeys([*names, "unit"]))) for batch in filtered)

    with tempfile.TemporaryDirectory() as scratch:
        kernel = LocalKernel(read, unit=UNIT, secret=bytes(range(32)), scratch=Path(scratch))
        (counts,) = kernel.tables([(("a", "b"), "fine")], domain=DOMAIN, grids={})
        texts = count_texts(read(["b"]), columns=[OPEN], unit=UNIT, secret=bytes(range(32)), scratch=Path(scratch))
    return [counts, texts]


@settings(max_examples=60, deadline=None)
@given(table=rows, more=st.lists(st.tuples(st.sampled_from("0123 x"), st.sampled_from("xyzq")), max_size=5), key=keys)
def test_a_unit_changes_the_exact_values_of_its_own_part_alone(
    table: list[Row], more: list[tuple[str, str]], key: SplitKey
) -> None:
    table = [row for row in table if row[0] != "7"]
    added = [*table, *(("7", a, b) for a, b in more)]
    (is_held_out,) = held_out([b"7"], key)
    for part in PARTS:
        (before, texts_before), (after, texts_after) = exact(table, part, key), exact(added, part, key)
        if (part == "held_out") == is_held_out:
            assert np.abs(after - before).sum() <= UNIT.max_rows
        else:
            assert (after == before).all()
            assert texts_after == texts_before


@settings(max_examples=60, deadline=None)
@given(table=rows, key=keys)
def test_both_parts_together_are_the_rows_that_have_an_id(table: list[Row], key: SplitKey) -> None:
    parts = [rows_of_part(batches(table), column="unit", split_key=key, part=part) for part in PARTS]
    read = sorted(tuple(row.values()) for part in parts for batch in part for row in batch.to_pylist())
    assert read == sorted(row for row in table if row[0] is not None and row[0].strip())


@given(number=st.integers(0, 2**40), key=keys)
def test_an_id_is_in_the_same_part_whatever_type_a_file_stores_it_as(number: int, key: SplitKey) -> None:
    stored = [
        pa.array([number]),
        pa.array([float(number)]),
        pa.array([Decimal(number)]),
        pa.array([f" {number} "]),
        pa.array([str(number)]).dictionary_encode(),
    ]
    parts = {
        part
        for array in stored
        for part in PARTS
        for batch in rows_of_part([pa.record_batch([array], names=["unit"])], column="unit", split_key=key, part=part)
        if batch.num_rows
    }
    assert len(parts) == 1


def test_about_the_declared_share_is_held_out_and_another_key_holds_out_others() -> None:
    names: list[bytes | None] = [str(number).encode() for number in range(20_000)]
    drawn = [held_out(names, SplitKey(key=bytes([seed] * 32), share_ppm=100_000)) for seed in (1, 2)]
    for part in drawn:
        assert abs(part.mean() - 0.1) < 0.01
    assert abs((drawn[0] & drawn[1]).mean() - 0.01) < 0.005
