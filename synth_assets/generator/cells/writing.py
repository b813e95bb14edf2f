"""Fine codes become rows: values as round as was measured, amounts in their order, inside bins by the rules.

Every kind that draws codes ends here, so what a release says of values inside bins holds for all of them.
What decides it is public and small, and is kept as JSON beside the weights of a kind.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.generator.cells.arranging import arranged
from synth_assets.generator.cells.layout import Allowed, Layout
from synth_assets.generator.cells.ordering import Order, largest_orders, orders_from_json, orders_json, orders_of
from synth_assets.generator.heap_masses import heaps_of
from synth_assets.generator.heaps import Heaps, heaps_from_json, heaps_json, largest_json
from synth_assets.generator.rows import column_values, numbers_of
from synth_assets.generator.rules import Rules, kept_inside
from synth_assets.release import Release
from synth_assets.release.kinds.orders import NoisyOrders

__all__ = ["FIT_AGAIN", "RowWriter"]

Codes = NDArray[np.uint16]
FIT_AGAIN = "fit the generator again: that is free"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowWriter:
    """What turns fine codes into rows.

    Attributes:
        layout: the columns and their groups.
        heaps: how round values inside bins are, by column; empty if it was not measured.
        orders: shares of rows in which one amount is less than another, or equal to it.
    """

    layout: Layout
    heaps: Mapping[str, Heaps]
    orders: tuple[Order, ...] = ()

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return what a release says, without orders: these depend on what a model draws, see :meth:`ordered`."""
        return cls(layout=Layout.of(release.domain, release.grids), heaps=heaps_of(release))

    def ordered(self, release: Release, codes: Sequence[Codes], *, rng: np.random.Generator) -> Self:
        """Return the same with the orders of a release, if it measured any.

        Args:
            release: the paid answers.
            codes: fine codes of many rows that the model drew, one array per column.
            rng: draws their values.
        """
        names = {name for answer in release.of_kind(NoisyOrders) for pair in answer.pairs for name in pair}
        if not names:
            return self
        numbers = {
            column.name: numbers_of(column, self._values(column, drawn, rng))
            for column, drawn in zip(self.layout.domain.columns, codes, strict=True)
            if column.name in names
        }
        return replace(self, orders=orders_of(release, self.layout, codes=codes, numbers=numbers))

    def rows(
        self,
        codes: Sequence[Codes],
        *,
        rng: np.random.Generator,
        rules: Rules | None = None,
        allowed: Allowed | None = None,
    ) -> pa.RecordBatch:
        """Return the rows of fine codes.

        Args:
            codes: one array of shape (rows,) per column; exchanged in place where amounts are put in order.
            rng: the only source of randomness.
            rules: what values inside bins are drawn again for.
            allowed: which exchanges of codes break no rule.
        """
        domain = self.layout.domain

        def values(column: Column, drawn: Codes) -> pa.Array:
            return self._values(column, drawn, rng)

        arrays = list(map(values, domain.columns, codes))
        if self.orders:
            arrays = arranged(self.layout, self.orders, codes, arrays, rng=rng, allowed=allowed)
        batch = pa.RecordBatch.from_arrays(arrays, schema=domain.arrow_schema())
        return batch if rules is None else kept_inside(batch, codes, domain, rules, values=values)

    def _values(self, column: Column, codes: Codes, rng: np.random.Generator) -> pa.Array:
        return column_values(column, codes, rng=rng, heaps=self.heaps.get(column.name))

    def written(self, version: int) -> bytes:
        """Return all that decides rows as a file of JSON, of a kind's own format."""
        grids = [grid.tolist() for grid in self.layout.grids]
        facts: dict[str, Any] = {"format_version": version, "domain": self.layout.domain.as_json(), "grids": grids}
        return json_bytes(facts | heaps_json(self.heaps) | orders_json(self.orders))

    @classmethod
    def read(cls, content: bytes, *, release: Release | None) -> Self:
        """Read what :meth:`written` returned, which may come from anybody.

        Args:
            content: the file. Its format is the kind's own: compare it with :meth:`written`.
            release: what it was fitted to, if that is known.

        Raises:
            IntegrityError: it is not about columns of a release, or of that one.
        """
        layout = _read_layout(content) if release is None else Layout.of(release.domain, release.grids)
        return cls(
            layout=layout,
            heaps=heaps_from_json(content, layout.domain, release=release),
            orders=orders_from_json(content, layout.domain, release=release),
        )

    @classmethod
    def read_as(cls, version: int, content: bytes, *, release: Release | None) -> Self:
        """Do what :meth:`read` does with a file of one format.

        Raises:
            IntegrityError: it is not exactly what :meth:`written` returns for it.
        """
        writer = cls.read(content, release=release)
        if content != writer.written(version):
            raise IntegrityError("the generator has other columns than its release", hint=FIT_AGAIN)
        return writer

    @classmethod
    def largest(cls, release: Release, *, version: int) -> int:
        """Return the largest size in bytes of :meth:`written` after a fit to a release."""
        layout = Layout.of(release.domain, release.grids)
        plain = len(cls(layout=layout, heaps={}).written(version))
        return plain + largest_json(release) + largest_orders(release)


def _read_layout(content: bytes) -> Layout:
    try:
        facts = json.loads(content)
        grids = tuple(np.asarray(grid, dtype=np.int64) for grid in facts["grids"])
        return Layout(domain=Domain.from_json(facts["domain"]), grids=grids)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise IntegrityError("the generator's columns cannot be read", hint=FIT_AGAIN) from error
