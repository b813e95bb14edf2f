"""A teacher of the made-up incomes."""

import pytest

from synth_assets.generator.networks.teacher import Teacher
from synth_assets.release import Release


@pytest.fixture(scope="session")
def teacher(release: Release) -> Teacher:
    """A mixture that was fitted to their release."""
    return Teacher.fitted(release, seed=0)
