"""The made-up incomes by their simulator: a world whose parameters are known, and a release of it."""

import numpy as np
import pytest
from kit.incomes import DOMAIN, make_release
from toy_simulator import Incomes

from synth_assets.generator.simulators.evolution import Worlds
from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.generator.simulators.tables import Tables
from synth_assets.release import Release

TRUTH = np.array([8.0, 40.0, 0.1])
ROWS = 20_000


@pytest.fixture(scope="session")
def truth() -> np.ndarray:
    """The parameters of the world."""
    return TRUTH


@pytest.fixture(scope="session")
def rendering() -> Rendering:
    """The simulator, read as the columns of the made-up incomes."""
    return Rendering(name="incomes", simulator=Incomes(), domain=DOMAIN)


@pytest.fixture(scope="session")
def world_codes(rendering: Rendering) -> np.ndarray:
    """The fine codes of the world's rows, shape (rows, columns)."""
    return np.stack(rendering.world(TRUTH, ROWS, np.random.default_rng(7)).codes, axis=1).astype(np.int64)


@pytest.fixture(scope="session")
def world_release(world_codes: np.ndarray) -> Release:
    """A release of the world."""
    return make_release(codes=world_codes, scale=10.0)


@pytest.fixture(scope="session")
def worlds(rendering: Rendering, world_release: Release) -> Worlds:
    """Worlds of the simulator beside the release."""
    return Worlds(rendering=rendering, tables=Tables.of(world_release), seed=3)
