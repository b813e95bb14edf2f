"""The ledger as a Dagster resource: its address, and nothing that is open.

Every step is a process of its own, so the resource holds an address and opens
the ledger where it is used.
"""

import dagster as dg
from pydantic import Field

from synth_assets.ledger import Ledger
from synth_assets.workspace import Workspace

__all__ = ["PrivacyLedgerResource"]


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
