"""The kernel in this process keeps the protocol of engines."""

import inspect

from synth_assets.source.engine import CountEngine
from synth_assets.source.kernel import LocalKernel


def test_the_kernel_takes_what_the_protocol_says() -> None:
    names = [name for name in vars(CountEngine) if not name.startswith("_")]
    assert set(names) == {"tables", "distances", "tallies", "orders", "histograms"}
    for name in names:
        assert inspect.signature(getattr(LocalKernel, name)) == inspect.signature(getattr(CountEngine, name))
