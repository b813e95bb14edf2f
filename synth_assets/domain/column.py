"""The declared domain: every column as a small range of integer codes.

A domain is public: it comes from the contract and never from private rows.
Each column is laid out as ``[regular codes][special values][null]``. Regular
codes are one per value where that is at most :data:`~synth_assets.domain.FINEST` codes, and bins of
equal width (or between given edges) where it is more. What values become
which codes is in ``codes``, and what differs between kinds in ``kinds``.

Example:
    >>> educ = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
    >>> educ.size, educ.null_code
    (22, 21)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.kinds.grid import FINEST_STEP, LARGEST_COUNT
from synth_assets.domain.kinds.kind import ColumnKind
from synth_assets.domain.kinds.registry import KINDS, kind_named
from synth_assets.domain.times import Resolution

__all__ = ["NEWEST_LAYOUT", "NEW_ROUNDS", "TAILS_AND_ORDERS", "Column", "Domain"]

NEWEST_LAYOUT = 4
"""Layout of new releases; columns have at most 2, see :attr:`Column.layout`."""
TAILS_AND_ORDERS = 4
"""From this layout on a release also measures tails in wide segments, and which of two amounts is larger; with many
columns, more goes to the columns themselves."""
NEW_ROUNDS = 3
"""From this layout on a release measures more than tables of pairs and of its target; columns are those of layout 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One declared column.

    Attributes:
        name: the column's name in the source and in the synthetic table.
        kind: the name of what :attr:`kind_of` knows: how values are read and written; inside, dates are days
            since 1970-01-01 and times are ticks of their resolution, in UTC.
        categories: the values of a categorical column, as text, in their order.
        minimum: smallest value of a number, date or time (as a number).
        maximum: largest value, inclusive.
        edges: inner bin edges, ascending, of a numeric column that declares them.
        bins: number of bins of equal width; ``None`` lets the layout choose, which contracts leave to ``round_edges``.
        values: the only values of a number that has few, ascending; others go to the nearest.
        specials: values with a meaning of their own, such as a top code.
        step: what all values of a number are multiples of when they are decoded, specials apart; 0 for any number.
        layout: 1, or 2: bins leave out the special values inside them, and what is clamped to one is that one.
        other: the category that takes unknown values, if there is one.
        nullable: whether there is a code for null.
        null_tokens: texts that mean null, besides the empty text.
        resolution: what times are rounded down to.
        parents: where the contract has a hierarchy, its shape, see ``hierarchy``; leaves are the regular codes.
    """

    name: str
    kind: str
    categories: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float = 0
    edges: tuple[float, ...] = ()
    bins: int | None = None
    values: tuple[float, ...] = ()
    specials: tuple[float, ...] = ()
    step: float = 0
    layout: int = 1
    other: str | None = None
    nullable: bool = False
    null_tokens: tuple[str, ...] = ()
    resolution: Resolution = "second"
    parents: tuple[int, ...] = ()

    @property
    def kind_of(self) -> ColumnKind:
        """What knows how values of this kind are laid out, read and written."""
        return KINDS[self.kind]

    @property
    def numeric(self) -> bool:
        """Whether values have an order and a distance."""
        return self.kind_of.numeric

    @property
    def regular(self) -> int:
        """Number of codes that stand for ordinary values."""
        return self.kind_of.regular(self)

    @property
    def size(self) -> int:
        """Number of all codes."""
        return self.regular + len(self.specials) + self.nullable

    @property
    def null_code(self) -> int | None:
        """The code of null; ``None`` when the column is not nullable."""
        return self.size - 1 if self.nullable else None

    @property
    def fallback_code(self) -> int:
        """The code of whatever cannot be read as the declared kind."""
        if self.nullable:
            return self.size - 1
        return self.categories.index(self.other) if self.other is not None else 0

    def bounds(self) -> NDArray[np.float64]:
        """Return the bin bounds of a numeric column, shape (regular + 1,), ascending.

        Bin i covers ``[bounds[i], bounds[i + 1])``, the last one its upper bound
        too. All but reals have whole bounds and the last is ``maximum + 1``. Times
        have bins on the clock and the calendar unless the column says how many.

        Raises:
            UsageError: the column has no order, and so no bins.
        """
        return self.kind_of.bounds(self)

    @property
    def exact(self) -> bool:
        """Whether every regular code stands for exactly one value."""
        return self.kind_of.exact(self)

    def laid_out(self, layout: int) -> "Column":
        """Return a column that is laid out as declared, which is layout 1, in another layout.

        From layout 2 on zero is a special value of whole and real numbers, unless it has a bin to itself, means null
        or is out of range. A column without a special value among others of a bin is the same in both.
        """
        return self if layout == 1 else self.kind_of.with_zero(self)

    def as_json(self) -> dict[str, Any]:
        """Return the column as plain JSON values, without what is at its default."""
        default = Column(name=self.name, kind=self.kind)
        pairs = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in pairs.items() if value != getattr(default, name)}
        return {
            "name": self.name,
            "kind": self.kind,
            **{name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`.

        Raises:
            ValueError: there is no such kind of column or layout, or a step that is not one.
        """
        kind_named(value["kind"])
        if not (value.get("step", 0) == 0 or FINEST_STEP <= value["step"] <= LARGEST_COUNT):
            raise ValueError(f"step={value['step']!r} must be 0, or between {FINEST_STEP:g} and {LARGEST_COUNT}")
        if value.get("layout", 1) not in range(1, NEW_ROUNDS):
            raise ValueError(f"layout={value['layout']!r} must be less than {NEW_ROUNDS}")
        parts: dict[str, Any] = {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}
        return cls(**parts)

    def arrow_type(self) -> pa.DataType:
        """Return the type of the synthetic column."""
        return self.kind_of.arrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The measured columns of a dataset, in their order."""

    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        """Return a column by name."""
        return self.columns[self.index(name)]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def index(self, name: str) -> int:
        """Return a column's position.

        Raises:
            KeyError: when there is no such column.
        """
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(name) from None

    def shape(self, names: Sequence[str] | None = None) -> tuple[int, ...]:
        """Return the number of codes of each of ``names`` (default: of all columns)."""
        return tuple(self[name].size for name in (self.names if names is None else names))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the domain as plain JSON values."""
        return [column.as_json() for column in self.columns]

    @classmethod
    def from_json(cls, value: Sequence[Mapping[str, Any]]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(columns=tuple(Column.from_json(facts) for facts in value))

    def arrow_schema(self) -> pa.Schema:
        """Return the schema of the synthetic table's measured columns."""
        return pa.schema([pa.field(c.name, c.arrow_type(), nullable=c.nullable) for c in self.columns])
