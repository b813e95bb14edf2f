"""A teacher's rows are those of the mixture that it is."""

import numpy as np
from kit.incomes import DOMAIN

from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.networks.teacher import Teacher


def test_rows_have_the_probabilities_of_a_mixture_that_was_fitted_with_the_same_seed(
    teacher: Teacher, fitted: MixtureGenerator
) -> None:
    codes = teacher.rows(50_000, rng=np.random.default_rng(1))
    for names in (("age",), ("age", "region"), ("region", "member")):
        expected = fitted.marginal(names)
        drawn = np.zeros(expected.shape)
        np.add.at(drawn, tuple(codes[:, DOMAIN.index(name)] for name in names), 1 / len(codes))
        assert np.abs(expected - drawn).sum() < 0.03


def test_components_are_those_of_the_mixture(teacher: Teacher, fitted: MixtureGenerator) -> None:
    weights, probabilities = teacher.components()
    assert np.isclose(weights.sum(), 1)
    assert probabilities.min() >= 0
    for name in DOMAIN.names:
        place = teacher.layout.slice(name)
        assert np.allclose(probabilities[:, place].sum(axis=1), 1)
        assert np.allclose(teacher.one_way()[place], fitted.marginal((name,)), atol=1e-6)
