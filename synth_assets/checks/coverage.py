"""What a comparison of marginals covers, and what it cannot see: counted in the release itself.

A distance of zero between a synthetic table and its release sounds like more than it
is. It is about shares of codes, of the columns that were counted together. So the figure
comes with one paragraph about the rest.

Example:
    >>> coverage = Coverage(columns=4, numbers=2, binned=1, grouped=0, pairs=6, triples=1)
    >>> coverage.as_json()["of_triples"], str(coverage).split(". ")[1]
    (4, 'It cannot see values inside the bins of 1 of 2 columns of numbers, how many digits numbers have, tails whose \
counts are only noise, the other triples and which of two columns is larger in a row.')
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from math import comb
from statistics import median
from typing import Self

from synth_assets.release import Release

__all__ = ["Coverage", "hidden_by_noise"]

CLEAR = 2.0
"""Scales of its noise from which on a count is hardly that of a cell where nobody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the tables of a release count.

    Attributes:
        columns: columns that were measured.
        numbers: those whose values have an order.
        binned: of these, how many have codes that stand for several values.
        grouped: columns whose codes are taken together in groups for tables of several columns.
        pairs: pairs of columns that were counted together, in triples or by themselves.
        triples: triples of columns that were counted together.
    """

    columns: int
    numbers: int
    binned: int
    grouped: int
    pairs: int
    triples: int

    @classmethod
    def of(cls, release: Release) -> Self:
        """Count what a release counted."""
        ordered = [column for column in release.domain.columns if column.numeric]
        together = [frozenset(marginal.attributes) for marginal in release.marginals]
        groups = ((release.grids.get(column.name), column.size) for column in release.domain.columns)
        return cls(
            columns=len(release.domain.columns),
            numbers=len(ordered),
            binned=sum(not column.exact for column in ordered),
            grouped=sum(grid is not None and int(grid.max()) + 1 < size for grid, size in groups),
            pairs=len({pair for clique in together for pair in _parts(clique, 2)}),
            triples=len({triple for clique in together for triple in _parts(clique, 3)}),
        )

    def as_json(self) -> dict[str, int]:
        """Return the numbers as plain JSON values, those of all pairs and triples too."""
        return {**asdict(self), "of_pairs": comb(self.columns, 2), "of_triples": comb(self.columns, 3)}

    def __str__(self) -> str:
        """Say it in one paragraph, for people."""
        return f"The figure compares shares of codes that the release counted: {self._covered()} {self._open()}"

    def _covered(self) -> str:
        parts = [f"{self.columns} {'column' if self.columns == 1 else 'columns'}"]
        parts += [_of(self.pairs, comb(self.columns, 2), "pairs")] if self.columns > 1 else []
        parts += [_of(self.triples, comb(self.columns, 3), "triples")] if self.columns > 2 else []  # noqa: PLR2004
        groups = f" For pairs and triples, codes of {self.grouped} columns are taken together in groups."
        return f"{_listed(parts)}.{groups if self.grouped and self.pairs else ''}"

    def _open(self) -> str:
        """Say what is not covered, as far as this release has it."""
        return f"It cannot see {_listed(list(self._unseen()))}."

    def _unseen(self) -> Iterator[str]:
        if self.binned:
            yield f"values inside the bins of {self.binned} of {self.numbers} columns of numbers"
        if self.numbers:
            yield "how many digits numbers have"
        if self.grouped and self.pairs:
            yield "where in a group values lie"
        if self.numbers:
            yield "tails whose counts are only noise"
        rest = comb(self.columns, 3) - self.triples
        yield "the other triples" if rest else "combinations of more columns"
        if self.numbers > 1:
            yield "which of two columns is larger in a row"


def hidden_by_noise(release: Release) -> str:
    """Say how few rows noise hides, and what may therefore be among synthetic rows without being seen."""
    scales = {
        size: [marginal.scale for marginal in release.marginals if len(marginal.attributes) == size] for size in (1, 2)
    }
    values, pairs = (_rows(scales[size]) for size in (1, 2))
    beside = f", or {pairs} in tables of pairs" if pairs else ""
    return (
        f"Noise hides who is rare: a value that nobody has looks like one of fewer than about {values} "
        f"{'row' if values == '1' else 'rows'}{beside}. So single values that do not exist, numbers just above zero or "
        "beyond a cap, and combinations that do not go together (a region in another country) stay unseen unless they "
        "are surely many together; then the check `realism` warns."
    )


def _rows(scales: list[float]) -> str:
    return f"{max(1, round(CLEAR * median(scales))):,}" if scales else ""


def _parts(clique: frozenset[str], size: int) -> Iterator[frozenset[str]]:
    return map(frozenset, combinations(sorted(clique), size))


def _of(some: int, every: int, what: str) -> str:
    return f"all {every:,} {what}" if some == every else f"{some:,} of {every:,} {what}"


def _listed(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
