"""Differentially private synthetic datasets as Dagster assets.

The public names load what they need when they are first used, so that
``import synth_assets`` costs nothing: Dagster, torch and OpenDP stay unloaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract
    from synth_assets.errors import SynthAssetsError
    from synth_assets.integrations.dagster import PrivacyLedgerResource, SyntheticDataset, dataset_definitions
    from synth_assets.release import Release, load_release
    from synth_assets.workspace import Workspace

_PLACES = {
    "DatasetContract": "synth_assets.contract",
    "PrivacyLedgerResource": "synth_assets.integrations.dagster",
    "Release": "synth_assets.release",
    "SynthAssetsError": "synth_assets.errors",
    "SyntheticDataset": "synth_assets.integrations.dagster",
    "Workspace": "synth_assets.workspace",
    "dataset_definitions": "synth_assets.integrations.dagster",
    "load_release": "synth_assets.release",
}

__all__ = [
    "DatasetContract",
    "PrivacyLedgerResource",
    "Release",
    "SynthAssetsError",
    "SyntheticDataset",
    "Workspace",
    "dataset_definitions",
    "load_release",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
