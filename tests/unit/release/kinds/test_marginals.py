"""A table has the shape of its columns, the price of its mechanism, and one line per mechanism in the statement."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release import NoisyMarginal, Release
from synth_assets.release.answers import Audited

DOMAIN = Domain(columns=(Column(name="age", kind="integer", maximum=3), Column(name="sex", kind="boolean")))
GRIDS = {"age": np.array([0, 0, 1, 1]), "sex": np.array([0, 1])}
NOISE = least_gaussian(d_in=1, rho=0.02)
AUDITED = Audited(contract=make_contract(), domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


def table(**changes: Any) -> NoisyMarginal:
    facts: dict[str, Any] = {"attributes": ("age", "sex"), "level": "coarse", "counts": np.zeros((2, 2), np.int64)}
    facts |= {"scale": NOISE.scale, "rho": NOISE.rho, "mechanism": NOISE.mechanism, "draw": 2}
    return NoisyMarginal.of(**{**facts, **changes})


def test_an_honest_table_fits_and_has_no_fault() -> None:
    table().check(DOMAIN, GRIDS)
    assert table().faults(AUDITED) == []


@pytest.mark.parametrize("changes", [{"rho": NOISE.rho / 2}, {"scale": NOISE.scale * 2}, {"d_in": 2}])
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = table(**changes).faults(AUDITED)
    assert fault.startswith("('age', 'sex')")


@pytest.mark.parametrize(
    "descriptor",
    [
        {"attributes": ()},
        {"attributes": ("age", "age")},
        {"attributes": ("age", "nobody")},
        {"attributes": ["age", "sex"]},
        {"attributes": ("sex", "age", "sex")},
        {"level": "finest"},
        {"level": "fine"},
        {"more": 1},
    ],
)
def test_a_table_that_does_not_fit_the_columns_is_refused(descriptor: dict[str, Any]) -> None:
    wild = dataclasses.replace(table(), descriptor={**table().descriptor, **descriptor})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, GRIDS)


def test_each_mechanism_is_stated_once_with_all_its_tables(small_release: Release) -> None:
    stated = NoisyMarginal.mechanisms(small_release.marginals, max_rows=1)
    named = [(entry["attributes"], entry["level"]) for mechanism in stated for entry in mechanism["tables"]]
    assert len(stated) < len(named) == len(small_release.marginals)
