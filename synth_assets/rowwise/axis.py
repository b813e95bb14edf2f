"""Axes: public maps from one encoded row to one of finitely many places.

A tally counts rows by the places of its axes. An axis sees a row's fine codes and
nothing else, so a row's place depends on that row and on public facts alone; that
is what the stability bound of a tally rests on (``docs/privacy/tallies.md``).

Example:
    >>> sex = CodeAxis(column="sex", places_of=(0, 1, 1), labels=("f", "other"))
    >>> sex.size, sex.as_json()["of"]
    (2, 'code')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.rowwise.material import Materials

__all__ = ["Axis", "CodeAxis", "Codes", "count_rows"]

Codes = Sequence[NDArray[Any]]
"""Fine codes of some rows: one unsigned array per column of the domain, in its order, each of shape (rows,)."""


class Axis(Protocol):
    """A public map from a row to a place."""

    of: ClassVar[str]

    @property
    def size(self) -> int:
        """Number of places."""
        ...

    def places(self, rows: Codes, domain: Domain) -> NDArray[np.intp]:
        """Return the place of each row, from 0 to ``size - 1``, shape (rows,); total, whatever the codes are."""
        ...

    def as_json(self) -> dict[str, Any]:
        """Return what a reader must know, as JSON values with tuples for lists: ``of`` and ``size`` among them.

        Arrays such as a model's are named by their digest.
        """
        ...


def count_rows(axes: Sequence[Axis], rows: Codes, domain: Domain) -> NDArray[np.int64]:
    """Count rows by their places on some axes, int64, one dimension per axis."""
    shape = tuple(axis.size for axis in axes)
    flat = np.ravel_multi_index([axis.places(rows, domain) for axis in axes], shape)
    return np.bincount(flat, minlength=prod(shape)).reshape(shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAxis:
    """Implements ``Axis``: the place of a row's code in one column.

    Attributes:
        column: name of the column.
        places_of: place of each fine code.
        labels: text of each place, for people.
    """

    of: ClassVar[str] = "code"

    column: str
    places_of: tuple[int, ...]
    labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """See ``Axis``."""
        return len(self.labels)

    def places(self, rows: Codes, domain: Domain) -> NDArray[np.intp]:
        """See ``Axis``.

        Raises:
            IntegrityError: the domain has another column of that name; decided before any row is looked at.
        """
        if self.column not in domain.names or domain[self.column].size != len(self.places_of):
            raise IntegrityError(
                f"the axis was made for another {self.column!r}", hint="make it again for this domain: that is free"
            )
        return np.asarray(self.places_of, dtype=np.intp)[rows[domain.index(self.column)]]

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {
            "of": self.of,
            "size": self.size,
            "column": self.column,
            "places": self.places_of,
            "labels": self.labels,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], materials: Materials) -> Self:
        """Invert :meth:`as_json`; see ``registry.axis_from_json``."""
        del materials  # it is made of none
        places, labels = tuple(map(int, value["places"])), tuple(map(str, value["labels"]))
        if not places or not all(0 <= place < len(labels) for place in places):
            raise IntegrityError("the axis sends a code to a place that it does not have", hint="make it again")
        return cls(column=str(value["column"]), places_of=places, labels=labels)
