"""Counting where the rows are: what crosses the wire is how many rows each cell has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.release.answers import Grids
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.bounding import row_key
from synth_assets.source.engine import Table, Tally
from synth_assets.source.histograms import category_text
from synth_assets.source.kernel import weighted
from synth_assets.source.keyed import derive
from synth_assets.source.orders import WORDS, digits_counted, words_of
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.expressions import Tree
from synth_assets.source.sql.statements import (
    PARAMETERS,
    Rows,
    count_statements,
    order_statements,
    shape_of,
    tally_statements,
    text_statements,
)

__all__ = ["WarehouseEngine"]


class WarehouseEngine:
    """Implements ``CountEngine`` by statements of one snapshot, which is opened when it is first asked.

    Args:
        rows: which rows there are.
        opened: opens the snapshot.
        secret: of the reservation, for the bounding.
    """

    __slots__ = ("_open", "_parameters", "_rows", "_secret", "_snapshot")

    def __init__(self, rows: Rows, opened: Callable[[], Snapshot], *, secret: bytes) -> None:
        self._rows = rows
        self._open = opened
        self._secret = secret
        self._snapshot: Snapshot | None = None
        self._parameters = {**PARAMETERS, "key": row_key(secret).hex()}

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "WarehouseEngine(private)"

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        statements = count_statements(self._rows, tables, domain=domain, grids=grids)
        shapes = [shape_of(table, domain=domain, grids=grids) for table in tables]
        return self._dense(statements, shapes)

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """See ``CountEngine``.

        Raises:
            Fault: an axis is made of a model or of public rows, which SQL does not have.
        """
        axes = [[axis for axis in axes if isinstance(axis, CodeAxis)] for axes, _ in tallies]
        if any(len(kept) < len(asked) for kept, (asked, _) in zip(axes, tallies, strict=True)):
            raise Fault("a warehouse cannot answer this", hint="register the source as `sql_rows`")
        shapes = [tuple(axis.size for axis in tally) for tally in axes]
        totals = self._dense(tally_statements(self._rows, axes, domain=domain), shapes)
        return [weighted(total.reshape(-1), tally) for total, tally in zip(totals, tallies, strict=True)]

    def orders(self, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> NDArray[np.int64]:
        """See ``CountEngine``."""
        statements = order_statements(self._rows, pairs, domain=domain)
        words = self._dense(statements, [(WORDS,)] * words_of(pairs))
        return digits_counted(np.array(words).reshape(-1, WORDS), pairs)

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """See ``CountEngine``; which texts can be categories is decided here, by the kernel's function."""
        own = {**self._parameters, "key": row_key(derive(self._secret, b"discovery")).hex()}
        counted: list[dict[str, int]] = [{} for _ in columns]
        for asked, value, many in self._answers(text_statements(self._rows, [item.name for item in columns]), own):
            words = category_text(columns[asked], value.encode("utf-8", "replace"))
            if words is not None:
                counted[asked][words] = many
        return counted

    def _dense(self, statements: Sequence[Tree], shapes: Sequence[tuple[int, ...]]) -> list[NDArray[np.int64]]:
        """Fill the cells that have rows; all others are 0, whether or not anybody could be in them."""
        totals = [np.zeros(shape, dtype=np.int64) for shape in shapes]
        flat = [total.reshape(-1) for total in totals]
        for asked, cell, many in self._answers(statements, self._parameters):
            flat[asked][cell] = many
        return totals

    def _answers(self, statements: Sequence[Tree], parameters: Mapping[str, str]) -> Iterator[tuple[int, Any, int]]:
        if self._snapshot is None:
            self._snapshot = self._open()
        for statement in statements:
            for part in self._snapshot.rows(statement, parameters):
                yield from part
