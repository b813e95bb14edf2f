"""Rows of a contract's schema that nobody ever was, with canaries among them.

Ordinary rows are drawn evenly from the declared domains and keep the contract's rules as far
as rows that keep them are found, so that a whole run can be promoted. Every unit's id is a
canary. Each column holds canaries in rows of their own: texts, which are out of every
domain, whole numbers, and in columns of real numbers also values inside of the domain.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from synth_assets.assurance.canaries import Canaries
from synth_assets.candidate.derive import derive
from synth_assets.candidate.rejection import keep_rules
from synth_assets.contract import DatasetContract
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode

__all__ = ["ROWS", "csv_part", "header", "made_up_rows", "with_reals"]

ROWS = 4000
"""Ordinary rows."""
_DISCOVERED = ("made up one", "made up two", "made up three")
"""What most rows have in a column whose categories are discovered."""
_SHARE = 0.48291057739182643

Row = list[str]


def header(contract: DatasetContract) -> Row:
    """Return the names of the made-up table's columns, the unit's first where there is one."""
    unit = contract.unit().column
    return [*([unit] if unit else []), *contract.columns]


def with_reals(contract: DatasetContract, canaries: Canaries) -> Canaries:
    """Return the canaries with a real number inside of the domain of each column of real numbers."""
    reals = tuple(_inside(column) for column in _domain(contract).columns if not column.kind_of.whole)
    return replace(canaries, reals=reals)


def made_up_rows(contract: DatasetContract, canaries: Canaries, *, rows: int = ROWS, seed: int = 0) -> list[Row]:
    """Return rows as texts, in the order of :func:`header`: ordinary ones, then those with canaries.

    Args:
        contract: its columns, rules and unit.
        canaries: from :func:`with_reals`.
        rows: how many ordinary ones.
        seed: of the ordinary rows, which protect nobody.
    """
    ordinary = _ordinary(contract, rows=rows, seed=seed)
    marked = list(_marked(_domain(contract), ordinary[0], canaries))
    if contract.unit().column is None:
        return [*ordinary, *marked]
    each = contract.unit().max_rows
    ids = [*(f"{canaries.word}-{row // each}" for row in range(rows)), *_own_ids(len(marked), canaries)]
    return [[name, *row] for name, row in zip(ids, [*ordinary, *marked], strict=True)]


def csv_part(contract: DatasetContract, rows: Sequence[Row]) -> bytes:
    """Return rows as a CSV file with a header."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header(contract), *rows])
    return text.getvalue().encode()


def _own_ids(count: int, canaries: Canaries) -> Iterator[str]:
    """Yield an id for each row with a canary: words, letters and numbers in turn."""
    kinds = (canaries.word, canaries.letters, str(canaries.number))
    yield from (f"{kinds[row % len(kinds)]}-own-{row}" for row in range(count))


def _ordinary(contract: DatasetContract, *, rows: int, seed: int) -> list[Row]:
    domain = _domain(contract)

    def draw(count: int, attempt: int) -> pa.Table:
        random = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(attempt,)))
        arrays = [
            decode(column, random.integers(column.size, size=count), within=random.random(count))
            for column in domain.columns
        ]
        return derive(pa.Table.from_arrays(arrays, schema=domain.arrow_schema()), contract)

    table = keep_rules(rows, draw=draw, rules=contract.rule_expressions()).table.select(list(contract.columns))
    texts = [column.cast(pa.string()).to_pylist() for column in table.columns]
    return [["" if value is None else value for value in row] for row in zip(*texts, strict=True)]


def _marked(domain: Domain, ordinary: Row, canaries: Canaries) -> Iterator[Row]:
    """Yield an ordinary row with one value exchanged for a canary, for each column and canary, then one of canaries."""
    numbers = iter(canaries.reals)
    for index, column in enumerate(domain.columns):
        values = [f"{canaries.word}{index}", f"{canaries.letters}{index}", str(canaries.number)]
        if not column.kind_of.whole:
            values.append(repr(next(numbers)))
        for value in values:
            yield [*ordinary[:index], value, *ordinary[index + 1 :]]
    yield [f"{canaries.word}-all"] * len(domain.columns)


def _domain(contract: DatasetContract) -> Domain:
    return contract.domain(found=dict.fromkeys(contract.discovered_columns, _DISCOVERED))


def _inside(column: Column) -> float:
    return float(column.minimum + (column.maximum - column.minimum) * _SHARE)
