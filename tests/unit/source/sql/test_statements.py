"""What is asked of each engine, word by word; of BigQuery and Snowflake this is all there is: generated, not run.

``WRITE_SNAPSHOTS=1`` writes them again; read the difference before you keep it.
"""

import datetime as dt
import os
from pathlib import Path

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.engine import Table
from synth_assets.source.sql.flavours import flavour_of
from synth_assets.source.sql.statements import (
    Rows,
    count_statements,
    fresh_names,
    order_statements,
    shape_of,
    text_statements,
)

FOLDER = Path(__file__).parents[3] / "data" / "sql"
DOMAIN = Domain(
    columns=(
        Column(
            name="age", kind="integer", minimum=0, maximum=99, edges=(18, 65), specials=(0,), layout=2, nullable=True
        ),
        Column(name="paid", kind="float", minimum=0, maximum=9.5, bins=1, step=0.1),
        Column(name="city", kind="categorical", categories=("x", "y's", "a:b"), other="a:b", null_tokens=("NA",)),
        Column(name="seen", kind="datetime", minimum=0, maximum=99, bins=2, resolution="hour", nullable=True),
    )
)
TYPES = {"age": "int64", "paid": "double", "city": "text", "seen": "timestamp[us]", "person": "text"}
GRIDS = {"age": np.array([0, 0, 1, 2, 2]), "city": np.array([0, 1, 0])}


def rows(engine: str) -> Rows:
    return Rows(
        flavour=flavour_of(engine),
        table="care.visits",
        columns=TYPES if engine != "sqlite" else {**TYPES, "seen": "int64"},
        unit=PrivacyUnit(column="person", max_rows=3),
        window=None if engine == "sqlite" else parse_window("seen=2026-11-01/2026-12-01"),
    )


@pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgresql", "bigquery", "snowflake"])
def test_statements_are_those_that_were_reviewed(engine: str) -> None:
    asked = rows(engine)
    domain = Domain(columns=DOMAIN.columns[:3]) if engine == "sqlite" else DOMAIN
    tables: list[Table] = [(("age", "city"), "coarse"), (("paid",), "fine")]
    statements = [
        *count_statements(asked, tables, domain=domain, grids=GRIDS),
        *order_statements(asked, [("age", "paid")], domain=domain),
        *text_statements(asked, ["city"]),
    ]
    dialect = asked.flavour.dialect
    label = "" if asked.flavour.run else "-- generated, not run\n"
    written = label + "".join(f"{statement.sql(dialect=dialect, pretty=True)};\n\n" for statement in statements)
    path = FOLDER / f"{engine}.sql"
    if os.environ.get("WRITE_SNAPSHOTS") == "1":
        path.write_text(written)
    assert path.read_text() == written


def test_the_key_is_a_parameter_and_rows_without_an_id_are_left_out() -> None:
    (statement,) = count_statements(rows("postgresql"), [(("age",), "fine")], domain=DOMAIN, grids={})
    written = statement.sql("postgres")
    assert "%(key)s" in written
    assert 'NOT "unit" IS NULL' in written


def test_tables_have_the_shape_that_the_kernel_gives_them() -> None:
    assert shape_of((("age", "city"), "coarse"), domain=DOMAIN, grids=GRIDS) == (3, 2)


def test_new_names_are_of_no_column() -> None:
    fresh = fresh_names(["MADE_1", "x"])
    assert [fresh(), fresh()] == ["made_2", "made_3"]


def test_a_window_is_in_units_of_the_registered_type() -> None:
    (statement,) = count_statements(rows("duckdb"), [(("age",), "fine")], domain=DOMAIN, grids={})
    start = int(dt.datetime(2026, 11, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000
    assert f">= {start}" in statement.sql("duckdb")
