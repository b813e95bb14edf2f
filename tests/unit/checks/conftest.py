"""A made-up release with real candidates, made once."""

from pathlib import Path

import pytest
from kit.releases import MadeUp, made_up

from synth_assets.candidate import Candidate


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("visits"))


@pytest.fixture(scope="session")
def faithful(visits: MadeUp) -> Candidate:
    return visits.faithful()


@pytest.fixture(scope="session")
def independent(visits: MadeUp) -> Candidate:
    return visits.independent()


@pytest.fixture
def no_suite(tmp_path: Path) -> Path:
    return tmp_path / "expectations" / "visits.json"
