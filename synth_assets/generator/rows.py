"""Turn codes into rows, for every kind: the random stream and the values of codes.

Example:
    >>> column = Column(name="sex", kind="boolean")
    >>> column_values(column, np.array([1, 0], np.uint16), rng=make_rng(3, shard=0, attempt=0)).to_pylist()
    [True, False]
"""

from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.codes import decode
from synth_assets.domain.kinds.number import Number
from synth_assets.generator.heaps import Heaps

__all__ = ["column_values", "make_rng", "numbers_of", "values_of"]


def make_rng(seed: int, *, shard: int, attempt: int) -> np.random.Generator:
    """Return the random stream of one attempt at one shard; attempt 0 uses the shard's own."""
    key = (shard, attempt) if attempt else (shard,)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=key)))


def column_values(
    column: Column, codes: NDArray[np.uint16], *, rng: np.random.Generator, heaps: Heaps | None = None
) -> pa.Array:
    """Return the values of fine codes, shape (rows,); inside a bin they are uniform, or as round as ``heaps`` says."""
    if not column.exact:
        share = rng.random(codes.size)
        return decode(column, codes, within=share) if heaps is None else heaps.values(codes, share=share)
    return decode(column, np.arange(column.size)).take(pa.array(codes))


def numbers_of(column: Column, values: pa.Array) -> NDArray[np.float64]:
    """Return values of a column with an order as numbers, shape (rows,), in an array of their own; NaN for null."""
    numbers = cast("Number", column.kind_of).numbers(column, values)
    return np.array(numbers, dtype=np.float64)


def values_of(column: Column, numbers: NDArray[np.float64], codes: NDArray[np.uint16]) -> pa.Array:
    """Invert :func:`numbers_of`; codes say what is null."""
    null = codes == column.null_code if column.nullable else None
    return cast("Number", column.kind_of).write(column, np.nan_to_num(numbers), null=null)
