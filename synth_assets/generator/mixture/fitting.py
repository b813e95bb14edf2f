"""Fit mixtures of product distributions to noisy tables, many at once, in torch.

A mixture has K components; component k has a weight and one independent
distribution per column. The loss is half the chi-square of the noisy tables under
their known variances, see ``loss``.

The noise is known, so it defines when to stop: as soon as the cells that are clear
of it are as far from the model as noise alone would put them, the learning rate
decreases to zero and the fit ends. All other cells say little, because most of them
are empty. A fit begins with few components; each is split, and its parts made to
differ, while that is not enough. Several fits from different random starts are
pooled into one mixture of mixtures: their errors differ and average out.

Determinism: fits run in chunks of fixed size, each on one thread, so on a CPU
the result does not depend on the number of threads or cores. It may differ
between processors with other vector instructions.

References:
    Kingma and Ba (2015), "Adam", https://arxiv.org/abs/1412.6980, Algorithm 1.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from synth_assets.errors import UsageError
from synth_assets.generator.cells.targets import FitTargets
from synth_assets.generator.mixture.loss import TableLoss
from synth_assets.generator.mixture.threads import one_thread_each
from synth_assets.generator.progress import CountedProgress

__all__ = ["CLEAR_LEVEL", "SKETCH", "FitPlan", "count_signals", "fit_mixtures", "fits_of", "plan_fit", "refuse_missing"]

Tensor = torch.Tensor
FITS_PER_CHUNK = 2
"""Fits that share one thread; fixed, so that the number of cores affects speed alone."""
COMPONENTS_PER_SIGNAL = 24
FEWEST_COMPONENTS, MOST_COMPONENTS = 24, 1200
POOLED = 3072
"""Components of all mixtures together, about: so many mixtures are pooled, and at least four."""
FEWEST_CHUNKS, MOST_CHUNKS = 2, 6
GROWTH = ((20, 100), (5, 150))
"""First stages of a fit: by what its components are divided, and the most steps."""
MOST_WORK = 150_000_000_000
"""Most products at the full rate, about a quarter of its floating point operations; limits the number of steps."""
FEWEST_STEPS, MOST_STEPS = 200, 600
FEWEST_SETTLING, MOST_SETTLING = 40, 100
CLEAR_LEVEL = 1.15
"""Chi-square per clear cell at which a fit ends: at 1 pairs are followed too far, at 1.3 rows are told apart sooner."""
_CHECK_EVERY = 10
_WARM_UP = 20
_RATE = 0.3
_START_SPREAD, _SPLIT_SPREAD = 0.5, 0.7
_MOMENTUM, _SECOND = 0.9, 0.99
_LOWEST_LOGIT = -30.0
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPlan:
    """The size of a fit and its number of steps.

    Attributes:
        fits: number of mixtures that are pooled.
        components: components per mixture, at most.
        climb: largest number of steps at the full rate with all components.
        settle: smallest and largest number of steps while the rate decreases; half of those before, in between.
        growth: stages with fewer components before, see :data:`GROWTH`.
        clear_level: chi-square per clear cell at which the rate starts to decrease; 0 if clear cells do not decide.
        noise_level: chi-square per cell, clear or not, at which it does then.
    """

    fits: int
    components: int
    climb: int
    settle: tuple[int, int] = (FEWEST_SETTLING, MOST_SETTLING)
    growth: tuple[tuple[int, int], ...] = GROWTH
    clear_level: float = CLEAR_LEVEL
    noise_level: float = 0.0

    def stages(self) -> list[tuple[int, int]]:
        """Return the components of each stage, ascending, and its largest number of steps."""
        stages = {max(FEWEST_COMPONENTS, self.components // divisor): steps for divisor, steps in self.growth}
        stages = {size: steps for size, steps in stages.items() if size < self.components}
        return [*stages.items(), (self.components, self.climb)]


SKETCH = FitPlan(fits=2, components=50, climb=100, settle=(50, 50), growth=(), clear_level=0.0, noise_level=1.0)
"""A small fit, accurate enough to rank pairs. Measurements under way depend on its bytes."""


def plan_fit(targets: FitTargets) -> FitPlan:
    """Choose sizes from the release alone: components by the number of signals above the noise, steps by the work."""
    components = int(np.clip(COMPONENTS_PER_SIGNAL * count_signals(targets), FEWEST_COMPONENTS, MOST_COMPONENTS))
    fits = fits_of(components)
    layers = max(1, targets.pivot.stop - targets.pivot.start)
    step = fits * components * layers * targets.layout.cells**2
    climb = int(np.clip(MOST_WORK // step, FEWEST_STEPS, MOST_STEPS))
    return FitPlan(fits=fits, components=components, climb=climb)


def fits_of(components: int) -> int:
    """Return how many mixtures of so many components are pooled: about :data:`POOLED` components in whole chunks."""
    return FITS_PER_CHUNK * int(np.clip(round(POOLED / FITS_PER_CHUNK / components), FEWEST_CHUNKS, MOST_CHUNKS))


def count_signals(targets: FitTargets) -> int:
    """Return how many eigenvalues of the pairs, minus independence, exceed those of noise alone.

    References:
        Wigner (1958), "On the Distribution of the Roots of Certain Symmetric
        Matrices": noise of variance v has its largest eigenvalue near 2 sqrt(size v).
    """
    precision = targets.pairs_precision.astype(np.float64)
    one_way = np.clip(targets.one_way, 0, None)
    scores = (targets.pairs - np.outer(one_way, one_way)) * np.sqrt(precision)
    edge = 2 * math.sqrt(np.count_nonzero(precision) / max(1, one_way.size))
    return int(np.count_nonzero(np.linalg.eigvalsh(scores) > edge))


def fit_mixtures(
    targets: FitTargets, plan: FitPlan, *, seed: int, device: str = "cpu", progress: Callable[[str], None] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return pooled weights, shape (components,), and probabilities, shape (components, cells), of all fits together.

    Args:
        targets: what to fit.
        plan: sizes of the fit.
        seed: determines the random starts.
        device: ``cpu`` or a CUDA device of torch.
        progress: called with a message when a chunk of fits is done.

    Raises:
        UsageError: torch has no such device here.
    """
    refuse_missing(device)
    sizes = [min(FITS_PER_CHUNK, plan.fits - start) for start in range(0, plan.fits, FITS_PER_CHUNK)]
    generators = _generators(seed, len(sizes))
    report = CountedProgress(progress, words=f"fitted {{}} of {len(sizes)} groups of mixtures")

    def run(chunk: int) -> tuple[Tensor, Tensor]:
        if device == "cpu":
            torch.set_num_threads(1)
        fitted = _Chunk(targets, plan, fits=sizes[chunk], generator=generators[chunk], device=device).fit()
        report()
        return fitted

    workers = min(len(sizes), os.cpu_count() or 1) if device == "cpu" else 1
    with torch.no_grad(), one_thread_each(), ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(run, range(len(sizes))))
    weights = torch.cat([chunk_weights.reshape(-1) for chunk_weights, _ in done]) / plan.fits
    probabilities = torch.cat([single.reshape(-1, targets.layout.cells) for _, single in done])
    return weights.cpu().numpy(), probabilities.cpu().numpy()


def refuse_missing(device: str) -> None:
    """Refuse a device that torch does not have here.

    Raises:
        UsageError: the message names it.
    """
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError) as error:
        raise UsageError(f"torch has no device {device!r} here", hint="`cpu` is always there") from error


class _Chunk:
    """Several fits of the same targets, in tensors of shape (fits, components, cells)."""

    def __init__(
        self, targets: FitTargets, plan: FitPlan, *, fits: int, generator: torch.Generator, device: str
    ) -> None:
        layout = targets.layout
        self._plan, self._generator, self._device = plan, generator, device
        self._measured = max(1, targets.measured)
        self._tables = TableLoss(targets, device=device)
        member = np.zeros((layout.cells, layout.sizes.size), np.float32)
        member[np.arange(layout.cells), layout.column_of_cell] = 1
        self._member = torch.as_tensor(member, device=device)
        one_way = torch.as_tensor(targets.one_way, dtype=torch.float32, device=device)
        self._start(
            torch.zeros(fits, plan.stages()[0][0], device=device), one_way.clamp(min=_FLOOR).log(), _START_SPREAD
        )
        self._steps = 0

    def fit(self) -> tuple[Tensor, Tensor]:
        """Fit to the noise level and split on the way, decrease the rate, and return weights and probabilities."""
        for components, steps in self._plan.stages():
            self._split(components)
            if self._climb(steps):
                break
        fewest, most = self._plan.settle
        steps = min(max(fewest, self._steps // 2), most)
        for done in range(steps):
            self._descend(_RATE * 0.5 * (1 + math.cos(math.pi * done / steps)))
        return self._mixture()

    def _start(self, weights: Tensor, logits: Tensor, spread: float) -> None:
        """Take parameters, with random differences between components."""
        shape = (*weights.shape, logits.shape[-1])
        self._logits = logits + (torch.randn(shape, generator=self._generator) * spread).to(self._device)
        self._weights = weights
        self._moments = [torch.zeros_like(parameter) for parameter in (self._logits, self._weights) for _ in range(2)]
        self._step = 0

    def _split(self, components: int) -> None:
        """Replace each component by several, so that there are at least as many as asked."""
        parts = -(-components // self._weights.shape[1])
        if parts > 1:
            self._centre()
            logits, weights = (part.repeat_interleave(parts, 1) for part in (self._logits, self._weights))
            self._start(weights, logits, _SPLIT_SPREAD)

    def _climb(self, steps: int) -> bool:
        """Take steps at the full rate; return whether the noise level was reached."""
        for done in range(steps):
            loss = self._descend(_RATE * min(1.0, (done + 1) / _WARM_UP))
            if self._step % _CHECK_EVERY == 0 and self._is_enough(loss):
                return True
        return False

    def _is_enough(self, loss: Tensor) -> bool:
        if not self._plan.clear_level:
            return 2 * float(loss.mean()) / self._measured <= self._plan.noise_level
        weights, single = self._mixture()
        return self._tables.per_clear_cell(single, weights) <= self._plan.clear_level

    def _mixture(self) -> tuple[Tensor, Tensor]:
        scores = self._logits.exp()
        totals = (scores @ self._member) @ self._member.T
        return torch.softmax(self._weights, -1), scores.div_(totals)

    def _centre(self) -> None:
        """Reset the logits to log probabilities, so that they neither overflow nor drift."""
        self._logits = self._mixture()[1].log_().clamp_(min=_LOWEST_LOGIT)

    def _descend(self, rate: float) -> Tensor:
        """Take one step and return half the chi-square before it, shape (fits,)."""
        weights, single = self._mixture()
        loss, by_cell, by_component = self._tables.slopes(single, weights)
        gradient = single * by_cell
        gradient -= single * ((gradient @ self._member) @ self._member.T)
        gradient *= weights[:, :, None]
        by_component = weights * (by_component - (weights * by_component).sum(-1, keepdim=True))
        self._adam(rate, [(self._logits, gradient), (self._weights, by_component)])
        self._steps += 1
        if self._step % _CHECK_EVERY == 0:
            self._centre()
        return loss

    def _adam(self, rate: float, pairs: list[tuple[Tensor, Tensor]]) -> None:
        self._step += 1
        step = rate / (1 - _MOMENTUM**self._step)
        correction = 1 - _SECOND**self._step
        for index, (value, gradient) in enumerate(pairs):
            mean, square = self._moments[2 * index], self._moments[2 * index + 1]
            mean.mul_(_MOMENTUM).add_(gradient, alpha=1 - _MOMENTUM)
            square.mul_(_SECOND).addcmul_(gradient, gradient, value=1 - _SECOND)
            value.addcdiv_(mean, (square / correction).sqrt_().add_(1e-8), value=-step)


def _generators(seed: int, count: int) -> list[torch.Generator]:
    children = np.random.SeedSequence(seed).spawn(count)
    states = [int(child.generate_state(1, np.uint64)[0] >> 1) for child in children]
    return [torch.Generator().manual_seed(state) for state in states]
