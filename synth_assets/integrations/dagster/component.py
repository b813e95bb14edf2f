"""The component ``synth_assets.SyntheticDataset``: a contract in ``defs.yaml`` becomes a dataset.

Its attributes are the contract itself, so that the file that Dagster loads is
the file that the command line checks and the auditor reads.
"""

from pathlib import Path
from typing import Any, Self

import dagster as dg
import yaml
from dagster.components import Scaffolder, ScaffoldRequest
from pydantic import BaseModel

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.workspace import Workspace

__all__ = ["SyntheticDataset", "SyntheticDatasetScaffolder"]

_START = {
    "purpose": "Say what the synthetic table is for.",
    "source": "my_source",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-7}},
    "columns": {"age": {"type": "integer", "min": 0, "max": 110, "domain_source": "definition"}},
}


class SyntheticDatasetScaffolder(Scaffolder[Any]):
    """Writes a contract to start from: ``dg scaffold defs synth_assets.SyntheticDataset my_dataset``."""

    def scaffold(self, request: ScaffoldRequest[Any]) -> None:
        """Write ``defs.yaml`` into the new folder."""
        folder = Path(request.target_path)
        folder.mkdir(parents=True, exist_ok=True)
        attributes = {"name": folder.name.replace("-", "_"), **_START}
        text = yaml.safe_dump({"type": request.type_name, "attributes": attributes}, sort_keys=False)
        (folder / "defs.yaml").write_text(text, encoding="utf-8")


@dg.scaffold_with(SyntheticDatasetScaffolder)
class SyntheticDataset(dg.Component):
    """A differentially private synthetic dataset: source, release, generator, candidate and promoted, with checks."""

    def __init__(self, contract: DatasetContract) -> None:
        self.contract = contract

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """Return the contract: the attributes of ``defs.yaml`` are its fields."""
        return DatasetContract

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Self:
        """Build the component from validated attributes."""
        del context  # contracts hold no templates: what they say is what the auditor reads
        assert isinstance(attributes, DatasetContract)  # noqa: S101 - by get_model_cls
        return cls(attributes)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Return the dataset's assets, checks, job and schedule."""
        return build_dataset(self.contract, root=_root(context))


def _root(context: dg.ComponentLoadContext) -> Path:
    """Return the workspace: ``SYNTH_ASSETS_ROOT`` if set, else the Dagster project's folder."""
    import os

    return Workspace.current().root if os.environ.get("SYNTH_ASSETS_ROOT") else Path(context.project_root)
