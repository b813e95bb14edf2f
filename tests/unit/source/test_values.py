"""Rows for a tool are exact, have the synthetic table's types, and are bounded like those of a measurement."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.values import sampled_values

ROWS = PrivacyUnit(column=None, max_rows=1)
COLUMNS = Domain(
    columns=(
        Column(name="pay", kind="float", minimum=0, maximum=1000, bins=4, nullable=True),
        Column(name="days", kind="integer", minimum=0, maximum=9999, specials=(-1,)),
        Column(name="born", kind="date", minimum=0, maximum=20_000),
        Column(name="city", kind="categorical", categories=("north", "other"), other="other"),
    )
)


def values_of(columns: dict[str, Any], *, domain: Domain = COLUMNS, scratch: Path, **facts: Any) -> pa.Table:
    batch = pa.RecordBatch.from_pydict(columns)
    return sampled_values([batch], **{"domain": domain, "unit": ROWS, "most": 100, "scratch": scratch, **facts})


def test_values_are_exact_also_where_a_code_stands_for_many(tmp_path: Path) -> None:
    pay = [0.0, 250.0, 333.3, 1000.0, None, 5000.0]
    born = [dt.date(1970, 1, 1), dt.date(1999, 12, 31), dt.date(2001, 2, 3)] * 2
    columns = {"pay": pay, "days": [0, 1234, 9998, -1, 77, 20_000], "born": born, "city": ["north", "west"] * 3}
    table = values_of(columns, scratch=tmp_path)
    assert table.schema == COLUMNS.arrow_schema()
    rows = sorted(table.to_pylist(), key=lambda row: (row["born"], row["days"]))
    expected = [
        {"pay": pytest.approx(one), "days": days, "born": day, "city": city}
        for one, days, day, city in zip(
            [0.0, 250.0, 333.3, 1000.0, None, 1000.0],
            [0, 1234, 9998, -1, 77, 9999],
            born,
            ["north", "other"] * 3,
            strict=True,
        )
    ]
    assert rows == sorted(expected, key=lambda row: (row["born"], row["days"]))


def test_texts_are_read_like_those_of_a_measurement(tmp_path: Path) -> None:
    texts = {"pay": ["12.5", "nothing"], "days": ["17", "3"], "born": ["2001-02-03", "19700102"], "city": ["north", ""]}
    rows = values_of(texts, scratch=tmp_path).sort_by("days").to_pylist()
    assert rows[0] == {"pay": None, "days": 3, "born": dt.date(1970, 1, 2), "city": "other"}
    assert rows[1] == {"pay": 12.5, "days": 17, "born": dt.date(2001, 2, 3), "city": "north"}


def test_a_unit_has_no_more_rows_than_its_bound_and_its_id_is_not_there(tmp_path: Path) -> None:
    domain = Domain(columns=(Column(name="n", kind="integer", minimum=0, maximum=99_999, bins=10),))
    columns = {"person": [f"p{row // 10}" for row in range(1000)], "n": list(range(1000))}
    unit = PrivacyUnit(column="person", max_rows=3)
    table = values_of(columns, domain=domain, scratch=tmp_path, unit=unit, most=10_000)
    assert table.column_names == ["n"]
    assert set(Counter(n // 10 for n in table["n"].to_pylist()).values()) == {3}


def test_no_more_rows_are_drawn_than_asked_and_each_is_as_likely(tmp_path: Path) -> None:
    domain = Domain(columns=(Column(name="n", kind="integer", minimum=0, maximum=999),))
    batches = [pa.RecordBatch.from_pydict({"n": list(range(start, start + 100))}) for start in range(0, 1000, 100)]
    seen: Counter[int] = Counter()
    for _ in range(40):
        table = sampled_values(batches, domain=domain, unit=ROWS, most=150, scratch=tmp_path)
        assert len(set(table["n"].to_pylist())) == 150
        seen.update(n // 500 for n in table["n"].to_pylist())
    assert abs(seen[0] - 3000) < 300  # 8 standard deviations of a fair draw


def test_rows_outside_the_window_are_not_there(tmp_path: Path) -> None:
    domain = Domain(columns=(Column(name="n", kind="integer", minimum=0, maximum=9),))
    columns = {"n": [1, 2], "seen": ["2026-01-01", "2027-01-01"]}
    window = parse_window("seen=2026-01-01/2026-12-31")
    table = values_of(columns, domain=domain, scratch=tmp_path, window=window)
    assert table["n"].to_pylist() == [1]


def test_no_rows_are_a_table_without_rows(tmp_path: Path) -> None:
    table = sampled_values([], domain=COLUMNS, unit=ROWS, most=5, scratch=tmp_path)
    assert (table.num_rows, table.schema) == (0, COLUMNS.arrow_schema())
