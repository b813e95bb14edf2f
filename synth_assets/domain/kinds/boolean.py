"""True or false."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.kinds.declared import Declared
from synth_assets.domain.kinds.kind import Codes, ColumnKind, Family, Floats, Nulls, Verdict
from synth_assets.domain.kinds.number import UNREAD

__all__ = ["Boolean"]

_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})
_ONLY_BITS = "only 1 is read as true and 0 as false; every other number becomes null, or false if it is not nullable"
_ONLY_WORDS = (
    "only true, t, yes, y and 1 are read as true, and false, f, no, n and 0 as false, in either case; "
    "every other text becomes null, or false if it is not nullable"
)
_READ_DECIMALS = (0, 1)
"""Digits after the point of decimals that are read: 1 and 1.0. A decimal is compared as it is written, as in 1.00."""


class Boolean(ColumnKind):
    """True or false, by a few words."""

    __slots__ = ()

    name = "boolean"
    called = ("bool", "logical", "flag")
    arrow = pa.bool_()
    in_warehouse: ClassVar[frozenset[str]] = frozenset({"bool", "text", "int64", "double"})
    misread: ClassVar[Mapping[Family, tuple[Verdict, str]]] = {
        **dict.fromkeys(("whole", "real", "decimal"), ("odd", _ONLY_BITS)),
        **dict.fromkeys(("date", "timestamp", "clock", "duration"), ("never", UNREAD)),
        "text": ("odd", _ONLY_WORDS),
    }

    def regular(self, column: Declared) -> int:
        """See :meth:`ColumnKind.regular`."""
        del column
        return 2

    def encode_texts(self, column: Declared, texts: Sequence[str | None]) -> Codes:
        """See :meth:`ColumnKind.encode_texts`."""
        return np.array([_code(text, fallback=column.fallback_code) for text in texts], dtype=np.uint16)

    def decode(self, column: Declared, codes: NDArray[Any], *, within: Floats | None, null: Nulls) -> pa.Array:
        """See :meth:`ColumnKind.decode`."""
        del column, within
        return pa.array(codes == 1, mask=null)

    def inside(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """See :meth:`ColumnKind.inside`; there are no others."""
        del column
        return pa.repeat(True, len(values))

    def names(self, column: Declared) -> tuple[str, ...]:
        """See :meth:`ColumnKind.names`."""
        del column
        return ("false", "true")

    def domain_json(self, column: Declared) -> dict[str, Any]:
        """See :meth:`ColumnKind.domain_json`."""
        del column
        return {"values": [False, True]}

    def fit(self, family: Family, *, decimals: int = 0) -> tuple[Verdict, str]:
        """See :meth:`ColumnKind.fit`."""
        if family == "decimal" and decimals not in _READ_DECIMALS:
            return "never", UNREAD
        return super().fit(family)


def _code(text: str | None, *, fallback: int) -> int:
    word = "" if text is None else text.strip().lower().removesuffix(".0")
    if word in _TRUE:
        return 1
    return 0 if word in _FALSE else fallback
