"""What noise would do to columns is what a release then has, and follows from public facts."""

from typing import Any

import numpy as np
import pytest
from kit.people import COLUMNS, OPEN, discovering_contract, make_contract
from kit.project import Project

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.strategy.expected import (
    expected_errors,
    largest_epsilon,
    mean_error,
    mean_noise,
    with_epsilon,
)


def noises(contract: DatasetContract, **given: Any) -> list[float]:
    return [each.noise for each in expected_errors(contract, **given)]


def test_the_expected_noise_is_that_of_the_release_that_is_then_measured(project: Project) -> None:
    expected = {each.name: each.noise for each in expected_errors(project.contract, rows=600)}
    project.obtain()
    fine = {
        marginal.attributes[0]: marginal.scale
        for marginal in project.release.marginals
        if len(marginal.attributes) == 1 and marginal.level == "fine"
    }
    assert fine.keys() == expected.keys()
    assert list(fine.values()) == pytest.approx([expected[name] for name in fine], rel=0.05)


def test_the_error_is_the_mean_total_variation_that_such_noise_makes() -> None:
    """Simulated with NumPy; false failure below 1e-9: the mean of 2,000 draws of 21 counts is within 5 per cent."""
    age = expected_errors(make_contract(), rows=5000)[0]
    random = np.random.default_rng(1)
    noise = random.normal(0, age.noise, (2000, age.codes))
    assert age.error == pytest.approx(float(np.abs(noise).sum(axis=1).mean()) / 2 / 5000, rel=0.05)


def test_more_epsilon_and_fewer_rows_of_a_unit_mean_less_noise() -> None:
    contract = make_contract()
    assert noises(with_epsilon(contract, 4.0), rows=600) < noises(contract, rows=600)
    assert with_epsilon(contract, 4.0).privacy.spend.epsilon == 4.0
    three = make_contract(unit={"column": "person", "max_rows": 3})
    assert noises(three) == pytest.approx([3 * noise for noise in noises(contract)])


def test_without_a_number_of_rows_the_noise_is_the_most_that_it_can_be_and_errors_are_unknown() -> None:
    errors = expected_errors(make_contract())
    assert mean_error(errors) is None
    assert mean_noise(errors) >= mean_noise(expected_errors(make_contract(), rows=10**9))
    assert mean_noise(errors) > mean_noise(expected_errors(make_contract(), rows=50))


def test_one_column_alone_gets_all_of_rho() -> None:
    alone = make_contract(columns={"member": COLUMNS["member"]})
    assert noises(alone) == pytest.approx([1 / (2 * alone.release_loss().rho) ** 0.5])


def test_discovered_columns_are_left_out_and_if_there_are_no_others_it_is_refused() -> None:
    assert [each.name for each in expected_errors(discovering_contract())] == ["age", "member"]
    spend = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
    alone = make_contract(columns={"city": OPEN}, privacy={"unit": "rows", "spend": spend})
    with pytest.raises(UsageError, match="all columns are discovered"):
        expected_errors(alone)


def test_the_largest_epsilon_fits_and_a_little_more_does_not() -> None:
    contract = make_contract(epsilon=8.0)
    left = make_contract(epsilon=3.0).release_loss()
    most = largest_epsilon(contract, within=left)
    assert most == pytest.approx(3.0, abs=0.002)
    assert with_epsilon(contract, most).release_loss().fits(left)
    assert not with_epsilon(contract, most + 0.002).release_loss().fits(left)
    assert largest_epsilon(contract, within=type(left)(nano_rho=0)) is None
