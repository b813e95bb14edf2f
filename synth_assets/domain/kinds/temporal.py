"""Dates and points in time: whole numbers of days or of ticks since 1970, in UTC; see ``domain.times``."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synth_assets.domain.kinds.declared import Declared
from synth_assets.domain.kinds.kind import Family, Floats, Nulls, Verdict
from synth_assets.domain.kinds.number import BY_TEXT, FINEST, UNREAD, Number
from synth_assets.domain.times import (
    DAY,
    PER_SECOND,
    SECONDS,
    WHOLE_SECONDS,
    arrow_of,
    moment_of,
    moments,
    natural_edges,
    text_of,
)

__all__ = ["Date", "Datetime", "Temporal"]

_DAYS = "they are read as dates only if written 20261122; other numbers, and days since 1970, are null"
_MIDNIGHT = "each becomes its midnight"
_MISREAD: Mapping[Family, tuple[Verdict, str]] = {
    **dict.fromkeys(("whole", "real", "decimal"), ("odd", _DAYS)),
    **dict.fromkeys(("boolean", "clock", "duration"), ("never", UNREAD)),
    "text": ("odd", BY_TEXT),
}


class Temporal(Number):
    """What dates and times share: a number is a count of ticks."""

    __slots__ = ()

    in_warehouse: ClassVar[frozenset[str]] = frozenset(WHOLE_SECONDS)

    @abstractmethod
    def seconds(self, column: Declared) -> int:
        """Return the seconds of a tick."""

    def read(self, column: Declared, text: str) -> float:
        """See :meth:`Number.read`."""
        return moment_of(text, seconds=self.seconds(column))

    def write(self, column: Declared, numbers: Floats, *, null: Nulls) -> pa.Array:
        """See :meth:`Number.write`."""
        return arrow_of(numbers.astype(np.int64), seconds=self.seconds(column), null=null)

    def plain(self, column: Declared, number: float) -> Any:
        """See :meth:`Number.plain`."""
        return text_of(number, seconds=self.seconds(column))

    def numbers(self, column: Declared, values: Any) -> Floats | None:
        """See :meth:`Number.numbers`."""
        typed = moments(values, seconds=self.seconds(column))
        return super().numbers(column, values) if typed is None else typed

    def source_numbers(self, column: Declared, values: pa.Array) -> Floats | None:
        """Return typed dates and times as ticks; numbers of a source are texts, such as 20240131."""
        return moments(values, seconds=self.seconds(column))

    def checked_numbers(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Return the ticks behind times, null also where a time is finer than its resolution says."""
        ticks = moments(values, seconds=self.seconds(column))
        if ticks is None:
            return super().checked_numbers(column, values)
        rounded = arrow_of(np.nan_to_num(ticks).astype(np.int64), seconds=self.seconds(column))
        return pc.if_else(pc.equal(rounded, values.combine_chunks()), pa.array(ticks), None)


class Date(Temporal):
    """Calendar dates."""

    __slots__ = ()

    name = "date"
    arrow = pa.date32()
    misread: ClassVar[Mapping[Family, tuple[Verdict, str]]] = _MISREAD

    def seconds(self, column: Declared) -> int:
        """See :meth:`Temporal.seconds`."""
        del column
        return DAY

    def floats(self, column: Declared, values: pa.Array) -> pa.Array:
        """Return dates as days since 1970-01-01."""
        return super().floats(column, values.cast(pa.int32()))


class Datetime(Temporal):
    """Points in time, rounded down to a resolution."""

    __slots__ = ()

    name = "datetime"
    called = ("timestamp", "date and time")
    arrow = pa.timestamp("us")
    misread: ClassVar[Mapping[Family, tuple[Verdict, str]]] = {**_MISREAD, "date": ("odd", _MIDNIGHT)}

    def seconds(self, column: Declared) -> int:
        """See :meth:`Temporal.seconds`."""
        return SECONDS[column.resolution]

    def even_bounds(self, column: Declared, top: float) -> Floats:
        """Return bounds on the clock and the calendar, unless the column says how many bins there are."""
        if column.bins is not None:
            return super().even_bounds(column, top)
        first, last = int(column.minimum), int(column.maximum)
        inner = natural_edges(first, last, seconds=self.seconds(column), most=FINEST)
        return np.array([first, *inner, top], dtype=np.float64)

    def floats(self, column: Declared, values: pa.Array) -> pa.Array:
        """Return times as ticks since 1970."""
        ticks = pc.divide(values.cast(pa.int64()), self.seconds(column) * PER_SECOND["us"])
        return super().floats(column, ticks)
