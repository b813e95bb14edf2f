"""The promoted table for whoever reads it: which version is in force, with its bytes compared, as a frame.

A reader holds one whole version, also while another one is promoted: versions are never written again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.contract.partitions import partition_name
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.promotion.current import VERSION, Promotion, altered_files, read_current
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["PromotedTable", "load_promoted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedTable:
    """One promoted version of a dataset, or one of its scenarios.

    Attributes:
        dataset: its name.
        version: the version's SHA-256, which names all of its bytes; note it beside what you compute.
        paths: the Parquet files, in order.
        report: the page for people.
        bundle: the folder of the evidence.
    """

    dataset: str
    version: str
    paths: tuple[Path, ...]
    report: Path
    bundle: Path

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows, or some of their columns."""
        chosen = None if columns is None else list(columns)
        return pa.concat_tables([pq.read_table(path, columns=chosen, partitioning=None) for path in self.paths])

    def to_pandas(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """Return all rows, or some of their columns, as pandas has them."""
        frame: pd.DataFrame = self.to_arrow(columns).to_pandas()
        return frame

    def to_polars(self, columns: Sequence[str] | None = None) -> "pl.DataFrame":
        """Return all rows, or some of their columns, as Polars has them; `pl.scan_parquet(paths)` reads lazily."""
        import polars as pl

        return pl.DataFrame(self.to_arrow(columns))


def load_promoted(
    dataset: str, *, partition: str = "", scenario: str = "", root: Path | None = None, compare: bool = True
) -> PromotedTable:
    """Return the version of a dataset that is promoted now; it is brought from the shared storage if it is not here.

    Args:
        dataset: its name.
        partition: key of one of its partitions, where its assets have some, such as ``2026-11``.
        scenario: one of the contract's scenarios, whose table is wanted instead.
        root: the project's folder; by default ``SYNTH_ASSETS_ROOT``, or the current folder.
        compare: whether the digest of every file is compared, which reads all of them.

    Raises:
        UsageError: nothing was promoted, or the version has no such scenario.
        IntegrityError: a file is missing or altered.
    """
    workspace = Workspace(root=root) if root else Workspace.current()
    dataset = partition_name(dataset, partition) if partition else dataset
    promotion = read_current(workspace, dataset)
    if promotion is None:
        raise UsageError(
            f"no version of {dataset!r} was promoted below {workspace.root}",
            hint="materialize its asset `promoted`, or set SYNTH_ASSETS_ROOT to the project's folder",
        )
    if compare and (altered := altered_files(promotion.folder)):
        raise IntegrityError(f"{altered[0]} of version {promotion.version[:12]} was altered", hint=VERSION.hint)
    return PromotedTable(
        dataset=dataset,
        version=promotion.version,
        paths=_paths(promotion, scenario),
        report=promotion.report,
        bundle=promotion.bundle,
    )


def _paths(promotion: Promotion, scenario: str) -> tuple[Path, ...]:
    if not scenario:
        return promotion.data
    scenarios = promotion.scenarios
    if scenario not in scenarios:
        raise UsageError(
            f"version {promotion.version[:12]} of {promotion.dataset!r} has no scenario {scenario!r}",
            hint=f"it has: {', '.join(scenarios) or 'none'}",
        )
    return scenarios[scenario]
