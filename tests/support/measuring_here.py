"""Let a test open sources in its own process, which nothing outside of tests can."""

import os

import pytest

from synth_assets.source import guard


def pretend_to_measure() -> None:
    """Take this process, which a test forked, for the measuring one until it ends."""
    guard._process = os.getpid()


@pytest.fixture
def measuring_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the test's process for the measuring one while the test runs."""
    monkeypatch.setattr(guard, "_process", os.getpid())
