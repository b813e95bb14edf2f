"""A release of the made-up people: no noise was drawn for it, the scales only say what it could have been."""

import pytest
from kit.people import make_contract
from kit.releases import made_up_codes, made_up_release

from synth_assets.release import Release


@pytest.fixture(scope="session")
def small_release() -> Release:
    contract = make_contract()
    return made_up_release(contract, made_up_codes(contract.domain(), rows=3000, dependence=0.5, seed=7), scale=5.0)
