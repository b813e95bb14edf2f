"""Train a network on rows of a teacher, in torch: batches without end, until drawn rows are as close as the teacher's.

Every so often some thousand rows are drawn from the network and compared with the released tables.
Once they are as close as rows of the teacher, or do not come closer any more, the rate decreases to zero. On a CPU,
operations use one thread, so that the numbers do not depend on how many cores there are.

References:
    Kingma and Ba (2015), "Adam", https://arxiv.org/abs/1412.6980.
    Loshchilov and Hutter (2017), "SGDR", https://arxiv.org/abs/1608.03983, for the cosine by which the rate decreases.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from synth_assets.generator.mixture.threads import one_thread_each
from synth_assets.generator.networks.training import Diverged, Fitting, Weights

__all__ = ["Course", "Student", "learn", "make_generators"]

Tensor = torch.Tensor
_CHECK_EVERY = 250
"""Steps from one look at drawn rows to the next."""
_REPORT_EVERY = 25
_WARM_UP = 50
_SETTLING = 0.5
"""Steps while the rate decreases, as a share of those before."""
_MEMORY = 100
"""Steps over which weights are averaged before rows are drawn: at the full rate they move about."""
_PATIENCE = 3
"""Looks in a row that bring nothing, after which the rate decreases."""
_BETTER = 0.97
"""Level that counts as closer, relative to the best one so far."""
_NEAR = 1.05
"""Level of drawn rows that is as close as the teacher's, relative to theirs."""
_WORSE, _MUCH_WORSE = 1.0, 10.0
"""Loss beyond that of independent columns at which a training diverges: so much more, and so many times as much."""


class Student(Protocol):
    """A network while it is trained."""

    parameters: dict[str, Tensor]
    """What is learnt, by name."""

    def loss(self, codes: Tensor) -> Tensor:
        """Return the mean divergence per row from what the teacher says, given coarse codes (rows, columns)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a network is trained.

    Attributes:
        steps: most steps of all.
        rows: rows of the teacher in a step.
        rate: the largest rate of learning.
    """

    steps: int
    rows: int
    rate: float


def make_generators(seed: int) -> tuple[torch.Generator, np.random.Generator]:
    """Return what draws the first parameters and masks, and what draws the teacher's rows."""
    first, second = np.random.SeedSequence(seed).spawn(2)
    state = int(first.generate_state(1, np.uint64)[0] >> np.uint64(1))
    return torch.Generator().manual_seed(state), np.random.default_rng(second)


def learn(student: Student, fitting: Fitting, *, course: Course, rng: np.random.Generator) -> Weights:
    """Return what a student has learnt.

    Args:
        student: the network in torch, with its first parameters.
        fitting: what it learns from.
        course: how it is trained.
        rng: for the teacher's rows.

    Raises:
        Diverged: the loss is not finite, or far worse than that of independent columns.
    """
    with one_thread_each():
        training = _Training(student, fitting, course=course, rng=rng)
        most = max(1, math.ceil(course.steps / (1 + _SETTLING)))
        best, idle = math.inf, 0
        while training.done < most:
            training.step(course.rate * min(1.0, (training.done + 1) / _WARM_UP))
            if training.done % _CHECK_EVERY:
                continue
            level = fitting.level(training.averages())
            best, idle = (level, 0) if level < _BETTER * best else (best, idle + 1)
            if level <= _NEAR * fitting.enough or idle >= _PATIENCE:
                break
        settling = max(1, round(_SETTLING * training.done))
        for done in range(settling):
            training.step(course.rate * 0.5 * (1 + math.cos(math.pi * done / settling)))
        return training.weights()


class _Training:
    """A student under way."""

    def __init__(self, student: Student, fitting: Fitting, *, course: Course, rng: np.random.Generator) -> None:
        self._student, self._fitting, self._course, self._rng = student, fitting, course, rng
        for parameter in student.parameters.values():
            parameter.requires_grad_()
        self._adam = torch.optim.Adam(list(student.parameters.values()), lr=course.rate, betas=(0.9, 0.98))
        self._average = {name: value.detach().clone() for name, value in student.parameters.items()}
        self._first: float | None = None
        self.done = 0

    def step(self, rate: float) -> None:
        """Learn from one batch."""
        for group in self._adam.param_groups:
            group["lr"] = rate
        rows = self._fitting.teacher.rows(self._course.rows, rng=self._rng)
        loss = self._student.loss(torch.as_tensor(rows, device=self._fitting.device))
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
        self._judge(float(loss.detach()))
        self.done += 1
        for name, average in self._average.items():
            average.lerp_(self._student.parameters[name].detach(), 1 / min(self.done, _MEMORY))

    def _judge(self, loss: float) -> None:
        self._first = loss if self._first is None else self._first
        if not loss <= max(self._first + _WORSE, _MUCH_WORSE * self._first):  # NaN is not less than anything
            raise Diverged(f"the loss is {loss:.4g} after {self.done} steps, and was {self._first:.4g}")
        progress = self._fitting.progress
        if progress is not None and self.done % _REPORT_EVERY == 0:
            words = f"trained the {self._fitting.kind} for {self.done} of at most {self._course.steps} steps: "
            progress(f"{words}{loss:.3f} nats per row from its teacher")

    def weights(self) -> Weights:
        """Return what is learnt so far.

        Raises:
            Diverged: it is not finite.
        """
        return self._finite(self._student.parameters)

    def averages(self) -> Weights:
        """Return the average of what was learnt in the last steps; errors as of :meth:`weights`."""
        return self._finite(self._average)

    def _finite(self, parameters: Mapping[str, Tensor]) -> Weights:
        learnt = {name: value.detach().cpu().numpy().copy() for name, value in parameters.items()}
        if not all(np.isfinite(values).all() for values in learnt.values()):
            raise Diverged(f"the weights are not finite after {self.done} steps")
        return learnt
