"""Derived columns: row-wise functions of the sampled columns, computed on synthetic rows alone.

A derived column may read an earlier one. Columns whose inputs exist are computed
together, because each call to Polars converts the table once.
"""

import pyarrow as pa

from synth_assets.contract import DatasetContract
from synth_assets.domain.lookup import Derivation, derive_values

__all__ = ["derive"]


def derive(measured: pa.Table, contract: DatasetContract) -> pa.Table:
    """Return ``measured`` followed by the contract's derived columns, in the contract's schema.

    Args:
        measured: the contract's measured columns, in order, any number of rows.
        contract: defines the derived columns and their types.
    """
    table, waiting = measured, contract.derivations()
    while waiting:
        ready = {
            name: derivation
            for name, derivation in waiting.items()
            if set(derivation.columns) <= set(table.column_names)
        }
        table = _with_columns(table, ready)
        waiting = {name: derivation for name, derivation in waiting.items() if name not in ready}
    schema = contract.table_schema()
    return table if table.schema.equals(schema) else table.select(schema.names).cast(schema)


def _with_columns(table: pa.Table, ready: dict[str, Derivation]) -> pa.Table:
    for name, values in zip(ready, derive_values(list(ready.values()), table), strict=True):
        table = table.append_column(name, values)
    return table
