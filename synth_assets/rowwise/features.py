"""Fine codes as numbers that a model can read: one look-up table per column.

The tables are a public function of the declared domain. A value with an order is one
number in [0, 1], scaled between the column's smallest and largest values; a category
has an indicator of its own, or, in a column of too many codes, its position. Null and
special values have an indicator each. Nothing is missing in the result, so that trees
and linear models can both read it.

Example:
    >>> from synth_assets.domain import Column
    >>> educ = Column(name="educ", kind="integer", minimum=0, maximum=2, nullable=True)
    >>> feature_table(educ, one_hot=32).tolist()
    [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [0.0, 1.0]]
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import cell_values
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.rowwise.axis import Codes
from synth_assets.rowwise.scorer import Matrix

__all__ = ["Features", "feature_table", "layout_of", "refuse_other_layout", "scaled_values"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Which columns become features, and how.

    Attributes:
        columns: their names.
        layout: digest of these columns, see :func:`layout_of`.
        tables: features of each fine code of each column, float32, shape (codes, width of the column).
    """

    columns: tuple[str, ...]
    layout: str
    tables: tuple[Matrix, ...]

    def __post_init__(self) -> None:
        if not self.columns or len(self.tables) != len(self.columns) or not all(map(_is_table, self.tables)):
            raise IntegrityError("the features need one table per column", hint="fit the model again: that is free")

    @classmethod
    def of(cls, domain: Domain, *, one_hot: int, leave_out: Collection[str] = ()) -> Self:
        """Return the features of a domain's columns.

        Args:
            domain: the columns.
            one_hot: most codes of a category column that have an indicator each.
            leave_out: columns that are not read, such as the target.

        Raises:
            UsageError: no column is left.
        """
        columns = [column for column in domain.columns if column.name not in leave_out]
        if not columns:
            raise UsageError("no column is left to learn from", hint="leave out fewer columns")
        names = tuple(column.name for column in columns)
        tables = tuple(feature_table(column, one_hot=one_hot) for column in columns)
        return cls(columns=names, layout=layout_of(domain, names), tables=tables)

    @property
    def width(self) -> int:
        """Number of features of a row."""
        return sum(table.shape[1] for table in self.tables)

    def matrix(self, rows: Codes, domain: Domain) -> Matrix:
        """Return the features of each row, float32, shape (rows, width).

        Raises:
            IntegrityError: the domain has other columns; decided before any row is looked at.
        """
        refuse_other_layout(domain, self.columns, layout=self.layout, tables=self.tables)
        codes = [rows[domain.index(name)] for name in self.columns]
        matrix = np.empty((codes[0].size, self.width), dtype=np.float32)
        stops = np.cumsum([table.shape[1] for table in self.tables])
        for table, stop, column in zip(self.tables, stops.tolist(), codes, strict=True):
            matrix[:, stop - table.shape[1] : stop] = table[column]
        return matrix


def _is_table(table: NDArray[Any]) -> bool:
    return table.ndim == 2 and table.dtype == np.float32 and bool(np.isfinite(table).all())  # noqa: PLR2004 - a table


def feature_table(column: Column, *, one_hot: int) -> Matrix:
    """Return the features of each fine code of a column, float32, shape (codes, width); see :meth:`Features.of`."""
    if not column.numeric and column.size <= one_hot:
        return np.eye(column.size, dtype=np.float32)
    others = column.size - column.regular
    table = np.zeros((column.size, 1 + others), dtype=np.float32)
    table[: column.regular, 0] = scaled_values(column)
    table[column.regular :, 1:] = np.eye(others)
    return table


def scaled_values(column: Column) -> NDArray[np.float64]:
    """Return where each regular code stands between the first, 0, and the last, 1; shape (regular,).

    What has an order stands at its representative value, a category at its position.
    """
    values = cell_values(column)[0][: column.regular] if column.numeric else np.arange(column.regular, dtype=np.float64)
    low, high = values.min(), values.max()
    scaled: NDArray[np.float64] = (values - low) / (high - low if high > low else 1.0)
    return scaled


def layout_of(domain: Domain, columns: Iterable[str]) -> str:
    """Return the digest of the declarations of some columns."""
    return sha256_bytes(canonical_json([domain[name].as_json() for name in columns]))


def refuse_other_layout(domain: Domain, columns: Sequence[str], *, layout: str, tables: Sequence[NDArray[Any]]) -> None:
    """Refuse a domain that lacks some columns or declares them otherwise, or tables that lack a code of theirs.

    Raises:
        IntegrityError: the message holds names of columns alone.
    """
    if (
        not set(columns) <= set(domain.names)
        or layout_of(domain, columns) != layout
        or domain.shape(columns) != tuple(map(len, tables))
    ):
        raise IntegrityError(
            f"the material was made for other declarations of {', '.join(columns)}",
            hint="make it again for this domain: that is free",
        )
