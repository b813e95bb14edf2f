"""A transformer in torch says what the one in NumPy says, and learns."""

import numpy as np
import pytest
import torch

from synth_assets.generator.networks.distilling import Targets
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.networks.training import Fitting
from synth_assets.generator.networks.transformer import HEADS, TransformerGenerator
from synth_assets.generator.networks.transformer_training import TransformerStudent, train


@pytest.fixture(scope="module")
def student(teacher: Teacher) -> TransformerStudent:
    shapes = TransformerGenerator.shapes(teacher.layout, width=32, blocks=2)
    generator = torch.Generator().manual_seed(3)
    student = TransformerStudent(Targets(teacher, device="cpu"), shapes, generator=generator, heads=HEADS)
    for value in student.parameters.values():  # first numbers hardly depend on what was drawn
        value.add_(torch.randn(value.shape, generator=generator), alpha=0.3)
    return student


def test_numpy_with_a_cache_says_what_torch_says_of_whole_rows(teacher: Teacher, student: TransformerStudent) -> None:
    codes = teacher.rows(20, rng=np.random.default_rng(0))
    expected = student.log_probabilities(torch.as_tensor(codes)).exp().numpy()
    weights = {name: value.double().numpy() for name, value in student.parameters.items()}
    drawing = TransformerGenerator.begin(weights, teacher.layout, rows=20)
    for column, size in enumerate(teacher.layout.sizes):
        probabilities = drawing.probabilities(column)
        assert np.ptp(probabilities, axis=0).max() > 0.01 or column == 0
        assert np.allclose(probabilities, expected[column, :, :size], atol=1e-5)
        assert np.allclose(expected[column, :, size:], 0)
        drawing.take(column, codes[:, column])


def test_no_column_looks_ahead(teacher: Teacher, student: TransformerStudent) -> None:
    codes = torch.as_tensor(teacher.rows(20, rng=np.random.default_rng(0)))
    changed = codes.clone()
    changed[:, 3:] = 0
    before, after = student.log_probabilities(codes), student.log_probabilities(changed)
    assert torch.equal(before[:4], after[:4])
    assert not torch.allclose(before[4], after[4])


def test_what_is_learnt_is_closer_to_the_teacher_than_independent_columns(teacher: Teacher) -> None:
    shapes = TransformerGenerator.shapes(teacher.layout, width=32, blocks=1)
    losses: list[float] = []

    def heard(line: str) -> None:
        losses.append(float(line.partition("steps: ")[2].partition(" ")[0]))

    fitting = Fitting(
        kind="transformer", teacher=teacher, level=lambda _: 9.0, enough=1.0, seed=0, device="cpu", progress=heard
    )
    train(fitting, shapes=shapes, steps=120, heads=HEADS)
    assert losses[-1] < 0.3 * losses[0]
