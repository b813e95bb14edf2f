"""An engine over codes that are in memory already, for tests of what is asked of it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.release.answers import Grids
from synth_assets.source.engine import Table, Tally
from synth_assets.source.kernel import count_tables, count_tallies
from synth_assets.source.orders import count_orders

__all__ = ["CountedRows", "Unread"]


class CountedRows:
    """Implements ``CountEngine`` over blocks of codes and given histograms."""

    def __init__(self, blocks: Iterable[Any] = (), *, histograms: Sequence[dict[str, int]] = ()) -> None:
        self.blocks = blocks
        self.texts = histograms

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        return count_tables(self.blocks, tables, domain=domain, grids=grids)

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        return count_tallies(self.blocks, tallies, domain=domain)

    def orders(self, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> NDArray[np.int64]:
        """See ``CountEngine``; blocks are coded orders."""
        del domain
        return count_orders(self.blocks, pairs)

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """See ``CountEngine``."""
        assert len(columns) == len(self.texts)
        return [dict(histogram) for histogram in self.texts]


class Unread(CountedRows):
    """An engine that must not be asked."""

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """Fail."""
        raise AssertionError(tables, domain, grids)

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """Fail."""
        raise AssertionError(tallies, domain)

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """Fail."""
        raise AssertionError(columns)
