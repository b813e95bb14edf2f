"""A release of the made-up incomes and a mixture fitted to it."""

from pathlib import Path

import pytest
from kit.incomes import make_release
from toy_generator import toy, toy_package
from toy_simulator import simulators

from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.release import Release

__all__ = ["simulators", "toy", "toy_package"]


@pytest.fixture(scope="session")
def release() -> Release:
    """The made-up table, 5,000 rows, noise of scale 2."""
    return make_release()


@pytest.fixture(scope="session")
def fitted(release: Release) -> MixtureGenerator:
    """A mixture fitted to it."""
    generator = MixtureGenerator()
    generator.fit(release, seed=0)
    return generator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path / "generators"
