"""A diffusion in torch says what the one in NumPy says, and learns."""

import numpy as np
import pytest
import torch

from synth_assets.generator.networks.diffusion import DiffusionGenerator
from synth_assets.generator.networks.diffusion_training import DiffusionStudent, train
from synth_assets.generator.networks.distilling import Targets
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.networks.training import Fitting


@pytest.fixture(scope="module")
def student(teacher: Teacher) -> DiffusionStudent:
    shapes = DiffusionGenerator.shapes(teacher.layout, width=32, blocks=2)
    generator = torch.Generator().manual_seed(3)
    student = DiffusionStudent(Targets(teacher, device="cpu"), shapes, generator=generator)
    for value in student.parameters.values():  # first numbers hardly depend on what was drawn
        value.add_(torch.randn(value.shape, generator=generator), alpha=0.3)
    return student


def test_numpy_says_what_torch_says_whatever_was_seen(teacher: Teacher, student: DiffusionStudent) -> None:
    rng = np.random.default_rng(0)
    codes = teacher.rows(20, rng=rng)
    weights = {name: value.double().numpy() for name, value in student.parameters.items()}
    drawing, seen = DiffusionGenerator.begin(weights, teacher.layout, rows=20), torch.zeros(20, 5, dtype=torch.bool)
    for column in rng.permutation(5):
        expected = student.log_probabilities(torch.as_tensor(codes), seen).exp().numpy()
        size = teacher.layout.sizes[column]
        assert np.allclose(drawing.probabilities(column), expected[column, :, :size], atol=1e-5)
        drawing.take(column, codes[:, column])
        seen[:, column] = True


def test_what_is_masked_is_not_used(teacher: Teacher, student: DiffusionStudent) -> None:
    codes = torch.as_tensor(teacher.rows(20, rng=np.random.default_rng(0)))
    seen = torch.tensor([True, False, True, False, False]).expand(20, 5)
    changed = torch.where(seen, codes, 0)
    assert torch.equal(student.log_probabilities(codes, seen), student.log_probabilities(changed, seen))
    assert not torch.allclose(student.log_probabilities(codes, seen), student.log_probabilities(codes, ~seen))


def test_what_is_learnt_is_closer_to_the_teacher_than_independent_columns(teacher: Teacher) -> None:
    shapes = DiffusionGenerator.shapes(teacher.layout, width=64, blocks=1)
    losses: list[float] = []

    def heard(line: str) -> None:
        losses.append(float(line.partition("steps: ")[2].partition(" ")[0]))

    fitting = Fitting(
        kind="diffusion", teacher=teacher, level=lambda _: 9.0, enough=1.0, seed=0, device="cpu", progress=heard
    )
    train(fitting, shapes=shapes, steps=300)
    assert losses[-1] < 0.3 * losses[0]
