"""Addresses of Dask's schedulers, with Dask and without."""

import sys

import pytest

from synth_assets.errors import Fault, UsageError
from synth_assets.workers import dask_cluster, opener


@pytest.mark.parametrize("address", ["dask:", "dask://", "dask:scheduler:8786", "dask+tls:"])
def test_a_scheduler_is_said(address: str) -> None:
    with pytest.raises(UsageError, match="have no scheduler"):
        opener(address)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"need Dask") as error:
        opener("dask://scheduler:8786")
    assert "pip install 'synth-assets[dask]'" in str(error.value)


@pytest.mark.dask
def test_an_address_alone_opens_and_imports_nothing() -> None:
    loaded = "distributed" in sys.modules
    assert opener("dask+tls://scheduler:8786") is not None
    assert ("distributed" in sys.modules) == loaded


@pytest.mark.dask
@pytest.mark.slow
@pytest.mark.parametrize(("told", "waited"), [("30s", 10), ("1s", 1)])
def test_a_scheduler_that_is_not_there_is_noticed_after_ten_seconds_or_sooner(told: str, waited: int) -> None:
    import distributed  # noqa: F401 - brings its configuration, which `set` would take away again
    from dask import config

    opened = opener("dask://127.0.0.1:1")
    assert opened is not None
    with config.set({"distributed.comm.timeouts.connect": told}), pytest.raises(Fault) as error:
        opened()
    assert f"answers at tcp://127.0.0.1:1 within {waited} seconds" in str(error.value)
    assert error.value.__context__ is None
