"""Sources that are Python callables: data that a package ships, or a reader that an officer attests.

A callable is named ``module:function`` and returns a pandas or Arrow table, or
an iterator of record batches. That it maps rows independently cannot be seen
from here: an officer attests it when it is registered.

Example:
    >>> import pandas as pd
    >>> next(table_batches(pd.DataFrame({"a": [1, "x", None]}))).to_pydict()
    {'a': [b'1', b'x', None]}
"""

import importlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from synth_assets.domain.codes import as_text
from synth_assets.errors import Fault, UsageError
from synth_assets.source.kinds.kind import Columns, refuse_lacking, schema_columns

__all__ = ["PythonCallable", "call_source", "callable_exists", "table_batches"]


class PythonCallable:
    """Implements ``SourceKind``; ``arguments`` are what the callable is called with."""

    name: ClassVar[str] = "python"
    options: ClassVar[frozenset[str]] = frozenset({"arguments"})
    attested: ClassVar[bool] = True
    what: ClassVar[str] = "callable"
    typed: ClassVar[bool] = True

    def check(self, options: Mapping[str, Any]) -> None:
        """See ``SourceKind``."""
        del options

    def absolute(self, location: str) -> str:
        """See ``SourceKind``; a module has the same name everywhere."""
        return location

    def columns(self, location: str, options: Mapping[str, Any]) -> Columns:
        """See ``SourceKind``; the callable is called."""
        if not callable_exists(location):
            raise UsageError(f"there is no callable {location!r}", hint="write module:function of an installed module")
        try:
            first = next(iter(table_batches(call_source(location, options))), None)
        except Exception as error:
            raise UsageError(f"{location} failed when it was called", hint="it must return a table") from error
        if first is None:
            raise UsageError(f"{location} returned no batch", hint="an empty table must come as a batch without rows")
        return schema_columns(first.schema)

    def is_reachable(self, location: str, options: Mapping[str, Any], columns: Columns) -> bool:
        """See ``SourceKind``."""
        del options, columns
        return callable_exists(location)

    def batches(self, location: str, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See ``SourceKind``."""
        for batch in table_batches(call_source(location, options)):
            refuse_lacking(batch.schema.names, columns)
            yield batch.select(list(columns))


def callable_exists(location: str) -> bool:
    """Tell whether the module of ``module:function`` can be found; nothing of it runs but its parents."""
    module, _, function = location.partition(":")
    try:
        return bool(function) and importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def call_source(location: str, options: Mapping[str, Any]) -> Any:
    """Call ``module:function`` with ``options["arguments"]``, if any, and return what it returns."""
    module, _, function = location.partition(":")
    return getattr(importlib.import_module(module), function)(*options.get("arguments", ()))


def table_batches(table: Any) -> Iterator[pa.RecordBatch]:
    """Yield record batches of a pandas or Arrow table, of anything that exports an Arrow stream, or of batches.

    Raises:
        Fault: it is none of these.
    """
    if isinstance(table, pa.RecordBatch):
        yield table
    elif hasattr(table, "columns") and hasattr(table, "dtypes") and hasattr(table, "iloc"):
        yield _pandas_batch(table)
    elif hasattr(table, "__arrow_c_stream__"):
        yield from pa.RecordBatchReader.from_stream(table)
    elif hasattr(table, "__iter__"):
        for part in table:
            yield from table_batches(part)
    else:
        raise Fault("the source's callable returned no table", hint="return a pandas or Arrow table, or record batches")


def _pandas_batch(frame: Any) -> pa.RecordBatch:
    """Convert column by column, because one odd value must not decide the type of the others."""
    arrays = [_pandas_column(frame.iloc[:, index]) for index in range(frame.shape[1])]
    return pa.RecordBatch.from_arrays(arrays, names=[str(name) for name in frame.columns])


def _pandas_column(series: Any) -> pa.Array:
    import pandas as pd

    kind = series.dtype
    # A truth value is read as text, as it is when one null has made its column one of objects.
    odd = pd.api.types.is_complex_dtype(kind) or pd.api.types.is_bool_dtype(kind)
    if (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)) and not odd:
        array = pa.array(series, from_pandas=True)
        return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(kind, pd.CategoricalDtype):
        codes = pa.array(series.cat.codes.to_numpy(), mask=series.cat.codes.to_numpy() < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(_texts(series.cat.categories), pa.binary()))
    return pa.array(_texts(series), pa.binary())


def _texts(values: Any) -> list[bytes | None]:
    texts = (as_text(value) for value in values)
    return [None if text is None else text.encode("utf-8", errors="replace") for text in texts]
