"""Laws of the domain: encoding is total over anything, local to a value, and inverse to decoding."""

import datetime as dt
import json
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st

from synth_assets.contract.columns import FloatColumn, IntegerColumn
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode, encode
from synth_assets.domain.round_edges import EVEN_BINS, MOST_BINS
from synth_assets.domain.times import SECONDS, seconds_of

_MOST = 2**53 - 1
_BOUND = st.integers(-_MOST, _MOST)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**5000),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.text(st.characters()),
    st.text(st.characters(categories=["Cs", "Nd"])),
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.uuids(),
    st.sampled_from(["NaN", "Infinity", "-0", "1e999", "true", "NA", "2020-02-30", "0001-01-01", "north", "9" * 400]),
)
_ANYTHING = st.one_of(
    _SCALARS, st.lists(_SCALARS, max_size=2), st.dictionaries(st.text(), _SCALARS, max_size=1), st.builds(object)
)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    kind = draw(st.sampled_from(["integer", "float", "categorical", "boolean", "date", "datetime"]))
    shared: dict[str, Any] = {"name": "c", "nullable": draw(st.booleans())}
    shared["null_tokens"] = tuple(draw(st.lists(st.sampled_from(["NA", "-9", "x"]), unique=True)))
    if kind == "categorical":
        texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
            lambda text: bool(text.strip()) and text not in ("NA", "-9", "x", "<NA>", "NaT")
        )
        categories = tuple(draw(st.lists(texts, min_size=1, max_size=5, unique=True)))
        size, other = len(categories), draw(st.sampled_from([None, *categories]))
        shared["parents"] = draw(st.sampled_from([(), (*[size] * (size - 1), size + 1, size + 1)]))
        return Column(kind="categorical", categories=categories, other=other, **shared)
    if kind == "boolean":
        return Column(kind="boolean", **shared)
    if kind == "date":
        first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
        days = [(day - dt.date(1970, 1, 1)).days for day in (first, last)]
        return Column(
            kind="date", minimum=days[0], maximum=days[1], bins=draw(st.none() | st.integers(1, 40)), **shared
        )
    if kind == "datetime":
        resolution = draw(st.sampled_from(list(SECONDS)))
        times = sorted(seconds_of(draw(st.datetimes())) // SECONDS[resolution] for _ in range(2))
        bins = draw(st.none() | st.integers(1, 40))
        return Column(kind="datetime", resolution=resolution, minimum=times[0], maximum=times[1], bins=bins, **shared)
    if kind == "float":
        low = draw(st.floats(-1e6, 1e6))
        return Column(
            kind="float",
            minimum=low,
            maximum=low + draw(st.floats(1e-3, 1e9)),
            bins=draw(st.none() | st.integers(1, 40)),
            **shared,
        )
    low = draw(_BOUND)
    high = min(_MOST, low + draw(st.integers(0, 5000)))
    return Column(kind="integer", minimum=low, maximum=high, bins=draw(st.none() | st.integers(1, 40)), **shared)


@st.composite
def gridded(draw: st.DrawFn) -> Column:
    """A column of numbers with digits, as a contract declares it."""
    low = draw(st.floats(-1e6, 1e6))
    step = draw(st.sampled_from([{"decimals": n} for n in range(5)] + [{"step": s} for s in (0.05, 0.3, 2.5, 7.0)]))
    floats = {"type": "float", "min": low, "max": low + draw(st.floats(10, 1e7)), **step}
    whole = {"type": "integer", "min": int(low), "max": int(low) + draw(st.integers(700, 10**7))}
    whole |= {"step": draw(st.sampled_from([2, 5, 30, 100, 700]))}
    declared = draw(st.sampled_from([floats, whole])) | {"domain_source": "x", "nullable": draw(st.booleans())}
    kind = FloatColumn if declared["type"] == "float" else IntegerColumn
    return kind.model_validate(declared | {"special_values": draw(st.sampled_from([[], [-9_000_000]]))}).column("c")


def laid_out() -> st.SearchStrategy[Column]:
    """Any column of numbers or times, in any layout."""
    return st.builds(Column.laid_out, columns() | gridded(), st.sampled_from([1, 2]))


@given(columns(), st.lists(_ANYTHING, max_size=20))
def test_every_value_of_any_kind_gets_a_code(column: Column, values: list[Any]) -> None:
    codes = encode(column, values)
    assert codes.shape == (len(values),)
    assert all(0 <= code < column.size for code in codes)


@given(columns(), st.lists(_ANYTHING, max_size=8), st.lists(_ANYTHING, max_size=8))
def test_the_code_of_a_value_does_not_depend_on_other_rows(column: Column, some: list[Any], others: list[Any]) -> None:
    together = encode(column, [*some, *others])
    assert together.tolist() == [*encode(column, some), *encode(column, others)]
    assert together.tolist() == [int(encode(column, [value])[0]) for value in [*some, *others]]


@given(columns(), st.lists(st.floats(width=32) | st.floats(), max_size=20))
def test_every_number_gets_a_code(column: Column, values: list[float]) -> None:
    codes = encode(column, np.array(values, dtype=np.float64))
    assert all(0 <= code < column.size for code in codes)


@given(columns(), st.lists(st.binary() | st.none(), max_size=10))
def test_bytes_that_are_not_text_get_codes(column: Column, values: list[bytes | None]) -> None:
    as_bytes = pa.array(values, pa.binary())
    assert encode(column, as_bytes.view(pa.string())).tolist() == encode(column, as_bytes).tolist()


@given(columns(), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=10), st.sampled_from(["s", "ms", "us", "ns"]))
def test_every_typed_time_gets_a_code_of_its_own(column: Column, values: list[int], unit: str) -> None:
    stamps = pa.array(values, pa.int64()).view(pa.timestamp(unit, "Europe/Berlin"))
    codes = encode(column, stamps)
    assert all(0 <= code < column.size for code in codes)
    assert codes.tolist() == [int(encode(column, stamps.slice(index, 1))[0]) for index in range(len(values))]


@given(laid_out(), st.data())
def test_decoding_then_encoding_gives_the_same_codes(column: Column, data: st.DataObject) -> None:
    known = st.integers(0, column.size - 1)
    codes = np.array(data.draw(st.lists(known, max_size=20)), dtype=np.uint16)
    shares = st.floats(0, 1, exclude_max=True)
    within = np.array(data.draw(st.lists(shares, min_size=len(codes), max_size=len(codes))))
    values = decode(column, codes, within=within)
    if not _has_token_inside(column):
        assert encode(column, values).tolist() == codes.tolist()
    assert values.type == column.arrow_type()


@given(laid_out(), st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_a_number_has_the_code_of_what_it_is_clamped_to(column: Column, numbers: list[float]) -> None:
    if column.layout == 1 or column.null_tokens:
        return
    values = np.array([number for number in numbers if np.isfinite(number) and number not in column.specials])
    clamped = np.clip(values, column.minimum, column.maximum)
    assert encode(column, values).tolist() == encode(column, clamped).tolist()


@given(gridded(), st.data())
def test_values_with_digits_are_multiples_inside_the_range(column: Column, data: st.DataObject) -> None:
    codes = np.array(data.draw(st.lists(st.integers(0, column.regular - 1), min_size=1, max_size=20)), dtype=np.uint16)
    values = decode(column, codes, within=np.random.default_rng(0).random(len(codes)))
    assert column.kind_of.inside(column, pa.chunked_array([values])).to_pylist() == [True] * len(codes)


@given(columns(), st.data())
def test_values_of_an_exact_domain_come_back(column: Column, data: st.DataObject) -> None:
    if not column.exact or _has_token_inside(column):
        return
    codes = np.array(data.draw(st.lists(st.integers(0, column.size - 1), max_size=20)), dtype=np.uint16)
    values = decode(column, codes)
    assert decode(column, encode(column, values)).equals(values)


@given(st.lists(laid_out(), max_size=4))
def test_a_domain_survives_json(drawn: list[Column]) -> None:
    domain = Domain(columns=tuple(drawn))
    assert Domain.from_json(domain.as_json()) == domain


def _has_token_inside(column: Column) -> bool:
    """A declared number that is a null token too is null, not itself."""
    number = column.kind in ("integer", "float")
    return number and "-9" in column.null_tokens and column.minimum <= -9 <= column.maximum


@st.composite
def wide_columns(draw: st.DrawFn) -> Column:
    if draw(st.booleans()):
        low = draw(st.integers(-_MOST, _MOST - 1) | st.integers(-3000, 3000))
        high = draw(st.integers(low + 1, _MOST) | st.integers(low + 1, min(_MOST, low + 10**5)))
        return IntegerColumn(type="integer", min=low, max=high, domain_source="x").column("c")
    low, width = draw(st.floats(-1e6, 1e6) | st.floats(-1e99, 1e99)), draw(st.floats(1e-3, 1e9) | st.floats(1e-3, 1e99))
    assume(width > 1e-6 * abs(low))
    return FloatColumn(type="float", min=low, max=low + width, domain_source="x").column("c")


@given(wide_columns(), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_edges_that_stand_in_for_undeclared_ones_ascend_inside_the_range_and_are_few(
    column: Column, places: list[float]
) -> None:
    assert (np.diff(column.bounds()) > 0).all()
    assert all(column.minimum < edge <= column.maximum for edge in column.edges)
    # Round widths are at most 2.5 times apart, so equal bins are at least that part of those that were aimed at.
    assert column.exact or EVEN_BINS[-1] / 2.5 <= column.regular <= MOST_BINS
    assert Column.from_json(json.loads(json.dumps(column.as_json()))) == column
    begins = encode(column, np.array(column.edges))
    assert begins.tolist() == list(range(1, 1 + len(column.edges)))
    for fraction in places:
        codes = np.arange(column.regular)
        assert (
            encode(column, decode(column, codes, within=np.full(codes.size, min(fraction, 1 - 2**-53)))) == codes
        ).all()


@given(st.integers(-(2**53), 2**53 - 2000), st.integers(1024, 2000), st.floats(-1e6, 1e6), st.floats(1e-3, 1e9))
def test_a_column_that_was_written_without_edges_keeps_its_bins_of_equal_width(
    low: int, more: int, real: float, width: float
) -> None:
    integers = Column.from_json({"name": "c", "kind": "integer", "minimum": low, "maximum": low + more})
    assert (integers.bounds() == np.round(np.linspace(low, low + more + 1, 1025))).all()
    reals = Column.from_json({"name": "c", "kind": "float", "minimum": real, "maximum": real + width})
    assert (reals.bounds() == np.linspace(real, real + width, 65)).all()
