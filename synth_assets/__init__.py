r"""Differentially private synthetic datasets as Dagster assets.

The public names load what they need when they are first used, so that
``import synth_assets`` costs nothing: Dagster, torch and OpenDP stay unloaded.

The whole way from a private table to a checked synthetic one. An officer, who
may decide about the table's privacy, opens an account with a cap and registers
the table:

    >>> from pathlib import Path
    >>> from synth_assets import DatasetContract, Workspace
    >>> from synth_assets.ledger import Account, open_ledger
    >>> from synth_assets.privacy import Cap, PrivacyUnit
    >>> from synth_assets.source.register import make_source
    >>> workspace = Workspace(root=Path("clinic").absolute())
    >>> workspace.root.mkdir(exist_ok=True)
    >>> table = workspace.root / "visits.csv"
    >>> _ = table.write_text("ward,stay_days\n" + "surgery,3\nmedicine,1\nmedicine,2\nmedicine,1\nmedicine,1\n" * 500)
    >>> unit = PrivacyUnit()  # one row is one patient
    >>> ledger = open_ledger(root=workspace.root)
    >>> account = Account(name="clinic", source="visits", population="made-up patients", unit=unit)
    >>> ledger.open_account(account, Cap(epsilon=2.0, delta=1e-6), by="officer")
    >>> source = make_source("visits", kind="csv", location=str(table), account="clinic", version="2026-11", unit=unit)
    >>> ledger.add_source(source, by="officer")

An engineer writes a contract and obtains a release, which is paid for once.
All that follows is computed from the release alone and costs nothing:

    >>> from synth_assets import estimate, fit_generator, obtain_release, run_checks, write_candidate
    >>> contract = DatasetContract.model_validate(
    ...     {
    ...         "name": "visits",
    ...         "purpose": "Planning of beds.",
    ...         "source": "visits",
    ...         "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    ...         "columns": {
    ...             "ward": {"type": "categorical", "categories": ["medicine", "surgery"], "domain_source": "a list"},
    ...             "stay_days": {"type": "integer", "min": 0, "max": 7, "domain_source": "definition"},
    ...         },
    ...         "rows": 1000,
    ...     }
    ... )
    >>> obtained = obtain_release(contract, workspace=workspace, by="engineer")
    >>> release = obtained.release
    >>> generator = fit_generator(release, generators=workspace.generators("visits"))
    >>> candidate = write_candidate(contract, generator, release, candidates=workspace.candidates("visits"))
    >>> candidate.rows
    1000
    >>> all(result.passed for result in run_checks(contract, candidate, release))
    True
    >>> answer = estimate(release, by=["ward"], shares=True)  # with answer.released.low and .high
    >>> answer.released.estimate.round(1).tolist()
    [0.8, 0.2]
    >>> obtain_release(contract, workspace=workspace, by="engineer").reused
    True

A promoted version carries its evidence: ``verify_bundle(folder)`` checks it offline.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from synth_assets.errors import naming_missing

if TYPE_CHECKING:
    from synth_assets.audit import verify_bundle
    from synth_assets.candidate import write_candidate
    from synth_assets.checks import run_checks
    from synth_assets.contract import DatasetContract
    from synth_assets.errors import SynthAssetsError
    from synth_assets.generator import estimate, fit_generator
    from synth_assets.integrations.dagster import (
        PrivacyLedgerResource,
        SyntheticDataset,
        SyntheticDatasetTranslator,
        build_dataset,
        dataset_definitions,
    )
    from synth_assets.obtain import obtain_release
    from synth_assets.promotion import load_promoted
    from synth_assets.release import Release, load_release
    from synth_assets.workspace import Workspace

_PLACES = {
    "DatasetContract": "synth_assets.contract",
    "PrivacyLedgerResource": "synth_assets.integrations.dagster",
    "Release": "synth_assets.release",
    "SynthAssetsError": "synth_assets.errors",
    "SyntheticDataset": "synth_assets.integrations.dagster",
    "SyntheticDatasetTranslator": "synth_assets.integrations.dagster",
    "Workspace": "synth_assets.workspace",
    "build_dataset": "synth_assets.integrations.dagster",
    "dataset_definitions": "synth_assets.integrations.dagster",
    "estimate": "synth_assets.generator",
    "fit_generator": "synth_assets.generator",
    "load_promoted": "synth_assets.promotion",
    "load_release": "synth_assets.release",
    "obtain_release": "synth_assets.obtain",
    "run_checks": "synth_assets.checks",
    "verify_bundle": "synth_assets.audit",
    "write_candidate": "synth_assets.candidate",
}

__all__ = [
    "DatasetContract",
    "PrivacyLedgerResource",
    "Release",
    "SynthAssetsError",
    "SyntheticDataset",
    "SyntheticDatasetTranslator",
    "Workspace",
    "build_dataset",
    "dataset_definitions",
    "estimate",
    "fit_generator",
    "load_promoted",
    "load_release",
    "obtain_release",
    "run_checks",
    "verify_bundle",
    "write_candidate",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with naming_missing(f"`{name}`"):
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
