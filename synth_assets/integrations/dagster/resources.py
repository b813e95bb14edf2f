"""Dagster resources: the ledger's address, what counts rows, and what fits and samples have to work with.

Every step is a process of its own, so a resource holds what it takes to open
something, and opens it where it is used.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from synth_assets.ledger import Ledger
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.generator.compute import Compute  # its room would slow the code location down

__all__ = ["ComputeResource", "CountingResource", "PrivacyLedgerResource"]


class PrivacyLedgerResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # generic only for I/O managers
    """The privacy ledger that pays for releases.

    Example:
        >>> PrivacyLedgerResource(url="sqlite:////srv/ledger.db").url
        'sqlite:////srv/ledger.db'
    """

    url: str | None = Field(
        default=None,
        description="SQLAlchemy address; by default SYNTH_ASSETS_LEDGER, or a SQLite file in `.synth-assets`.",
    )

    def open(self, workspace: Workspace) -> Ledger:
        """Open the ledger.

        Raises:
            LedgerUnavailable: it cannot be reached.
        """
        from synth_assets.ledger import open_ledger

        ledger: Ledger = open_ledger(self.url, root=workspace.root)
        return ledger

    def find(self, workspace: Workspace) -> Ledger | None:
        """Open the ledger for one who only looks: ``None`` if its SQLite file was not made yet.

        Raises:
            LedgerUnavailable: it cannot be reached.
        """
        from synth_assets.ledger.open import find_ledger

        ledger: Ledger | None = find_ledger(workspace, url=self.url)
        return ledger


class CountingResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # generic only for I/O managers
    """What counts the rows of sources that are files. Workers are part of the private zone, unlike Dagster's.

    Example:
        >>> CountingResource(workers="dask://scheduler:8786").of(Workspace(root="/p")).counted_by
        'dask://scheduler:8786'
    """

    workers: str | None = Field(
        default=None,
        description="`local`, `processes:4` or `dask://scheduler:8786`; by default SYNTH_ASSETS_WORKERS, or `local`.",
    )

    def of(self, workspace: Workspace) -> Workspace:
        """Return a workspace whose sources are counted so."""
        return replace(workspace, workers=self.workers or workspace.workers)


class ComputeResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # generic only for I/O managers
    """Where generators are fitted, and what draws rows and counts them for checks.

    Example:
        >>> ComputeResource(device="cuda", workers=4).compute()
        Compute(device='cuda', workers=4, address=None)
    """

    device: str = Field(default="cpu", description="Where generators are fitted, such as `cuda`, if their kind can.")
    workers: int = Field(default=1, ge=1, description="Processes that draw and count shards of 1,000,000 rows.")
    address: str | None = Field(
        default=None,
        description="Workers that do so instead, which see our folders: `dask://scheduler:8786`.",
    )

    def compute(self) -> "Compute":
        """Return what a step has to work with."""
        from synth_assets.generator.compute import Compute

        return Compute(device=self.device, workers=self.workers, address=self.address)
