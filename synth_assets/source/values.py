"""Exact values of some rows, for a tool of a curator: as the synthetic table writes them, and with no noise.

A value is read as a measurement reads it (clamped, ``other`` for what is not declared, null where it
cannot be read), so both tables have the same columns, types and values that are possible. Where a code stands
for many values, a second number says where inside its bin the value lies. Contribution bounds and the
account's window hold as they do for a measurement. Nothing here is for a release.
"""

import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode
from synth_assets.domain.kinds.number import Number
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.blocks import Block
from synth_assets.source.bounded import bounded_rows
from synth_assets.source.bounding import SECRET_BYTES
from synth_assets.source.encoding import code_dtype, encode_batch, source_numbers

__all__ = ["sampled_values"]

Shares = NDArray[np.float64]
_BELOW_ONE = np.nextafter(1.0, 0.0)


def sampled_values(  # noqa: PLR0913 - what decides which rows there are
    batches: Iterable[pa.RecordBatch],
    *,
    domain: Domain,
    unit: PrivacyUnit,
    most: int,
    scratch: Path,
    window: Window | None = None,
) -> pa.Table:
    """Return at most ``most`` rows, drawn uniformly and in random order, with the domain's columns and types.

    Args:
        batches: rows with the domain's columns and, if it has one, the unit's.
        domain: the columns; no other is returned.
        unit: at most ``max_rows`` rows of each are there, whatever is drawn.
        most: rows to draw, at least 1.
        scratch: folder of the private zone for what does not fit in memory.
        window: when given, only rows whose own time stamp is inside are there at all.
    """
    binned = [column for column in domain.columns if not column.exact]
    dtypes = [*(code_dtype(column) for column in domain.columns), *(np.float64 for _ in binned)]
    rows = bounded_rows(
        batches,
        encode=partial(_encode, domain, binned),
        dtypes=dtypes,
        unit=unit,
        secret=secrets.token_bytes(SECRET_BYTES),
        scratch=scratch,
        window=window,
    )
    drawn = _draw(rows, most=most, empty=[np.zeros(0, dtype=kind) for kind in dtypes])
    rows.close()
    codes, shares = drawn[: len(domain.columns)], dict(zip(binned, drawn[len(domain.columns) :], strict=True))
    arrays = [
        decode(column, code, within=shares.get(column)) for column, code in zip(domain.columns, codes, strict=True)
    ]
    return pa.table(arrays, schema=domain.arrow_schema())


def _draw(rows: Iterable[Block], *, most: int, empty: Block) -> Block:
    """Give each row a random number and keep those with the smallest; at most twice as many are held at once."""
    random, kept = np.random.default_rng(), [np.zeros(0), *empty]
    for block in rows:
        for start in range(0, len(block[0]), most):
            piece = [column[start : start + most] for column in block]
            joined = [np.concatenate(pair) for pair in zip(kept, [random.random(len(piece[0])), *piece], strict=True)]
            smallest = np.argsort(joined[0])[:most]
            kept = [column[smallest] for column in joined]
    return kept[1:]


def _encode(domain: Domain, binned: list[Column], batch: pa.RecordBatch) -> list[NDArray[Any]]:
    """Return each column's codes, and where in their bins the values of binned columns lie."""
    codes: list[NDArray[Any]] = [*encode_batch(domain, batch)]
    shares = [_shares(column, batch.column(column.name), codes[domain.index(column.name)]) for column in binned]
    return [*codes, *shares]


def _shares(column: Column, values: pa.Array, codes: NDArray[Any]) -> Shares:
    """Return where in its bin each value lies, in [0, 1), shape (rows,); 0 for null and anything for special values."""
    kind = cast("Number", column.kind_of)
    with np.errstate(all="ignore"):  # what is not finite, or far outside, is clipped
        shares = kind.shares_of(column, np.minimum(codes, column.regular - 1), source_numbers(column, values))
    return np.asarray(np.clip(np.nan_to_num(shares, nan=0.0, posinf=1.0, neginf=0.0), 0.0, _BELOW_ONE))
