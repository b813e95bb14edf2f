"""A made-up private table, registered and with an account, and what can be seen of it from outside."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Account, Ledger, Reservation, open_ledger
from synth_assets.obtain.release import ObtainedRelease, obtain_release, request_for
from synth_assets.privacy import Cap
from synth_assets.source.register import make_source
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan
from synth_assets.workspace import Workspace

COLUMNS: dict[str, Any] = {
    "age": {"type": "integer", "min": 0, "max": 19, "nullable": True, "domain_source": "made up"},
    "city": {"type": "categorical", "categories": ["north", "south", "east"], "domain_source": "made up"},
    "member": {"type": "boolean", "domain_source": "made up"},
}
ROWS = "".join(f"p{i // 2},{i % 20},{('north', 'south', 'east')[i % 3]},{i % 2}\n" for i in range(120))
HEADER = "person,age,city,member\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTable:
    """One registered source in a workspace of its own."""

    workspace: Workspace
    contract: DatasetContract

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.workspace.ledger_url)

    def obtain(self, *, progress: Callable[[str], None] = lambda _: None) -> ObtainedRelease:
        return obtain_release(
            self.contract,
            workspace=self.workspace,
            ledger=self.ledger,
            by="engineer",
            reason="test",
            run_id=None,
            progress=progress,
        )

    def reserve(self, plan: Plan | None = None) -> Reservation:
        """Reserve a plan, by default the one behind this contract's release."""
        plan = plan or ReleasePlan(contract=self.contract)
        request = request_for(plan, self.ledger.source("census"), by="engineer", reason="test", run_id=None)
        return self.ledger.reserve(request)

    @property
    def charges(self) -> float:
        """How many releases of this contract's size were paid for."""
        return self.ledger.balance("town").spent.nano_rho / self.contract.cap().loss().nano_rho

    def public_files(self) -> list[Path]:
        """Return every file outside the private zone and the source itself."""
        private = (self.workspace.private, self.workspace.curator, self.workspace.root / "source")
        files = (path for path in self.workspace.root.rglob("*") if path.is_file())
        return sorted(path for path in files if not any(path.is_relative_to(folder) for folder in private))

    def public_names(self) -> list[str]:
        """Return the names of all files outside the private zone, digests replaced by one word."""
        names = (str(path.relative_to(self.workspace.root)) for path in self.public_files())
        return sorted(re.sub(r"[0-9a-f]{64}", "DIGEST", name) for name in names)


def make_contract(*, unit: Any = "rows", epsilon: float = 2.0, **changes: Any) -> DatasetContract:
    """Return a contract over the made-up table."""
    value: dict[str, Any] = {
        "name": "people",
        "purpose": "Tests.",
        "source": "census",
        "privacy": {"unit": unit, "spend": {"epsilon": epsilon, "delta": 1e-6}},
        "columns": COLUMNS,
    }
    return DatasetContract.model_validate({**value, **changes})


def make_private_table(  # noqa: PLR0913 - what an officer says about a source
    root: Path,
    *,
    files: dict[str, bytes] | None = None,
    kind: str = "csv",
    location: str = "source/*.csv",
    options: dict[str, Any] | None = None,
    contract: DatasetContract | None = None,
    cap: float = 10.0,
) -> PrivateTable:
    """Write a source's files, register it and open its account."""
    contract = contract or make_contract()
    for name, content in (files or {"a.csv": (HEADER + ROWS).encode()}).items():
        path = root / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    workspace = Workspace(root=root)
    with_account = open_ledger(workspace.ledger_url)
    account = Account(name="town", source="census", population="nobody", unit=contract.unit())
    with_account.open_account(account, Cap(epsilon=cap, delta=1e-5, threshold_delta=1e-6), by="officer")
    place = location if kind == "python" else str(root / location)
    with_account.add_source(
        make_source(
            "census",
            kind=kind,
            location=place,
            account="town",
            version="2026-11",
            unit=contract.unit(),
            options=options,
            attested_by="officer",
        ),
        by="officer",
    )
    return PrivateTable(workspace=workspace, contract=contract)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateTable:
    """A private table whose unit is the row."""
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    return make_private_table(tmp_path)
