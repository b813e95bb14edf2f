"""Count synthetic rows into the tables of a release: the same attributes, at the same level.

Rows come in batches, so memory does not grow with the table: one batch, its codes
and the counts.

Example:
    >>> from synth_assets.domain import Column, Domain
    >>> ages = NoisyMarginal.of(attributes=("age",), level="fine", counts=np.array([5, 9, 2]), scale=2.0, rho=0.125)
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=2),))
    >>> release = Release(dataset="d", source="s", version="1", fingerprint="f", reservation="r", domain=domain,
    ...                   grids={"age": np.array([0, 0, 1])}, answers=(ages,), privacy={})
    >>> tabulation = Tabulation(release)
    >>> tabulation.add(pa.table({"age": [0, 2, 2]}))
    >>> tabulation.tables()
    (array([1, 0, 2]),)
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.codes import encode_repeated
from synth_assets.release.kinds.marginals import NoisyMarginal
from synth_assets.release.model import Release

__all__ = ["Tabulation"]

Codes = NDArray[np.int64]


class Tabulation:
    """Adds up the tables of a release over batches of rows."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._counts = [np.zeros(marginal.counts.size, dtype=np.int64) for marginal in release.marginals]

    def add(self, batch: pa.Table) -> None:
        """Count some rows, which have the columns of the release."""
        release = self._release
        fine = {
            column.name: encode_repeated(column, batch[column.name]).astype(np.int64)
            for column in release.domain.columns
        }
        coarse = {name: release.grids[name][codes] for name, codes in fine.items() if name in release.grids}
        for position, marginal in enumerate(release.marginals):
            self._counts[position] += _count(marginal, fine if marginal.level == "fine" else coarse)

    def merge(self, tables: Sequence[NDArray[np.int64]]) -> None:
        """Count the rows of another tabulation of the same release too, by its tables."""
        for position, table in enumerate(tables):
            self._counts[position] += table.reshape(-1)

    def tables(self) -> tuple[NDArray[np.int64], ...]:
        """Return the counts of each table, in the release's order and shapes."""
        pairs = zip(self._counts, self._release.marginals, strict=True)
        return tuple(counts.reshape(marginal.counts.shape) for counts, marginal in pairs)


def _count(marginal: NoisyMarginal, codes: Mapping[str, Codes]) -> Codes:
    flat = codes[marginal.attributes[0]]
    for name, size in zip(marginal.attributes[1:], marginal.counts.shape[1:], strict=True):
        flat = flat * size + codes[name]
    return np.bincount(flat, minlength=marginal.counts.size)
