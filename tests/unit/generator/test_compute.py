"""One worker is this process, more are processes of their own; fewer than one are refused."""

import os

import pytest

from synth_assets.errors import UsageError
from synth_assets.generator.compute import Compute


def test_one_worker_is_here_and_several_are_elsewhere() -> None:
    with Compute().pool() as executor:
        assert executor is None
    with Compute(workers=2).pool() as executor:
        assert executor is not None
        assert executor.submit(os.getpid).result() != os.getpid()


def test_fewer_than_one_worker_is_refused() -> None:
    with pytest.raises(UsageError, match="workers=0 must be >= 1"):
        Compute(workers=0)
