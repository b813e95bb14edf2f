"""Exact tables of encoded rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from counted_rows import CountedRows

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.rowwise.axis import CodeAxis, Codes
from synth_assets.source import kernel
from synth_assets.source.engine import distances
from synth_assets.source.kernel import LocalKernel, count_tables, count_tallies, load_rows

DOMAIN = Domain(
    columns=(
        Column(name="a", kind="integer", minimum=0, maximum=299),
        Column(name="b", kind="categorical", categories=("x", "y"), nullable=True),
        Column(name="c", kind="boolean"),
    )
)


@pytest.fixture
def codes() -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, size, 1000) for size in DOMAIN.shape()]


def test_tables_are_dense_and_right(codes: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "BLOCK_ROWS", 64)
    grids = {"a": np.arange(300) // 100, "b": np.arange(3)}
    tables = [(("a",), "fine"), (("b", "a"), "coarse"), (("a", "b", "c"), "fine")]
    fine, coarse, triple = count_tables([codes], tables, domain=DOMAIN, grids=grids)
    assert fine.shape == (300,)
    assert (fine == np.bincount(codes[0], minlength=300)).all()
    expected = np.zeros((3, 3), dtype=np.int64)
    np.add.at(expected, (codes[1], codes[0] // 100), 1)
    assert (coarse == expected).all()
    assert triple.shape == (300, 3, 2)
    assert triple.dtype == np.int64
    assert triple.sum() == 1000


def test_no_rows_give_zeros() -> None:
    (table,) = count_tables([], [(("b", "c"), "fine")], domain=DOMAIN, grids={})
    assert table.tolist() == [[0, 0]] * 3


def test_every_row_counts_when_rows_are_the_unit(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": ["1", "1"], "b": ["x", "?"], "c": ["true", "nonsense"]})
    rows = load_rows([batch, batch], domain=DOMAIN, unit=PrivacyUnit(), secret=bytes(32), scratch=tmp_path)
    (table,) = count_tables(rows, [(("b", "c"), "fine")], domain=DOMAIN, grids={})
    assert table.tolist() == [[0, 2], [0, 0], [2, 0]]


def test_rows_of_many_units_are_counted_in_one_block(tmp_path: Path) -> None:
    people = [str(person) for person in range(500)]
    batch = pa.record_batch({"a": ["1"] * 500, "b": ["x"] * 500, "c": ["true"] * 500, "person": people})
    unit = PrivacyUnit(column="person", max_rows=1)
    rows = load_rows([batch], domain=DOMAIN, unit=unit, secret=bytes(32), scratch=tmp_path)
    assert [len(block[0]) for block in rows] == [500], "not one for each bucket of units"


def test_rows_outside_the_window_are_not_there(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": ["1", "2"], "b": ["x", "x"], "c": ["t", "t"], "seen": ["2026-11-02", "2026-12-02"]})
    rows = load_rows(
        [batch],
        domain=DOMAIN,
        unit=PrivacyUnit(),
        secret=bytes(32),
        scratch=tmp_path,
        window=parse_window("seen=2026-11-01/2026-12-01"),
    )
    (table,) = count_tables(rows, [(("a",), "fine")], domain=DOMAIN, grids={})
    assert (table[1], table.sum()) == (1, 1)


def kernel_over(batches: list[pa.RecordBatch], scratch: Path, asked: list[list[str]]) -> LocalKernel:
    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        asked.append(list(names))
        yield from batches

    return LocalKernel(read, unit=PrivacyUnit(), secret=bytes(32), scratch=scratch)


def test_the_kernel_reads_once_for_each_domain_and_only_what_is_asked(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": ["1", "2"], "b": ["x", "y"], "c": ["t", "t"]})
    asked: list[list[str]] = []
    kernel = kernel_over([batch], tmp_path, asked)
    assert asked == []
    first, second = (kernel.tables([(("b",), "fine")], domain=DOMAIN, grids={})[0] for _ in range(2))
    assert first.tolist() == second.tolist() == [1, 1, 0]
    assert kernel.histograms([Column(name="b", kind="categorical", categories=("other",), other="other")]) == [
        {"x": 1, "y": 1}
    ]
    assert asked == [["a", "b", "c"], ["b"]]
    narrow = Domain(columns=DOMAIN.columns[:1])
    assert kernel.tables([(("a",), "fine")], domain=narrow, grids={})[0].sum() == 2
    assert asked[2:] == [["a"]]


def test_the_kernel_keeps_the_rows_of_the_last_two_domains(tmp_path: Path) -> None:
    asked: list[list[str]] = []
    batch = pa.record_batch({name: ["1"] for name in "abc"})
    kernel = kernel_over([batch], tmp_path, asked)
    for name in "abaacac":
        domain = Domain(columns=(Column(name=name, kind="integer", maximum=2),))
        (table,) = kernel.tables([((name,), "fine")], domain=domain, grids={})
        assert table.tolist() == [0, 1, 0]
    assert asked == [["a"], ["b"], ["c"], ["a"]]


def test_the_kernel_shows_nothing_of_its_content(tmp_path: Path) -> None:
    assert repr(kernel_over([], tmp_path, [])) == "LocalKernel(private)"


def test_distances_are_those_of_exact_coarse_tables(codes: list[np.ndarray]) -> None:
    grids = {"a": np.arange(300) // 100, "b": np.arange(3), "c": np.arange(2)}
    cliques = [("a", "b"), ("c", "a")]
    rows = CountedRows([[column[:400] for column in codes], [column[400:] for column in codes]])
    tables = rows.tables([(clique, "coarse") for clique in cliques], domain=DOMAIN, grids=grids)
    moved = [table.copy() for table in tables]
    moved[0][0, 0] += 7
    moved[0][2, 1] -= 5
    assert distances(rows, cliques, tables, domain=DOMAIN, grids=grids).tolist() == [0, 0]
    assert distances(rows, cliques, moved, domain=DOMAIN, grids=grids).tolist() == [12, 0]
    nothing = [np.zeros_like(table) for table in tables]
    apart = distances(rows, cliques, nothing, domain=DOMAIN, grids=grids)
    assert (apart.dtype, apart.tolist()) == (np.dtype(np.int64), [1000, 1000])


def test_distances_of_no_rows_are_what_was_expected() -> None:
    expected = [np.array([[3, 0], [0, 0], [0, 4]])]
    grids = {"b": np.arange(3), "c": np.arange(2)}
    assert distances(CountedRows(), [("b", "c")], expected, domain=DOMAIN, grids=grids).tolist() == [7]


B = CodeAxis(column="b", places_of=(0, 1, 1), labels=("x", "other"))
C = CodeAxis(column="c", places_of=(0, 1), labels=("no", "yes"))


class Listed:
    """An axis that returns what it is given, and notes how many rows it was asked for."""

    of: ClassVar[str] = "listed"
    size = 3

    def __init__(self, *places: Any) -> None:
        self.returned, self.asked = places, list[int]()

    def places(self, rows: Codes, domain: Domain) -> np.ndarray:
        """See ``Axis``."""
        del domain
        self.asked.append(len(rows[0]))
        return np.array(self.returned)

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {"of": self.of, "size": self.size}


def test_tallies_are_dense_and_right(codes: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "BLOCK_ROWS", 64)
    weights = np.array([[1, 0], [0, -2], [5, 0], [2**31 - 1, 1]])
    counted, weighted = count_tallies([codes], [((C, B), None), ((C, B), weights)], domain=DOMAIN)
    expected = np.zeros((2, 2), dtype=np.int64)
    np.add.at(expected, (codes[2], np.minimum(codes[1], 1)), 1)
    assert counted.tolist() == expected.tolist()
    assert weighted.tolist() == (expected.ravel() @ weights).tolist()
    assert counted.dtype == weighted.dtype == np.int64


def test_all_tallies_are_answered_in_one_pass_that_asks_each_axis_once(codes: list[np.ndarray]) -> None:
    passes = []

    def blocks() -> Iterator[list[np.ndarray]]:
        passes.append(1)
        yield [column[:2] for column in codes]

    axis = Listed(2, 0)
    first, second, both = count_tallies(
        blocks(), [((axis,), None), ((axis,), np.array([[1], [2], [7]])), ((axis, axis), None)], domain=DOMAIN
    )
    assert (passes, axis.asked) == ([1], [2])
    assert (first.tolist(), second.tolist(), both.ravel().tolist()) == ([1, 0, 1], [8], [1, 0, 0, 0, 0, 0, 0, 0, 1])


def test_no_rows_tally_to_zeros() -> None:
    counted, weighted = count_tallies([], [((B, C), None), ((B,), np.ones((2, 3), dtype=np.int64))], domain=DOMAIN)
    assert (counted.tolist(), weighted.tolist()) == ([[0, 0], [0, 0]], [0, 0, 0])


def test_a_place_outside_of_an_axis_is_its_nearest_and_no_fault_that_a_row_decides(codes: list[np.ndarray]) -> None:
    (tally,) = count_tallies([[column[:2] for column in codes]], [((Listed(-5, 9),), None)], domain=DOMAIN)
    assert tally.tolist() == [1, 0, 1]


def test_an_axis_that_would_count_a_row_twice_is_refused(codes: list[np.ndarray]) -> None:
    for places in ((0,), (0, 1, 2)):
        with pytest.raises(Fault, match="one place per row"):
            count_tallies([[column[:2] for column in codes]], [((Listed(*places), B), None)], domain=DOMAIN)


def test_sums_beyond_64_bits_stop_there_and_do_not_wrap_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_count", lambda *_: np.array([2**40, 0]))
    weights = np.array([[2**31 - 1, 1 - 2**31], [0, 0]])
    (tally,) = count_tallies([[np.zeros(1, np.uint8)] * 3], [((C,), weights)], domain=DOMAIN)
    assert tally.tolist() == [2**63 - 1, -(2**63)]


def test_the_kernel_tallies_the_rows_that_it_has_read(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": ["1", "2"], "b": ["x", "y"], "c": ["t", "t"]})
    asked: list[list[str]] = []
    kernel = kernel_over([batch], tmp_path, asked)
    for _ in range(2):
        assert kernel.tallies([((B, C), None)], domain=DOMAIN)[0].tolist() == [[0, 1], [0, 1]]
    assert asked == [["a", "b", "c"]]
