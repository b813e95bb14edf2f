"""Laws of counting in a warehouse: for any rows and columns its integers are the kernel's, which has never seen it."""

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf, nan, nextafter
from pathlib import Path
from random import Random
from typing import Any, Literal, cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouses import Warehouse, arrow_batch

from synth_assets.domain import Column, Domain
from synth_assets.domain.amounts import is_amount
from synth_assets.domain.heaping import HeapedColumn, has_heaps
from synth_assets.domain.kinds.temporal import Temporal
from synth_assets.domain.times import DAY, ZONED
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.engine import Table, Tally
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.engine import WarehouseEngine

SECRET = bytes(range(32))
UTC = dt.UTC
# each fills a table of a database: a part of what the profile says, 8 of 60, and 133 of 1,000 with `FULL=1`
examples = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=min(settings().max_examples // 7, 32)
)

NUMBERS = [0, 1, 7, -1, 18, 99, 100, -100, 999, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
REALS = [
    0.0,
    -0.0,
    0.1,
    0.30000000000000004,
    1e-5,
    2.5,
    -2.5,
    1e300,
    1.7e308,
    -1.7e308,
    5e-324,
    nan,
    inf,
    -inf,
    123.456,
]
TEXTS = [
    *("", " ", "\u3000\x1f", "x", "X", " x", "x ", "y's", "a:b", "50%", "%(key)s", ":key", "$key", "\\", '"', "a|b,c"),
    *("\u00e9", "e\u0301", "\U0001f600", "\u212a", "\u00df", "\u017f", "\ufffd", "NA", "null", "true", "TRUE"),
    *(" Yes\n", "t.0", "0", "7", "7.0", "-7", "-", ".0", "-0.0"),
]
DAYS = [dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31)]
TIMES = [
    dt.datetime.fromisoformat(written)
    for written in (
        "0001-01-01",
        "1969-12-31T23:59:59.999999",
        "1970-01-01",
        "2024-02-29T12:30:59.000001",
        "2024-03-31T01:59:59.999999",
        "9999-12-31T23:59:59",
    )
]
IDS = [
    *("u", "v", " u ", "7", "7.0", "-0", "0", "-7.0", "007", "7.00", "9007199254740992.0", "9007199254740991.0"),
    *("", " ", ".0", "-", "-x", "1-.0", "\u00e9"),
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
]

# PostgreSQL has no NUL in texts, and no engine here has lone surrogates.
letters = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=4)
EPOCH = TIMES[2]


def pool_of(column: Column, registered: str, random: Random) -> list[Any]:
    """Return values of a type, among them those at which the code of the column changes, and their neighbours."""
    near = [step for point in (*column.edges, *column.values, *column.specials, column.minimum, column.maximum)
            for step in (point, nextafter(point, inf), nextafter(point, -inf), point + 1, point - 1)]  # fmt: skip
    if registered == "int64":
        return [*NUMBERS, *(random.randint(-150, 150) for _ in range(20)), *map(round, near), *map(round, near)]
    if registered == "double":
        return [*REALS, *(random.uniform(-150, 150) for _ in range(20)), *near, *near, *map(float, NUMBERS)]
    if registered == "text":
        return [*TEXTS, *column.categories, *column.null_tokens]
    if registered == "bool":
        return [True, False]
    days = timedelta_of(column)
    moments = [
        *TIMES,
        *(EPOCH + round(point) * days + dt.timedelta(microseconds=by) for point in near for by in (-1, 0, 1)),
    ]
    if registered == "date32[day]":
        return [*DAYS, *(moment.date() for moment in moments)]
    return [moment.replace(tzinfo=UTC) for moment in moments] if registered == ZONED else moments


def timedelta_of(column: Column) -> dt.timedelta:
    return dt.timedelta(seconds=column.kind_of.seconds(column) if isinstance(column.kind_of, Temporal) else DAY)


def rows_from(pools: Sequence[Sequence[Any]], random: Random, *, many: int, null: float = 0.1) -> list[tuple[Any, ...]]:
    """Return so many rows of values of the pools, some of them null."""
    return [tuple(None if random.random() < null else random.choice(pool) for pool in pools) for _ in range(many)]


seeds = st.integers(0, 2**32).map(Random)


@st.composite
def number_columns(draw: st.DrawFn, kind: str, span: tuple[float, float]) -> Column:
    """Draw a column with an order: bins, edges or values, with special values and null tokens near them."""
    whole = kind != "float"
    ends = st.integers(int(span[0]), int(span[1])) if whole else st.floats(*span) | st.sampled_from([0.1, -2.5, 99.0])
    low, high = sorted(draw(st.lists(ends, min_size=2, max_size=2, unique=True)))
    inner = sorted(set(draw(st.lists(ends, min_size=2, max_size=5))) - {low, high})
    shape = draw(st.sampled_from(["bins", "edges", "values"]))
    within = tuple(float(point) for point in inner if low < point < high)
    column = Column(
        name="value",
        kind=kind,
        minimum=low,
        maximum=high,
        edges=within if shape == "edges" else (),
        bins=draw(st.integers(1, 6)) if shape == "bins" else None,
        values=(float(low), *within, float(high)) if shape == "values" else (),
        specials=tuple(
            dict.fromkeys(
                draw(
                    st.lists(
                        st.sampled_from([low, high, *inner, *inner, 999, -1]),
                        min_size=draw(st.integers(0, 2)),
                        max_size=3,
                    )
                )
            )
        ),
        nullable=draw(st.booleans()),
        null_tokens=tuple(draw(st.lists(st.sampled_from(["7", "-1", "NA", "18.0", "1970-01-01"]), max_size=2))),
        resolution=draw(st.sampled_from(["second", "minute", "hour"])) if kind == "datetime" else "second",
    )
    return column.laid_out(draw(st.sampled_from([1, 2])))


@st.composite
def word_columns(draw: st.DrawFn) -> Column:
    words = draw(st.lists(st.sampled_from(TEXTS) | letters, min_size=1, max_size=5, unique=True))
    other = draw(st.sampled_from([None, *words]))
    tokens = tuple(draw(st.lists(st.sampled_from([*words, "NA", "7", "true"]), max_size=2)))
    nullable = draw(st.booleans())
    return Column(
        name="value", kind="categorical", categories=tuple(words), other=other, nullable=nullable, null_tokens=tokens
    )


tokens = st.lists(st.sampled_from(["7", "t", "0", "true", "1"]), max_size=2).map(tuple)
boolean_columns = st.builds(
    Column, name=st.just("value"), kind=st.just("boolean"), nullable=st.booleans(), null_tokens=tokens
)
CASES: Mapping[str, tuple[tuple[str, ...], st.SearchStrategy[Column]]] = {
    "integer": (("int64", "double"), number_columns("integer", (-120, 120))),
    "float": (("int64", "double"), number_columns("float", (-120.0, 120.0))),
    "date": (("date32[day]", "timestamp[us]", "timestamp[us, tz=UTC]"), number_columns("date", (-400, 400))),
    "datetime": (
        ("date32[day]", "timestamp[us]", "timestamp[us, tz=UTC]"),
        number_columns("datetime", (-2_000, 2_000)),
    ),
    "categorical": (("text", "int64", "bool"), word_columns()),
    "boolean": (("bool", "text", "int64", "double"), boolean_columns),
}


def kernel_over(
    batch: pa.RecordBatch, unit: PrivacyUnit, scratch: Path, *, window: Window | None = None
) -> LocalKernel:
    return LocalKernel(lambda _: [batch], unit=unit, secret=SECRET, scratch=scratch, row_hash="sha256", window=window)


def assert_equal_tables(  # noqa: PLR0913 - what a batch of tables is made of
    warehouse: Warehouse,
    batch: pa.RecordBatch,
    tables: list[Table],
    *,
    domain: Domain,
    grids: Mapping[str, np.ndarray] | None = None,
    unit: PrivacyUnit | None = None,
    window: Window | None = None,
) -> None:
    """Compare what the kernel counts of a batch with what the warehouse does of its own rows."""
    unit = unit or PrivacyUnit()
    with tempfile.TemporaryDirectory() as scratch, Snapshot(warehouse.location) as snapshot:
        kernel = kernel_over(batch, unit, Path(scratch), window=window)
        engine = WarehouseEngine(warehouse.rows(unit, window=window), lambda: snapshot, secret=SECRET)
        ours = kernel.tables(tables, domain=domain, grids=grids or {})
        theirs = engine.tables(tables, domain=domain, grids=grids or {})
        for table, a, b in zip(tables, ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=str(table))


@examples
@given(st.data())
def test_columns_are_coded_as_the_kernel_codes_them(warehouse: Warehouse, data: st.DataObject) -> None:
    """One column for each kind and each type that it can be read from; they are filled side by side."""
    cases = [(kind, type_) for kind, (types, _) in CASES.items() for type_ in types if type_ in warehouse.types]
    columns = {f"{kind} from {registered}": registered for kind, registered in cases}
    declared = [replace(data.draw(CASES[kind][1]), name=name) for name, (kind, _) in zip(columns, cases, strict=True)]
    random = data.draw(seeds)
    pools = [pool_of(column, registered, random) for column, registered in zip(declared, columns.values(), strict=True)]
    rows = rows_from(pools, random, many=data.draw(st.sampled_from([0, 1, 300, 300])))
    warehouse.fill(columns, rows)
    grids = {
        column.name: np.array(data.draw(st.lists(st.integers(0, 3), min_size=column.size, max_size=column.size)))
        for column in declared
    }
    levels: list[Literal["fine", "coarse"]] = ["fine", "coarse"]
    tables: list[Table] = [((column.name,), level) for column in declared for level in levels]
    tables += [(pair, level) for pair in pairwise(columns) for level in levels]
    assert_equal_tables(
        warehouse, arrow_batch(columns, rows), tables, domain=Domain(columns=tuple(declared)), grids=grids
    )


DOMAIN = Domain(
    columns=(
        Column(
            name="age", kind="integer", minimum=0, maximum=99, edges=(18, 65), specials=(0,), layout=2, nullable=True
        ),
        Column(name='o"dd :name%', kind="categorical", categories=("x", "y's", "a:b"), other="a:b", nullable=True),
    )
)
COLUMNS = {"unit": "text", "age": "int64", 'o"dd :name%': "text"}


@examples
@given(seeds, st.lists(letters, max_size=3), st.integers(1, 4))
def test_the_same_rows_of_each_unit_stay(warehouse: Warehouse, random: Random, more: list[str], most: int) -> None:
    ages, cities = range(-5, 120), ["x", "y's", "a:b", "z", " "]
    rows = rows_from([[*IDS, *more], ages, cities], random, many=random.choice([0, 200]))
    warehouse.fill(COLUMNS, rows)
    grids = {"age": np.array([0, 0, 1, 2, 2]), 'o"dd :name%': np.array([0, 1, 1, 0])}
    names = DOMAIN.names
    tables = cast("list[Table]", [(names, "fine"), (names, "coarse"), (names[:1], "fine"), (names[1:], "coarse")])
    unit = PrivacyUnit(column="unit", max_rows=most)
    assert_equal_tables(warehouse, arrow_batch(COLUMNS, rows), tables, domain=DOMAIN, grids=grids, unit=unit)


@examples
@given(seeds, st.sampled_from([PrivacyUnit(), PrivacyUnit(column="unit", max_rows=3)]))
def test_tallies_are_those_of_the_kernel(warehouse: Warehouse, random: Random, unit: PrivacyUnit) -> None:
    """Numbers of rows, and sums of weights at whose ends 64 bits are too few."""
    rows = rows_from([IDS[:6], range(-5, 120), TEXTS], random, many=random.choice([0, 100]))
    warehouse.fill(COLUMNS, rows)
    axes = tuple(
        CodeAxis(
            column=column.name, places_of=tuple(random.choices(range(3), k=column.size)), labels=("a", "b", "never")
        )
        for column in DOMAIN.columns
    )
    weights = np.array(random.choices([0, 1, -1, 17, 2**31 - 1, 2**62, -(2**62)], k=2 * 9)).reshape(9, 2)
    tallies: list[Tally] = [(axes, None), (axes[:1], None), (axes, weights), (axes[1:], weights[:3])]
    with tempfile.TemporaryDirectory() as scratch, Snapshot(warehouse.location) as snapshot:
        kernel = kernel_over(arrow_batch(COLUMNS, rows), unit, Path(scratch))
        engine = WarehouseEngine(warehouse.rows(unit), lambda: snapshot, secret=SECRET)
        ours, theirs = (counting.tallies(tallies, domain=DOMAIN) for counting in (kernel, engine))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


WINDOWS = [
    ("2024-02-29T12:30:59", "2024-02-29T12:30:59.000001"),
    ("1970-01-01", "2024-02-29"),
    ("0001-01-01", "9999-12-31"),
]


@examples
@given(seeds, st.sampled_from(WINDOWS), st.sampled_from([None, UTC]))
def test_rows_outside_a_window_are_not_there(
    warehouse: Warehouse, random: Random, ends: tuple[str, str], zone: dt.tzinfo | None
) -> None:
    """Whatever type says when; rows at either end, just inside and just outside of it are among them."""
    if warehouse.name == "sqlite":
        pytest.skip("SQLite has no dates, so that a window over one is refused")
    start, end = (dt.datetime.fromisoformat(end) for end in ends)
    near = [
        end + by * dt.timedelta(microseconds=1) for end in (start, end) for by in (-1, 0, 1) if end.year > 1 or by >= 0
    ]
    moments = [*near, *near, *TIMES]
    pools = {"date32[day]": [moment.date() for moment in moments], "timestamp[us]": moments}
    pools[ZONED] = [moment.replace(tzinfo=UTC) for moment in moments]
    for registered in sorted(warehouse.types & set(pools)):
        columns = {"unit": "text", "age": "int64", "seen": registered}
        rows = rows_from([IDS[:4], range(-5, 120), pools[registered]], random, many=100)
        warehouse.fill(columns, rows)
        window = Window(column="seen", start=start.replace(tzinfo=zone), end=end.replace(tzinfo=zone))
        for unit in (PrivacyUnit(), PrivacyUnit(column="unit", max_rows=3)):
            domain, batch = Domain(columns=DOMAIN.columns[:1]), arrow_batch(columns, rows)
            assert_equal_tables(warehouse, batch, [(("age",), "fine")], domain=domain, unit=unit, window=window)


@st.composite
def amount_columns(draw: st.DrawFn) -> Column:
    """Draw a number in bins, whole, in steps, or any real."""
    kind = draw(st.sampled_from(["integer", "float"]))
    low, high = sorted(draw(st.lists(st.integers(-120, 1200), min_size=2, max_size=2, unique=True)))
    edge = draw(st.integers(low, high))
    step = draw(st.sampled_from([0, 0.1, 0.25, 5.0, 0.01])) if kind == "float" else draw(st.sampled_from([0, 5]))
    column = Column(
        name="value",
        kind=kind,
        minimum=low,
        maximum=high,
        edges=(edge,) if low < edge < high else (),
        bins=None if low < edge < high else 1,
        step=step,
        specials=tuple(draw(st.lists(st.sampled_from([low, high, 999, 0]), max_size=2, unique=True))),
        nullable=draw(st.booleans()),
        null_tokens=tuple(draw(st.lists(st.sampled_from(["7", "-1", "NA"]), max_size=1))),
    )
    return column.laid_out(draw(st.sampled_from([1, 2])))


def amounts(random: Random) -> list[float]:
    """Return round and fine numbers, and some that are hard to divide."""
    round_ones = [random.randint(-13, 130) * random.choice([0.1, 1.0, 10.0, 100.0, 0.25, 0.01]) for _ in range(150)]
    return [*round_ones, *(random.uniform(-130, 1300) for _ in range(20)), *REALS, 1e-310, -1e-310, 0.1 + 0.2, 1.1 * 3]


@examples
@given(st.data())
def test_orders_and_heaps_are_those_of_the_kernel(warehouse: Warehouse, data: st.DataObject) -> None:
    names = ("a", "b")
    types = {name: data.draw(st.sampled_from(["double", "int64"])) for name in names}
    drawn = [replace(data.draw(amount_columns().filter(is_amount)), name=name) for name in names]
    random = data.draw(seeds)
    values_of = {"double": amounts(random), "int64": [*range(-130, 1300, 7), *range(0, 1300, 50), *NUMBERS]}
    rows = rows_from(["uvwxyz", *(values_of[types[name]] for name in names)], random, many=200)
    columns = {"unit": "text", **types}
    warehouse.fill(columns, rows)
    unit = data.draw(st.sampled_from([PrivacyUnit(), PrivacyUnit(column="unit", max_rows=20)]))
    domain, pairs = Domain(columns=tuple(drawn)), [("a", "b")] * 10 + [("b", "a")]
    listed = {
        name: tuple(sorted(set(data.draw(st.lists(st.sampled_from([100.0, 25.0, 0.1, 7.0]), max_size=2)))))
        for name in names
    }
    heaped = Domain(
        columns=tuple(HeapedColumn.of(column, listed=listed[column.name]) for column in drawn if has_heaps(column))
    )
    tables: list[Table] = [((name,), "fine") for name in heaped.names]
    with tempfile.TemporaryDirectory() as scratch, Snapshot(warehouse.location) as snapshot:
        kernel = kernel_over(arrow_batch(columns, rows), unit, Path(scratch))
        engine = WarehouseEngine(warehouse.rows(unit), lambda: snapshot, secret=SECRET)
        np.testing.assert_array_equal(kernel.orders(pairs, domain=domain), engine.orders(pairs, domain=domain))
    if tables:
        assert_equal_tables(warehouse, arrow_batch(columns, rows), tables, domain=heaped, unit=unit)
