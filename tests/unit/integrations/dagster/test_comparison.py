"""The asset `comparison` has a partition per kind; one that cannot be fitted says why, and promotes nothing."""

import dagster as dg
import pytest

from synth_assets.contract import DatasetContract
from synth_assets.contract.generator import GeneratorSpec
from synth_assets.errors import Refused
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_a_partition_fits_its_kind_to_the_newest_release_and_leaves_the_chain_alone(
    contract: DatasetContract, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.current()
    specs = tuple(GeneratorSpec(kind=kind) for kind in ("mixture", "ensemble"))
    contract = contract.model_copy(update={"compare": specs})
    chain = run_chain(contract, workspace=workspace, instance=instance)
    before = read_current(workspace, contract.name)
    definitions = build_dataset(contract, root=workspace.root)
    key = asset_key(contract.name, "comparison")
    node = definitions.resolve_asset_graph().get(key)
    assert node.partitions_def is not None
    assert tuple(node.partitions_def.get_partition_keys()) == ("mixture", "ensemble")

    job = definitions.resolve_implicit_global_asset_job_def()
    done = job.execute_in_process(instance=instance, asset_selection=[key], partition_key="mixture")
    (event,) = done.get_asset_materialization_events()
    figures = {name: value.value for name, value in event.materialization.metadata.items()}
    assert event.partition == "mixture"
    assert figures["release"] == chain.metadata["release"]["digest"]
    assert 0 <= figures["surely"] <= figures["beyond"] < 0.2
    assert figures["size"] > 1000
    assert (workspace.comparisons(contract.name) / "candidates" / str(figures["candidate"])).is_dir()
    assert read_current(workspace, contract.name) == before

    monkeypatch.setattr("synth_assets.checks.comparison.fit_generator", _refuse)
    with pytest.raises(Refused, match="mixture was not fitted: nothing to learn"):
        job.execute_in_process(instance=instance, asset_selection=[key], partition_key="mixture")


def _refuse(*_: object, **__: object) -> None:
    raise Refused("nothing to learn", hint="none")
