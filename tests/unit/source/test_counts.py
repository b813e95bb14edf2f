"""Exact tables of encoded rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source import counts
from synth_assets.source.counts import Counter, count_tables, load_rows

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
    monkeypatch.setattr(counts, "BLOCK_ROWS", 64)
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
