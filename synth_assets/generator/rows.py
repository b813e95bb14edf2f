"""Turn codes into rows, for every kind: the random stream and the values of codes.

Example:
    >>> column = Column(name="sex", kind="boolean")
    >>> column_values(column, np.array([1, 0], np.uint16), rng=make_rng(3, shard=0, attempt=0)).to_pylist()
    [True, False]
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.codes import decode
from synth_assets.generator.heaps import Heaps

__all__ = ["column_values", "make_rng"]


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
