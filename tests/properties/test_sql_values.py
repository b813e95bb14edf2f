"""No value of any type, and no name, makes a statement fail: what a registered type cannot hold is null."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from warehouses import Warehouse, quoted

from synth_assets.domain import Column, Domain
from synth_assets.domain.amounts import comparable_pairs
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.engine import Table
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.kinds.sql import SqlRows, rows_of
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.engine import WarehouseEngine

NAME = 'Odd "na:me %'
DATES = {"kind": "date", "minimum": -400, "maximum": 400, "bins": 2}
TIMES = {"kind": "datetime", "minimum": -400, "maximum": 400, "bins": 2}
REALS = {"kind": "float", "minimum": -100, "maximum": 100, "bins": 2}
WHOLE = {"kind": "integer", "minimum": -100, "maximum": 100, "bins": 2}
WORDS = {"kind": "categorical", "categories": ("x", "X ", "é"), "other": "x"}
TRUTH = {"kind": "boolean"}

Case = tuple[str, dict[str, object], list[str], list[int]]
CASES: dict[str, list[Case]] = {
    "postgres": [
        ("date", DATES, ["'5874897-12-31'", "'4713-11-24 BC'", "'infinity'", "'-infinity'"], [1, 1, 2]),
        ("date", TIMES, ["'5874897-12-31'", "'4713-11-24 BC'", "'infinity'"], [1, 1, 1]),
        ("timestamp", TIMES, ["'294276-12-31 23:59:59.999999'", "'294246-12-31'", "'4713-11-24 BC'"], [1, 1, 1]),
        ("timestamptz", TIMES, ["'294276-12-31 23:59:59+00'", "'294246-12-31+14'", "'-infinity'"], [0, 1, 2]),
        ("numeric", REALS, ["'NaN'", "'Infinity'", "1e400", "-1e400", "1e-400", "-0.0", "99.99999999999"], [0, 3, 4]),
        ("numeric(40,0)", WHOLE, ["9223372036854775807", "9223372036854775808", "'NaN'", "1e39"], [0, 1, 3]),
        ("numeric(10,2)", WHOLE, ["7.49", "-99999999.99"], [1, 1, 0]),
        ("real", REALS, ["3.4e38", "1e-45", "'NaN'", "'-Infinity'", "-0.0"], [0, 3, 2]),
        ("char(5)", WORDS, ["'x'", "'X '", "'é'"], [2, 0, 1, 0]),
        ('text COLLATE "und-x-icu"', WORDS, ["'X '", "'é'", "E'e\\u0301'", "E'\\u3000'"], [1, 1, 1, 1]),
        ("text", TRUTH, ["' TRUE '", "'on'", "'0.0'", "E'\\u0130'"], [1, 1, 2]),
    ],
    "duckdb": [
        ("date", DATES, ["'5881580-07-10'", "'5877642-06-25 (BC)'", "'infinity'", "'-infinity'"], [1, 1, 2]),
        ("date", TIMES, ["'5881580-07-10'", "'5877642-06-25 (BC)'", "'infinity'"], [1, 1, 1]),
        ("timestamp", TIMES, ["'294247-01-10 04:00:54.775806'", "'290309-12-22 (BC)'", "'infinity'"], [1, 1, 1]),
        ("timestamptz", TIMES, ["'294247-01-09 00:00:00+00'", "'-infinity'"], [0, 1, 1]),
        ("hugeint", WHOLE, ["9223372036854775808", "-170141183460469231731687303715884105727", "7"], [0, 1, 2]),
        ("uhugeint", WHOLE, ["340282366920938463463374607431768211455", "7"], [0, 1, 1]),
        ("decimal(38,0)", WHOLE, ["99999999999999999999999999999999999999", "-7"], [1, 0, 1]),
        ("decimal(38,10)", REALS, ["9999999999999999999999999999", "-0.0000000001"], [1, 1, 0]),
        ("float", REALS, ["3.4e38", "1e-45", "'NaN'", "'-inf'", "-0.0"], [0, 3, 2]),
        ("varchar COLLATE nocase", WORDS, ["'x'", "'X '", "'X'", "chr(0)", "'x' || chr(0)"], [4, 1, 0, 0]),
        ("enum('x', 'é', 'z')", WORDS, ["'x'", "'é'", "'z'", "NULL"], [2, 0, 1, 1]),
    ],
    "sqlite": [
        ("decimal(10,2)", REALS, ["'abc'", "1e999", "-0.0", "'7'", "x'37'"], [0, 2, 3]),
        ("integer", WHOLE, ["'abc'", "7.5", "7", "9223372036854775807", "9223372036854775808", "x'37'"], [0, 2, 4]),
        ("text COLLATE nocase", WORDS, ["'X '", "'X'", "char(0)", "'x' || char(0)", "7", "x'ff'"], [4, 1, 0, 1]),
        ("real", REALS, ["'abc'", "1e999", "5e-324", "x'37'"], [0, 1, 3]),
    ],
}


def table_of(name: str, declared: str, values: list[str], unit: str) -> list[str]:
    """Return statements that make a table with each value twice, of one person and of nobody."""
    rows = ", ".join(f"({value}, {value}, {owner})" for value in values for owner in ("'a'", "NULL"))
    return [
        f"DROP TABLE IF EXISTS {quoted(name)}",
        f'CREATE TABLE {quoted(name)} ({quoted(NAME)} {declared}, "select" {declared}, {quoted(unit)} TEXT)',
        f"INSERT INTO {quoted(name)} VALUES {rows}",  # noqa: S608 - constants
    ]


def test_whatever_a_column_holds_is_counted(warehouse: Warehouse) -> None:
    """Each value is twice in the table, and counted once where the rows of nobody are dropped."""
    for declared, column, values, expected in CASES[warehouse.name]:
        warehouse.run(table_of("things", declared, values, "Who"))
        domain = Domain(columns=(Column(name=NAME, nullable=True, **column), Column(name="select", **column)))  # type: ignore[arg-type]
        tables: list[Table] = [((NAME,), "fine"), ((NAME, "select"), "fine")]
        pairs = comparable_pairs(domain)
        batches = list(SqlRows().batches(warehouse.location, {"table": "things"}, [NAME, "select", "Who"]))
        for unit, times in ((PrivacyUnit(), 2), (PrivacyUnit(column="Who", max_rows=99), 1)):
            with tempfile.TemporaryDirectory() as scratch, Snapshot(warehouse.location) as snapshot:
                kernel = LocalKernel(lambda _: batches, unit=unit, secret=bytes(32), scratch=Path(scratch))  # noqa: B023
                engine = WarehouseEngine(warehouse.rows(unit), lambda: snapshot, secret=bytes(32))
                ours, theirs = (counting.tables(tables, domain=domain, grids={}) for counting in (kernel, engine))
                orders = [counting.orders(pairs, domain=domain) for counting in (kernel, engine)] if pairs else []
            assert theirs[0].tolist() == [times * many for many in expected], declared
            for a, b in [*zip(ours, theirs, strict=True), *([tuple(orders)] if orders else [])]:
                np.testing.assert_array_equal(a, b, err_msg=declared)


@pytest.mark.parametrize("table", ["read_rows", "coded_rows", "kept_rows", "cells", "Select"])
def test_a_table_and_columns_may_have_the_names_that_statements_use(warehouse: Warehouse, table: str) -> None:
    names = ("cell", "many", "asked", "unit", "digits", "place", "made_1", "given", "Group")
    listed, values = (", ".join(each) for each in ((f"{quoted(name)} TEXT" for name in names), ["'x'"] * len(names)))
    warehouse.run(
        [
            f"DROP TABLE IF EXISTS {quoted(table)}",
            f"CREATE TABLE {quoted(table)} ({listed})",
            f"INSERT INTO {quoted(table)} VALUES ({values})",  # noqa: S608 - constants
        ]
    )
    columns = SqlRows().columns(warehouse.location, {"table": table})
    domain = Domain(columns=tuple(Column(name=name, kind="categorical", categories=("x", "y")) for name in names))
    unit = PrivacyUnit(column="unit", max_rows=1)
    with Snapshot(warehouse.location) as snapshot:
        rows = rows_of(warehouse.location, {"table": table}, columns, unit)
        engine = WarehouseEngine(rows, lambda: snapshot, secret=bytes(32))
        counted = engine.tables([((name,), "fine") for name in names], domain=domain, grids={})
    assert [table.tolist() for table in counted] == [[1, 0]] * len(names)
