"""The Dagster plugin: a component, the assets it builds, the ledger as a resource."""

import os

from synth_assets.integrations.dagster.accounts import accounts_definitions
from synth_assets.integrations.dagster.component import SyntheticDataset
from synth_assets.integrations.dagster.definitions import build_dataset, dataset_definitions
from synth_assets.integrations.dagster.labels import label_sensor
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.integrations.dagster.translator import StepData, SyntheticDatasetTranslator

__all__ = [
    "PrivacyLedgerResource",
    "StepData",
    "SyntheticDataset",
    "SyntheticDatasetTranslator",
    "accounts_definitions",
    "build_dataset",
    "dataset_definitions",
    "label_sensor",
]

# Dagster reads it whenever an error is stored or shown, in every process that loads definitions. It is a second line:
# no step has private rows to begin with. Nobody can switch it off by leaving out a variable.
os.environ["DAGSTER_REDACT_USER_CODE_ERRORS"] = "1"
