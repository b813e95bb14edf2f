"""What a reviewer sees on an asset's page: losses with their unit, versions, schema, lineage, links."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
import pyarrow as pa

from synth_assets.characters import visible
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.checks.policy import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.cards import page_address, promotion_card
from synth_assets.integrations.dagster.markdown import table
from synth_assets.integrations.mlflow_pages import run_page
from synth_assets.ledger import Balance, Ledger, Source
from synth_assets.listing import some_of
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    # Only names for the reader: importing these rooms would slow the code location down.
    from synth_assets.candidate import Candidate
    from synth_assets.generator import FittedGenerator
    from synth_assets.obtain.release import ObtainedRelease
    from synth_assets.promotion import Promotion

__all__ = [
    "candidate_metadata",
    "check_metadata",
    "column_lineage",
    "column_schema",
    "generator_metadata",
    "promotion_metadata",
    "release_metadata",
    "source_metadata",
]

_SHOWN_VALUES = 12
"""Categories of a column that its description lists; the contract has all."""


def column_schema(schema: pa.Schema, contract: DatasetContract) -> dg.TableSchema:
    """Describe the columns: types, nullability, ranges or categories, and where each domain comes from."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=str(field.type),
                description=_column_description(field.name, contract),
                constraints=dg.TableColumnConstraints(
                    nullable=field.nullable, other=list(_domain_in_words(field.name, contract))
                ),
            )
            for field in schema
        ]
    )


def column_lineage(contract: DatasetContract, *, source: dg.AssetKey) -> dg.TableColumnLineage:
    """Say which columns of the source each synthetic column follows, through derivations."""
    roots: dict[str, list[str]] = {name: [name] for name in contract.columns}
    for name, expression in contract.derivations().items():
        roots[name] = list(dict.fromkeys(root for column in expression.columns for root in roots[column]))
    return dg.TableColumnLineage(
        deps_by_column={
            name: [dg.TableColumnDep(asset_key=source, column_name=column) for column in columns]
            for name, columns in roots.items()
        }
    )


def source_metadata(registered: Source) -> dict[str, Any]:
    """Return the registration, without where the rows are."""
    return {
        "source": registered.name,
        "version": registered.version,
        "account": registered.account,
        "privacy_unit": registered.unit.describe(),
        "kind": registered.kind,
        "attested_by": registered.attested_by or "not needed",
    }


def release_metadata(
    contract: DatasetContract, obtained: "ObtainedRelease", ledger: Ledger, workspace: Workspace
) -> dict[str, Any]:
    """Return the privacy loss with its unit, and what the account has left."""
    release, spend = obtained.release, contract.privacy.spend
    balance = ledger.balance(ledger.source(contract.source).account)
    return {
        "digest": release.digest,
        "path": dg.MetadataValue.path(str(workspace.releases / release.digest)),
        "privacy_loss": f"epsilon {spend.epsilon:g} at delta {spend.delta:g} (rho {obtained.reservation.loss.rho:.6g})",
        "privacy_unit": contract.unit().describe(),
        "neighbours": contract.privacy.neighbours,
        "reused": obtained.reused,
        "attempt": obtained.reservation.attempt,
        "reservation": obtained.reservation.id,
        "release_version": release.version,
        "source_version": obtained.source_version,
        "account": balance.account,
        "account_epsilon_spent": round(balance.epsilon_spent, 6),
        "account_epsilon_cap": balance.epsilon_cap,
        "account_delta": balance.delta,
        "account_remaining_rho": balance.remaining.rho,
        "account_epsilon_left": balance.epsilon_left,
        "tables": len(release.marginals),
        **{f"categories_of_{discovery.column}": len(discovery.categories) for discovery in release.discoveries},
        "noisy_rows": round(release.total()),
    }


def generator_metadata(fitted: "FittedGenerator") -> dict[str, Any]:
    """Return what was fitted to which release."""
    return {
        "digest": fitted.digest,
        "path": dg.MetadataValue.path(str(fitted.folder)),
        "kind": fitted.kind,
        "release": fitted.release,
        "seed": fitted.seed,
    }


def candidate_metadata(contract: DatasetContract, candidate: "Candidate") -> dict[str, Any]:
    """Return where the candidate is, what it came from and its first rows."""
    preview = next(candidate.batches()).slice(0, 5).to_pandas()
    return {
        "digest": candidate.digest,
        "path": dg.MetadataValue.path(str(candidate.folder)),
        "dagster/row_count": candidate.rows,
        "seed": candidate.seed,
        "release": candidate.release,
        "generator": candidate.generator,
        "contract": contract.digest(),
        "preview": dg.MetadataValue.md(table(list(preview.columns), preview.itertuples(index=False))),
    }


def check_metadata(result: CheckResult, *, page: dg.MetadataValue[str] | None = None) -> dict[str, Any]:
    """Return the numbers that a check observed, which Dagster plots over time, its class, and the whole result.

    ``observed`` and ``limit`` are the same two names for every check that compares something with a limit; a check
    that allows no fault has limit 0. Of a gate these are the figure with its bounds, the limit, what was charged in
    rho, the chance of each bound to fail and the margin at which nine in ten pass; ``read`` says of whom it is.
    ``says`` is what a figure covers and what it cannot see. ``page`` is the candidate's page.
    """
    words = {name: result.observed[name] for name in ("read", "says", "hidden") if name in result.observed}
    numbers = {
        name: value
        for name, value in result.observed.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    kind = KINDS.get(result.expectation)
    measured = kind.measured(result.observed, result.kwargs) if kind is not None else None
    if measured is not None:
        numbers |= dict(zip(("observed", "limit"), measured, strict=True))
    shown = {} if page is None else {"page": page}
    return {"class": result.kind, **words, **numbers, **shown, "result": dg.MetadataValue.json(result.as_json())}


def promotion_metadata(
    contract: DatasetContract,
    promotion: "Promotion",
    results: Sequence[CheckResult],
    *,
    balance: Balance,
    workspace: Workspace,
) -> dict[str, Any]:
    """Return the promoted version's card and its places; arguments as for :func:`promotion_card`."""
    places = promotion.places()
    pages = {
        "report_page": page_address(workspace, places["report"]),
        "mlflow_page": run_page(workspace.mlflow_url, promotion.run),
    }
    return {
        "card": dg.MetadataValue.md(promotion_card(contract, promotion, results, balance=balance, workspace=workspace)),
        "digest": promotion.version,
        **{name: dg.MetadataValue.url(address) for name, address in pages.items() if address},
        "dagster/row_count": promotion.rows,
        "account_epsilon_left": balance.epsilon_left,
        **{
            name: dg.MetadataValue.path(value) if name in ("data", "bundle", "report") else value
            for name, value in places.items()
        },
    }


def _column_description(name: str, contract: DatasetContract) -> str:
    if (derived := contract.derived.get(name)) is not None:
        return f"derived: {derived if isinstance(derived, str) else derived.described()}"
    spec = contract.columns[name]
    return f"{spec.description} (domain: {spec.domain_source})".strip()


def _domain_in_words(name: str, contract: DatasetContract) -> Iterator[str]:
    """Say which values a measured column may have, as the contract does."""
    if name not in contract.columns:
        return
    if name in contract.discovered_columns:
        yield f"categories are discovered, or {contract.open_column(name).other}"
        return
    column = contract.open_column(name, layout=1)  # what the contract says, whatever the layout of its release
    domain = column.kind_of.domain_json(column)
    if "min" in domain:
        yield f"{domain['min']} to {domain['max']}"
        if "step" in domain:
            yield f"multiples of {domain['step']:g}"
    listed = [*domain.get("values", ()), *domain.get("or", ())]
    if listed:
        yield f"{'or' if 'min' in domain else 'one of'} {some_of(list(map(_value_text, listed)), most=_SHOWN_VALUES)}"


def _value_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else visible(str(value))
