"""The card of a promoted version: what a reviewer asks first, on the asset's page in Dagster.

Dagster shows Markdown of fewer than 1,000 characters at once and longer Markdown behind a
button, so the card is short and says more of warnings than of checks that passed. A
browser opens no ``file:`` address from Dagster's page: the report and the bundle are
links only where ``SYNTH_ASSETS_PAGES`` says at which address the folder ``data`` can be
read, and paths to copy everywhere. The run in MLflow is a link where MLflow is a server.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from synth_assets.checks.policy import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.markdown import Link, literally, table
from synth_assets.integrations.mlflow_pages import run_page
from synth_assets.ledger import Balance
from synth_assets.listing import some_of
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.promotion import Promotion  # its room would slow the code location down

__all__ = ["page_address", "page_of_candidate", "promotion_card", "purpose_of"]

_WARNINGS = 3


def promotion_card(
    contract: DatasetContract,
    promotion: "Promotion",
    results: Sequence[CheckResult],
    *,
    balance: Balance,
    workspace: Workspace,
) -> str:
    """Return the card of a version as Markdown.

    Args:
        contract: of the dataset.
        promotion: the version.
        results: the verdicts that it was promoted on.
        balance: of the account that paid, when it was promoted.
        workspace: knows at which address the folder of artefacts can be read.
    """
    spend = contract.privacy.spend
    places = promotion.places()
    run = run_page(workspace.mlflow_url, promotion.run)
    rows: list[tuple[Any, Any]] = [
        ("Not to be used for", _one_line("; ".join(contract.prohibited_uses)) or "nothing is said"),
        ("Who is protected", contract.unit().describe()),
        ("Release", f"epsilon {spend.epsilon:g} at delta {spend.delta:g}, paid once"),
        (f"Account {balance.account}", f"room for epsilon {balance.epsilon_left:.3g} more of {balance.epsilon_cap:g}"),
        ("Rows", f"{promotion.rows:,}"),
        ("Checks", _verdicts(results)),
        *((name.capitalize(), _where(workspace, places[name])) for name in ("report", "bundle")),
        *([("MLflow run", Link(text="open", url=run))] if run else []),
    ]
    return f"{purpose_of(contract)}\n\n{table(['Version', promotion.version[:12]], rows)}"


def purpose_of(contract: DatasetContract) -> str:
    """Return the contract's purpose as one paragraph of Markdown."""
    return literally(_one_line(contract.purpose))


def page_address(workspace: Workspace, path: str) -> str | None:
    """Return the address of a path below the project's ``data``; ``None`` if nobody said where that can be read."""
    pages = workspace.pages_url
    return f"{pages}/{path.removeprefix('data/')}" if pages else None


def page_of_candidate(workspace: Workspace, page: Path) -> dg.MetadataValue[str]:
    """Return where the page of a candidate is: a link if pages are served, else its path in the project."""
    path = page.relative_to(workspace.root).as_posix()
    address = page_address(workspace, path)
    return dg.MetadataValue.url(address) if address else dg.MetadataValue.path(path)


def _where(workspace: Workspace, path: str) -> Link | str:
    address = page_address(workspace, path)
    return Link(text="open", url=address) if address else path


def _verdicts(results: Sequence[CheckResult]) -> str:
    failed = [result for result in results if not result.passed]
    passed = f"{len(results) - len(failed)} of {len(results)} passed"
    if not failed:
        return passed
    return f"{passed}; warnings: {some_of([result.name for result in failed], most=_WARNINGS)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
