"""What every kind of column answers.

A kind has no state: what differs between two columns of a kind stands in the
:class:`~synth_assets.domain.Column` that each question comes with. Reading is
total and silent, one value at a time, because noticing a strange value, or
letting it change how its neighbours are read, would leak it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.kinds.declared import Declared
from synth_assets.errors import UsageError

__all__ = ["Codes", "ColumnKind", "Family", "Floats", "Nulls", "Verdict"]

Codes = NDArray[np.uint16]
Floats = NDArray[np.float64]
Nulls = NDArray[np.bool_] | None
"""Which values are null; ``None`` where the column is not nullable."""
Verdict = Literal["fits", "odd", "never"]
Family = Literal[
    "whole",
    "real",
    "decimal",
    "boolean",
    "date",
    "timestamp",
    "clock",
    "duration",
    "text",
    "null",
    "extension",
    "nested",
]
"""A family of registered types, whose values are read in one way; see ``obtain.compatibility``."""


class ColumnKind(ABC):
    """How values of one kind of column are laid out, read and written."""

    __slots__ = ()

    name: ClassVar[str]
    """What contracts and releases call it."""
    called: ClassVar[tuple[str, ...]] = ()
    """What others call it in a codebook, in small letters."""
    arrow: ClassVar[pa.DataType]
    """The type of the synthetic column."""
    numeric: ClassVar[bool] = False
    """Whether values have an order and a distance, and so bins."""
    whole: ClassVar[bool] = True
    """Whether there is a next value after each; reals have none."""
    has_zero: ClassVar[bool] = False
    """Whether zero is a value like no other: none of an amount, and the one that is round in every unit."""
    has_mean: ClassVar[bool] = True
    """Whether values stand for numbers that can be averaged."""
    in_warehouse: ClassVar[frozenset[str]] = frozenset()
    """Registered types whose values SQL engines read as we do."""
    misread: ClassVar[Mapping[Family, tuple[Verdict, str]]] = {}
    """What comes of values that are registered as another type, and why; families that are not here fit."""

    @abstractmethod
    def regular(self, column: Declared) -> int:
        """Return the number of codes that stand for ordinary values."""

    @abstractmethod
    def encode_texts(self, column: Declared, texts: Sequence[str | None]) -> Codes:
        """Return the code of each text, shape (texts,); ``None`` is null, and what cannot be read falls back."""

    @abstractmethod
    def decode(self, column: Declared, codes: NDArray[Any], *, within: Floats | None, null: Nulls) -> pa.Array:
        """Return the values of codes, shape (rows,), in the type :attr:`arrow`; see :func:`domain.codes.decode`."""

    @abstractmethod
    def inside(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Tell of each value of a synthetic column whether the declared domain has it; of nulls anything."""

    @abstractmethod
    def domain_json(self, column: Declared) -> dict[str, Any]:
        """Say the domain as a reviewer of a suite wants to read it, in plain JSON values."""

    def names(self, column: Declared) -> tuple[str, ...]:
        """Return the texts of all ordinary values, for a kind without an order; others have none."""
        del column
        return ()

    def bounds(self, column: Declared) -> Floats:
        """Return the bin bounds, shape (regular + 1,), see :meth:`Column.bounds`.

        Raises:
            UsageError: this kind has no order, and so no bins.
        """
        raise UsageError(f"{column.name!r} is {self.name} and has no bins", hint="ask for its codes")

    def exact(self, column: Declared) -> bool:
        """Tell whether every regular code stands for exactly one value."""
        del column
        return True

    def encode_typed(self, column: Declared, values: Any) -> Codes | None:
        """Return the code of each value of a typed array, shape (rows,); ``None`` when it must be read as text.

        Numbers are what this kind is inside, as it comes out of a synthetic table.
        """
        del column, values
        return None

    def encode_source(self, column: Declared, values: pa.Array) -> Codes | None:
        """Return the code of each value of a source's column; ``None`` when it must be read as text.

        It differs from :meth:`encode_typed` where people write a value as a number: 20240131 is a date in a
        source, and would be a number of days in a table of ours.
        """
        del column, values
        return None

    def with_zero(self, column: Any) -> Any:
        """Return a column in layout 2, see ``Column.laid_out``; most kinds do not have a zero."""
        return column

    def bin_means(self, column: Declared) -> Floats | None:
        """Return the mean of each bin, shape (regular,), where it is not the middle of the bin's ends."""
        del column
        return None

    def floats(self, column: Declared, values: pa.Array) -> pa.Array:
        """Return decoded values as the numbers that they are on average of, where :attr:`has_mean`."""
        del column
        return values.cast(pa.float64())

    def fit(self, family: Family, *, decimals: int = 0) -> tuple[Verdict, str]:
        """Say what becomes of values of a registered family, and why if it does not fit.

        Args:
            family: of the registered type.
            decimals: digits after the point of a type of decimals.
        """
        del decimals
        return self.misread.get(family, ("fits", ""))
