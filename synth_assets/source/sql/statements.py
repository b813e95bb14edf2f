"""The statements that count: rows are read, coded, numbered within their unit, and counted once per table.

One statement is one chain of common tables (``read_rows`` to ``kept_rows``) and one
``GROUP BY`` per table of counts below it. What it returns are triples: which table, which cell
(row-major, as the kernel numbers them), how many rows. Cells without a row are not returned.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from math import prod

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from synth_assets.domain import Domain
from synth_assets.domain.times import WHOLE_SECONDS, ZONED
from synth_assets.errors import Fault
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.answers import Grids
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.engine import Table
from synth_assets.source.histograms import MOST_LETTERS
from synth_assets.source.orders import TOGETHER
from synth_assets.source.sql.amounts import Staged, compared_in_sql, staged
from synth_assets.source.sql.coding import BLANKS, regrouped, text_of
from synth_assets.source.sql.expressions import Tree, all_of, call, case, column, equal, joined, number, parameter, text
from synth_assets.source.sql.flavours import GIVEN, Flavour
from synth_assets.source.sql.units import ID_BLANKS, canonical, digits_of, stripped

__all__ = [
    "PARAMETERS",
    "Rows",
    "count_codes",
    "count_statements",
    "order_statements",
    "read_statement",
    "shape_of",
    "tally_statements",
    "text_statements",
]

PARAMETERS: Mapping[str, str] = {"blanks": BLANKS, "id_blanks": ID_BLANKS}
"""Parameters that are the same in every statement; ``key`` is the other one."""
_UNIT, _DIGITS, _PLACE = "unit", "digits", "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows there are: all that an officer registered, and nothing that is private.

    Attributes:
        flavour: the engine.
        table: its name, with or without a schema.
        columns: registered types by name.
        unit: who is protected.
        window: outside of it there are no rows.
    """

    flavour: Flavour
    table: str
    columns: Mapping[str, str]
    unit: PrivacyUnit
    window: Window | None = None


def read_statement(rows: Rows, names: Sequence[str]) -> Tree:
    """Return the rows themselves, columns in normal form under their own names."""
    forms = [exp.alias_(_normal(rows, name), name, quoted=True) for name in names]
    return exp.select(*forms).from_(_table_of(rows))


def count_statements(rows: Rows, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[Tree]:
    """Return statements that count tables, as few as the engine can; tables are numbered over all of them.

    Args:
        rows: which there are.
        tables: see ``CountEngine.tables``.
        domain: all its columns decide which rows of a unit stay.
        grids: see ``CountEngine.tables``.
    """
    return count_codes(rows, _codes(rows, domain), [_cell(table, domain=domain, grids=grids) for table in tables])


def _codes(rows: Rows, domain: Domain) -> dict[str, Staged]:
    fresh = fresh_names(domain.names)
    return {item.name: staged(item, _registered(rows, item.name), rows.flavour, fresh=fresh) for item in domain.columns}


def order_statements(rows: Rows, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> list[Tree]:
    """Return statements that count rows by each word of ``source.orders``, which is the cell.

    Args:
        rows: which there are.
        pairs: see ``CountEngine.orders``.
        domain: see ``CountEngine.orders``.
    """
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    fresh = fresh_names(names)
    values = {name: fresh() for name in names}
    stage = {
        value: compared_in_sql(domain[name], _registered(rows, name), rows.flavour) for name, value in values.items()
    }
    words = [
        _word([(values[a], values[b]) for a, b in pairs[start : start + TOGETHER]])
        for start in range(0, len(pairs), TOGETHER)
    ]
    codes = {fresh(): Staged(value=word, stages=(stage,)) for word in words}
    return count_codes(rows, codes, list(map(column, codes)))


def text_statements(rows: Rows, names: Sequence[str]) -> list[Tree]:
    """Return statements that count rows by the text of each column, which is the cell; too long ones are null."""
    codes = {}
    for name in names:
        value = text_of(name, _registered(rows, name))
        short = exp.LTE(this=call("LENGTH", value), expression=number(MOST_LETTERS))
        codes[name] = Staged(value=case([(short, value)]), is_text=True)
    return count_codes(rows, codes, list(map(column, codes)))


def tally_statements(rows: Rows, axes: Sequence[Sequence[CodeAxis]], *, domain: Domain) -> list[Tree]:
    """Return statements that count rows by the places of axes, row-major.

    Args:
        rows: which there are.
        axes: of each tally.
        domain: see ``count_statements``.
    """
    places = [[(axis.column, np.asarray(axis.places_of), axis.size) for axis in tally] for tally in axes]
    return count_codes(rows, _codes(rows, domain), [_row_major(parts) for parts in places])


def _word(pairs: Sequence[tuple[str, str]]) -> Tree:
    """Return a word of ``source.orders``: one digit per pair, the first one before the others."""
    word: Tree = number(0)
    for place, (a, b) in enumerate(reversed(pairs)):
        less = exp.LT(this=column(a), expression=column(b))
        weight = 3**place
        digit = case([(less, number(weight)), (equal(column(a), column(b)), number(2 * weight))], default=number(0))
        word = digit if not place else exp.Add(this=word, expression=digit)
    return word


def count_codes(rows: Rows, codes: Mapping[str, Staged], cells: Sequence[Tree]) -> list[Tree]:
    """Return statements that count rows by cells, which are expressions over codes.

    Args:
        rows: which there are.
        codes: the code under each name, over columns in normal form. They are the content of a row in
            the bounding, in this order.
        cells: one per table of counts; null is not counted.
    """
    numbered, most = list(zip(count(), cells)), rows.flavour.most_tables
    return [
        _with_rows(rows, codes, _union([_counted(*pair) for pair in numbered[start : start + most]]))
        for start in range(0, len(cells), most)
    ]


def shape_of(table: Table, *, domain: Domain, grids: Grids) -> tuple[int, ...]:
    """Return the shape of a table, as the kernel has it."""
    names, level = table
    return tuple(domain[name].size if level == "fine" else int(np.max(grids[name])) + 1 for name in names)


def _cell(table: Table, *, domain: Domain, grids: Grids) -> Tree:
    names, level = table
    sizes = shape_of(table, domain=domain, grids=grids)
    groups = [np.arange(domain[name].size) if level == "fine" else np.asarray(grids[name]) for name in names]
    return _row_major(list(zip(names, groups, sizes, strict=True)))


def _row_major(parts: Sequence[tuple[str, NDArray[np.int64], int]]) -> Tree:
    """Return the number of a cell of columns whose codes are grouped, given names, groups and how many there are."""
    cell: Tree = number(0)
    for position, (name, groups, _) in enumerate(parts):
        same = np.array_equal(groups, np.arange(groups.size))
        place = column(name) if same else regrouped(column(name), groups)
        stride = prod(size for _, _, size in parts[position + 1 :])
        part = place if stride == 1 else exp.Mul(this=exp.paren(exp.cast(place, "BIGINT")), expression=number(stride))
        cell = part if not position else exp.Add(this=cell, expression=part)
    return cell


def _counted(table: int, cell: Tree) -> Tree:
    cells = exp.select(exp.alias_(cell, "cell")).from_("kept_rows").subquery("cells")
    columns = (exp.alias_(number(table), "asked"), "cell", exp.alias_(exp.Count(this=exp.Star()), "many"))
    return exp.select(*columns).from_(cells).where("NOT cell IS NULL").group_by("cell")


def _union(parts: Sequence[Tree]) -> Tree:
    whole: Tree = parts[0]
    for part in parts[1:]:
        whole = exp.Union(this=whole, expression=part, distinct=False)
    return whole


def _with_rows(rows: Rows, codes: Mapping[str, Staged], query: Tree) -> Tree:
    """Put the chain of common tables before a query of ``kept_rows``."""
    stages = _joined_stages(codes.values())
    made = {name for stage in stages for name in stage}
    wanted = [name for name in _names_in(codes.values()) if name not in made]
    unit, digits, place = (_free(name, [*codes, *made, *wanted]) for name in (_UNIT, _DIGITS, _PLACE))
    forms = [exp.alias_(_normal(rows, name), name, quoted=True) for name in wanted]
    names = [exp.alias_(code.value, name, quoted=True) for name, code in codes.items()]
    read = exp.select(*forms).from_(_table_of(rows))
    chain: dict[str, Tree] = {"read_rows": read}
    for stage, values in enumerate(stages):
        before = next(reversed(chain))
        chain[f"staged_rows_{stage + 1}"] = exp.select("*", *_aliased(values)).from_(before)
    last = next(reversed(chain))
    if rows.unit.column is None:
        chain["kept_rows"] = exp.select(*names).from_(last)
    else:
        registered = _registered(rows, rows.unit.column)
        name = exp.alias_(stripped(_normal(rows, rows.unit.column), registered), unit, quoted=True)
        owner = exp.alias_(canonical(column(unit), column(digits)), unit, quoted=True)
        within = exp.LTE(this=column(place), expression=number(rows.unit.max_rows))
        chain |= {
            "read_rows": read.select(name),
            "split_rows": exp.select("*", *_aliased({digits: digits_of(column(unit))})).from_(last),
            "coded_rows": exp.select(owner, *names).from_("split_rows"),
            "numbered_rows": _numbered(rows, codes, unit=unit, place=place),
            "kept_rows": exp.select(*map(column, codes)).from_("numbered_rows").where(within),
        }
    chain["read_rows"] = _inside(rows, chain["read_rows"])
    fenced = [table for table in chain if table not in ("read_rows", "coded_rows", "numbered_rows")]
    for table, part in chain.items():
        # else an engine writes out what a stage made wherever the next one names it, which grows without end
        once = True if table in fenced and rows.flavour.materialized else None
        query = query.with_(table, as_=part, materialized=once, copy=False)
    return query


def _joined_stages(codes: Iterable[Staged]) -> list[dict[str, Tree]]:
    """Return the stages of all codes side by side; equal names are equal expressions."""
    longest = zip_longest(*(code.stages for code in codes), fillvalue={})
    return [{name: value for part in parts for name, value in part.items()} for parts in longest]


def _aliased(values: Mapping[str, Tree]) -> list[Tree]:
    return [exp.alias_(value, name, quoted=True) for name, value in values.items()]


def _numbered(rows: Rows, codes: Mapping[str, Staged], *, unit: str, place: str) -> Tree:
    """Number the rows of each unit in the order of a keyed hash of unit and codes."""
    bar, comma = text("|"), text(",")
    content = [part for name, code in codes.items() for part in (comma, _content(rows, name, code))][1:]
    hashed = rows.flavour.sha256(joined(parameter("key"), bar, column(unit), bar, *content))
    order = exp.Order(expressions=[exp.Ordered(this=hashed, nulls_first=True)])
    ranked = exp.Window(this=exp.RowNumber(), partition_by=[column(unit)], order=order)
    named = exp.Not(this=exp.Is(this=column(unit), expression=exp.null()))
    return exp.select(*map(column, codes), exp.alias_(ranked, place, quoted=True)).from_("coded_rows").where(named)


def _content(rows: Rows, name: str, code: Staged) -> Tree:
    """Return what stands for a code in the bounding; never null, which would hide the rest of the row."""
    if not code.is_text:
        return exp.cast(column(name), "TEXT")
    null = exp.Is(this=column(name), expression=exp.null())
    return case([(null, text("-"))], default=rows.flavour.sha256(column(name)))


def _inside(rows: Rows, query: Tree) -> Tree:
    """Leave out rows whose own time is not in the window."""
    if rows.window is None:
        return query
    registered = _registered(rows, rows.window.column)
    if rows.window.zoned != (registered == ZONED):  # a time zone is never assumed, so that none is inside
        return query.where(exp.false())
    start, end = (_units_since_1970(moment, registered) for moment in (rows.window.start, rows.window.end))
    value = _normal(rows, rows.window.column)
    inside = all_of(
        exp.GTE(this=value.copy(), expression=number(start)), exp.LT(this=value.copy(), expression=number(end))
    )
    return query.where(case([(inside, number(1))], default=number(0)).eq(1))


def _units_since_1970(moment: dt.datetime, registered: str) -> int:
    """Return a moment as the first whole unit of a registered type that is not before it."""
    epoch = dt.datetime(1970, 1, 1, tzinfo=moment.tzinfo and dt.UTC)
    length = dt.timedelta(seconds=WHOLE_SECONDS[registered])
    return -((epoch - moment) // length)


def _normal(rows: Rows, name: str) -> Tree:
    return rows.flavour.read(name, _registered(rows, name))


def _registered(rows: Rows, name: str) -> str:
    try:
        return rows.columns[name]
    except KeyError:
        raise Fault(
            f"{name!r} is not among the registered columns", hint="`synth-assets contract check` compares them"
        ) from None


def _table_of(rows: Rows) -> Tree:
    own = rows.flavour.schema
    table = f"{own}.{rows.table}" if own and "." not in rows.table else rows.table
    parts = [exp.to_identifier(part, quoted=True) for part in table.split(".")]
    fields = dict(zip(("this", "db", "catalog"), reversed(parts), strict=False))
    return exp.alias_(exp.Table(**fields), GIVEN, table=True, quoted=True)


def fresh_names(taken: Iterable[str]) -> Callable[[], str]:
    """Return what returns a new short name at each call, which no column has; engines cut long names."""
    known = {name.casefold() for name in taken}
    numbered = (f"made_{index}" for index in count(1))
    return lambda: next(name for name in numbered if name not in known)


def _names_in(codes: Iterable[Staged]) -> list[str]:
    trees = [
        tree for code in codes for tree in (code.value, *(value for stage in code.stages for value in stage.values()))
    ]
    return list(dict.fromkeys(node.name for tree in trees for node in tree.find_all(exp.Column)))


def _free(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that no column has, in whatever case."""
    known = {name.casefold() for name in taken}
    return next(name for extra in count() if (name := wanted + "_" * extra).casefold() not in known)
