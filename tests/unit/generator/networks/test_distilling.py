"""Soft targets are the teacher's exact conditional probabilities."""

import numpy as np
import pytest
import torch
from kit.incomes import DOMAIN

from synth_assets.generator.networks.distilling import Targets, first_numbers
from synth_assets.generator.networks.teacher import Teacher


@pytest.fixture(scope="module")
def targets(teacher: Teacher) -> Targets:
    return Targets(teacher, device="cpu")


def _given(teacher: Teacher, codes: np.ndarray, seen: np.ndarray, column: int) -> np.ndarray:
    """Bayes' rule over the components, one row."""
    owners, probabilities = teacher.components()
    for known in np.flatnonzero(seen):
        owners = owners * probabilities[:, teacher.layout.offsets[known] + codes[known]]
    return owners / owners.sum() @ probabilities[:, teacher.layout.slice(DOMAIN.names[column])]


def test_targets_given_the_columns_before_are_bayes_rule(teacher: Teacher, targets: Targets) -> None:
    codes = teacher.rows(6, rng=np.random.default_rng(0))
    table = targets.given_those_before(torch.as_tensor(codes)).numpy()
    for column, size in enumerate(teacher.layout.sizes):
        for row in range(6):
            expected = _given(teacher, codes[row], np.arange(5) < column, column)
            assert np.allclose(table[column, row, :size], expected, atol=1e-4)
            assert (table[column, row, size:] == 0).all()


def test_targets_given_any_columns_are_bayes_rule(teacher: Teacher, targets: Targets) -> None:
    rng = np.random.default_rng(1)
    codes, seen = teacher.rows(6, rng=rng), rng.random((6, 5)) < 0.5
    table = targets.given_seen(torch.as_tensor(codes), torch.as_tensor(seen)).numpy()
    for row in range(6):
        for column in np.flatnonzero(~seen[row]):
            expected = _given(teacher, codes[row], seen[row], int(column))
            assert np.allclose(table[column, row, : expected.size], expected, atol=1e-4)


def test_first_numbers_are_of_their_seed_and_begin_with_the_one_way_tables(targets: Targets) -> None:
    shapes = {"codes": (28, 8), "bias": (28,), "0.up": (8, 8), "0.bias": (8,)}
    first, again, other = (
        first_numbers(shapes, targets, generator=torch.Generator().manual_seed(seed), spread=0.1) for seed in (1, 1, 2)
    )
    assert torch.equal(first["0.up"], again["0.up"])
    assert not torch.equal(first["0.up"], other["0.up"])
    assert torch.allclose(first["bias"].exp(), targets.one_way, atol=1e-5)
    assert (first["0.bias"] == 0).all()
