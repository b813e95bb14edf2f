"""A training ends when rows are close, says how it goes, and notices where it diverges."""

import numpy as np
import pytest
import torch

from synth_assets.generator.networks.learning import Course, learn, make_generators
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.networks.training import Diverged, Fitting, Weights
from synth_assets.generator.protocol import Progress


class Slope:
    """A network of one number, whose loss is its square; from a step on something else."""

    def __init__(self, *, late: float | None = None, step: int = 0) -> None:
        self.parameters = {"x": torch.ones(1)}
        self.late, self.step, self.taken = late, step, 0

    def loss(self, codes: torch.Tensor) -> torch.Tensor:
        assert codes.shape == (4, 5)
        self.taken += 1
        loss = (self.parameters["x"] ** 2).sum()
        return loss * self.late if self.late is not None and self.taken > self.step else loss


def _fitting(teacher: Teacher, *, levels: list[float] | None = None, progress: Progress | None = None) -> Fitting:
    told = iter(levels or [])

    def level(weights: Weights) -> float:
        assert set(weights) == {"x"}
        return next(told, 1.0)

    return Fitting(
        kind="slope", teacher=teacher, level=level, enough=1.0, seed=0, device="cpu", progress=progress
    )  # fmt: skip


def _learn(student: Slope, fitting: Fitting, *, steps: int, rate: float = 0.01) -> Weights:
    course = Course(steps=steps, rows=4, rate=rate)
    return learn(student, fitting, course=course, rng=np.random.default_rng(0))


def test_a_network_learns_for_as_many_steps_as_it_may_where_rows_keep_coming_closer(teacher: Teacher) -> None:
    student = Slope()
    learnt = _learn(student, _fitting(teacher, levels=[50.0, 40.0, 30.0, 20.0]), steps=900)
    assert student.taken == 900
    assert abs(learnt["x"][0]) < 0.01


@pytest.mark.parametrize(
    ("levels", "steps"),
    [([1.0], 375), ([50.0, 40.0, 1.04], 1125), ([50.0, 50.0, 49.9, 50.0, 1.0], 1500)],
    ids=["close at once", "close at last", "no closer any more"],
)
def test_it_ends_early_once_rows_are_close_or_come_no_closer(teacher: Teacher, levels: list[float], steps: int) -> None:
    student = Slope()
    _learn(student, _fitting(teacher, levels=levels), steps=90_000)
    assert student.taken == steps


@pytest.mark.parametrize(
    ("late", "words"), [(float("nan"), "the loss is nan after 3 steps"), (1e4, "the loss is .* and was 1")]
)
def test_what_is_not_a_number_or_much_worse_than_at_the_start_is_noticed(
    teacher: Teacher, late: float, words: str
) -> None:
    with pytest.raises(Diverged, match=words):
        _learn(Slope(late=late, step=3), _fitting(teacher), steps=100)


def test_progress_says_how_far_it_is(teacher: Teacher) -> None:
    lines: list[str] = []
    _learn(Slope(), _fitting(teacher, progress=lines.append), steps=60)
    assert lines[0] == "trained the slope for 0 of at most 60 steps: 1.000 nats per row from its teacher"
    assert len(lines) == 3


def test_operations_use_one_thread_and_the_process_keeps_its_own_number(teacher: Teacher) -> None:
    class Counting(Slope):
        def loss(self, codes: torch.Tensor) -> torch.Tensor:
            assert torch.get_num_threads() == 1
            return super().loss(codes)

    before = torch.get_num_threads()
    _learn(Counting(), _fitting(teacher), steps=2)
    assert torch.get_num_threads() == before


def test_what_is_drawn_depends_on_the_seed_alone() -> None:
    drawn = [
        (torch.rand(1, generator=start).item(), rows.random())
        for start, rows in (make_generators(seed) for seed in (0, 0, 1, 1 << 40))
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
