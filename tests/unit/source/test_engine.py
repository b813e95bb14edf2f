"""Engines keep the protocol."""

import inspect

import pytest

from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.engine import CountEngine
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.sql.engine import WarehouseEngine


@pytest.mark.parametrize("engine", [LocalKernel, ClusterEngine, WarehouseEngine])
def test_an_engine_takes_what_the_protocol_says(engine: type[CountEngine]) -> None:
    names = [name for name in vars(CountEngine) if not name.startswith("_")]
    assert set(names) == {"tables", "tallies", "orders", "histograms"}
    for name in names:
        assert inspect.signature(getattr(engine, name)) == inspect.signature(getattr(CountEngine, name))
