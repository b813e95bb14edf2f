"""A release of the made-up incomes and a mixture fitted to it."""

from pathlib import Path

import pytest
from kit.incomes import make_release
from toy_generator import install, toy, toy_package

from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.release import Release

__all__ = ["toy", "toy_package"]


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


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a package with a simulator of the made-up incomes is installed."""
    folder, entries = tmp_path_factory.mktemp("simulators"), {"incomes": "toy_simulator:Incomes"}
    return install(folder, package="toy-simulators", entries=entries, group="synth_assets.simulators")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path / "generators"
