"""Declared or discovered texts."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain.kinds.declared import Declared
from synth_assets.domain.kinds.kind import Codes, ColumnKind, Floats, Nulls

__all__ = ["Categorical"]


class Categorical(ColumnKind):
    """One of the column's categories. Whether a registered type has these texts is compared one by one."""

    __slots__ = ()

    name = "categorical"
    called = ("category", "factor", "nominal", "ordinal", "enum", "string", "text", "character")
    arrow = pa.string()
    in_warehouse: ClassVar[frozenset[str]] = frozenset({"text", "int64", "bool"})
    has_mean = False

    def regular(self, column: Declared) -> int:
        """See :meth:`ColumnKind.regular`."""
        return len(column.categories)

    def encode_texts(self, column: Declared, texts: Sequence[str | None]) -> Codes:
        """See :meth:`ColumnKind.encode_texts`; an unlisted text becomes ``other``, if there is one."""
        known = {text: code for code, text in enumerate(column.categories)}
        unknown = column.fallback_code if column.other is None else known[column.other]
        codes = [column.fallback_code if text is None else known.get(text, unknown) for text in texts]
        return np.array(codes, dtype=np.uint16)

    def decode(self, column: Declared, codes: NDArray[Any], *, within: Floats | None, null: Nulls) -> pa.Array:
        """See :meth:`ColumnKind.decode`."""
        del within
        index = pa.array(np.where(null, 0, codes) if null is not None else codes, type=pa.int32(), mask=null)
        return pa.DictionaryArray.from_arrays(index, pa.array(column.categories, pa.string())).dictionary_decode()

    def inside(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """See :meth:`ColumnKind.inside`."""
        return pc.is_in(values, value_set=pa.array(column.categories, pa.string()))

    def names(self, column: Declared) -> tuple[str, ...]:
        """See :meth:`ColumnKind.names`."""
        return column.categories

    def domain_json(self, column: Declared) -> dict[str, Any]:
        """See :meth:`ColumnKind.domain_json`."""
        return {"values": list(column.categories)}
