"""The Dagster plugin: a component, the assets it builds, the ledger as a resource."""

from synth_assets.integrations.dagster.component import SyntheticDataset
from synth_assets.integrations.dagster.definitions import build_dataset, dataset_definitions
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource

__all__ = ["PrivacyLedgerResource", "SyntheticDataset", "build_dataset", "dataset_definitions"]
