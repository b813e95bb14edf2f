"""A made-up release, and generators of the table behind it."""

from pathlib import Path

import pytest
from kit.releases import MadeUp, made_up


@pytest.fixture
def visits(tmp_path: Path) -> MadeUp:
    return made_up(tmp_path)
