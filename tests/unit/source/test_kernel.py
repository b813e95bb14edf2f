"""Exact tables of encoded rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source import kernel
from synth_assets.source.kernel import Counter, count_tables, load_rows

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
    one, two, three = count_tables([codes], tables, domain=DOMAIN, grids=grids)
    assert one.shape == (300,)
    assert (one == np.bincount(codes[0], minlength=300)).all()
    expected = np.zeros((3, 3), dtype=np.int64)
    np.add.at(expected, (codes[1], codes[0] // 100), 1)
    assert (two == expected).all()
    assert three.shape == (300, 3, 2)
    assert three.dtype == np.int64
    assert three.sum() == 1000


def test_no_rows_give_zeros() -> None:
    (table,) = count_tables([], [(("b", "c"), "fine")], domain=DOMAIN, grids={})
    assert table.tolist() == [[0, 0]] * 3


def test_every_row_counts_when_rows_are_the_unit(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": ["1", "1"], "b": ["x", "?"], "c": ["true", "nonsense"]})
    rows = load_rows([batch, batch], domain=DOMAIN, unit=PrivacyUnit(), secret=bytes(32), scratch=tmp_path)
    (table,) = Counter(rows, domain=DOMAIN).count([(("b", "c"), "fine")], grids={})
    assert table.tolist() == [[0, 2], [0, 0], [2, 0]]


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
    (table,) = Counter(rows, domain=DOMAIN).count([(("a",), "fine")], grids={})
    assert (table[1], table.sum()) == (1, 1)


def test_a_counter_shows_nothing_of_its_content() -> None:
    assert repr(Counter([[np.arange(3)]], domain=DOMAIN)) == "Counter(private)"


def test_distances_are_those_of_exact_coarse_tables(codes: list[np.ndarray]) -> None:
    grids = {"a": np.arange(300) // 100, "b": np.arange(3), "c": np.arange(2)}
    cliques = [("a", "b"), ("c", "a")]
    counter = Counter([[column[:400] for column in codes], [column[400:] for column in codes]], domain=DOMAIN)
    tables = counter.count([(clique, "coarse") for clique in cliques], grids=grids)
    moved = [table.copy() for table in tables]
    moved[0][0, 0] += 7
    moved[0][2, 1] -= 5
    assert counter.distances(cliques, tables, grids=grids).tolist() == [0, 0]
    assert counter.distances(cliques, moved, grids=grids).tolist() == [12, 0]
    nothing = [np.zeros_like(table) for table in tables]
    found = counter.distances(cliques, nothing, grids=grids)
    assert (found.dtype, found.tolist()) == (np.dtype(np.int64), [1000, 1000])


def test_distances_of_no_rows_are_what_was_expected() -> None:
    counter = Counter([], domain=DOMAIN)
    found = counter.distances(
        [("b", "c")], [np.array([[3, 0], [0, 0], [0, 4]])], grids={"b": np.arange(3), "c": np.arange(2)}
    )
    assert found.tolist() == [7]
