"""Fit mixtures of product distributions to noisy tables, many at once, in torch.

A mixture has K components; component k has weight w_k and one independent
distribution per column. All columns' probabilities are concatenated in P_k, so
the model's pairs are S = P^T diag(w) P, one matrix product. The loss is half
the chi-square of the noisy tables under their known variances. Its gradient is
computed explicitly, since that needs two products per step where automatic
differentiation needs three, and no bookkeeping.

The noise is known, so it defines when to stop: as soon as the chi-square per cell
reaches the value of noise alone, the learning rate decreases to zero and the fit
ends. Several fits from different random starts are pooled into one mixture of
mixtures: their errors differ and average out.

Determinism: fits run in chunks of fixed size, each on one thread, so on a CPU
the result does not depend on the number of threads or cores. It may differ
between processors with other vector instructions.

References:
    Kingma and Ba (2015), "Adam", https://arxiv.org/abs/1412.6980, Algorithm 1.
"""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from synth_assets.errors import UsageError
from synth_assets.generator.mixture.targets import FitTargets
from synth_assets.generator.mixture.threads import one_thread_each
from synth_assets.generator.progress import CountedProgress

__all__ = ["SKETCH", "FitPlan", "count_signals", "fit_mixtures", "plan_fit"]

Tensor = torch.Tensor
FITS_PER_CHUNK = 2
"""Fits that share one thread; fixed, so that the number of cores affects speed alone."""
COMPONENTS_PER_SIGNAL = 8
FEWEST_COMPONENTS, MOST_COMPONENTS = 24, 400
FITS = 8
"""Mixtures that are pooled."""
MOST_WORK = 150_000_000_000
"""Most products at the full rate, about a quarter of its floating point operations; limits the number of steps."""
FEWEST_STEPS, MOST_STEPS = 250, 600
_CHECK_EVERY = 10
_WARM_UP = 20
_RATE = 0.3
_START_SPREAD = 0.5
_MOMENTUM, _SECOND = 0.9, 0.99
_LOWEST_LOGIT = -30.0
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPlan:
    """The size of a fit and its number of steps.

    Attributes:
        fits: number of mixtures that are pooled.
        components: components per mixture.
        climb: largest number of steps at the full rate.
        settle: smallest number of steps while the rate decreases.
        noise_level: chi-square per cell at which the rate starts to decrease.
    """

    fits: int
    components: int
    climb: int
    settle: int
    noise_level: float = 1.0


SKETCH = FitPlan(fits=2, components=50, climb=100, settle=50)
"""A small fit, accurate enough to rank pairs."""


def plan_fit(targets: FitTargets) -> FitPlan:
    """Choose sizes from the release alone: components by the number of signals above the noise, steps by the work."""
    components = int(np.clip(COMPONENTS_PER_SIGNAL * count_signals(targets), FEWEST_COMPONENTS, MOST_COMPONENTS))
    layers = max(1, targets.pivot.stop - targets.pivot.start)
    step = FITS * components * layers * targets.layout.cells**2
    climb = int(np.clip(MOST_WORK // step, FEWEST_STEPS, MOST_STEPS))
    return FitPlan(fits=FITS, components=components, climb=climb, settle=40)


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
    """Return pooled weights, shape (fits * components,), and probabilities, shape (fits * components, cells).

    Args:
        targets: what to fit.
        plan: sizes of the fit.
        seed: determines the random starts.
        device: ``cpu`` or a CUDA device of torch.
        progress: called with a message when a chunk of fits is done.

    Raises:
        UsageError: torch has no such device here.
    """
    _refuse_missing(device)
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


def _refuse_missing(device: str) -> None:
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
        self._plan = plan
        self._measured = max(1, targets.measured)
        self._pairs = torch.as_tensor(targets.pairs, device=device)
        self._pairs_precision = torch.as_tensor(targets.pairs_precision, device=device)
        self._one_way = torch.as_tensor(targets.one_way, dtype=torch.float32, device=device)
        self._one_way_precision = torch.as_tensor(targets.one_way_precision, dtype=torch.float32, device=device)
        self._pivot = targets.pivot
        self._triples = torch.as_tensor(targets.triples, device=device)
        self._triples_precision = torch.as_tensor(targets.triples_precision, device=device)
        member = np.zeros((layout.cells, layout.sizes.size), np.float32)
        member[np.arange(layout.cells), layout.column_of_cell] = 1
        self._member = torch.as_tensor(member, device=device)
        spread = torch.randn(fits, plan.components, layout.cells, generator=generator) * _START_SPREAD
        start = self._one_way.clamp(min=_FLOOR).log()
        self._logits = start + spread.to(device)
        self._weights = torch.zeros(fits, plan.components, device=device)
        self._moments = [torch.zeros_like(parameter) for parameter in (self._logits, self._weights) for _ in range(2)]
        self._step = 0

    def fit(self) -> tuple[Tensor, Tensor]:
        """Fit to the noise level, decrease the rate, and return weights and probabilities."""
        for rate in self._rates():
            loss = self._descend(rate)
            if self._step % _CHECK_EVERY == 0:
                self._centre()
                self._per_cell = 2 * float(loss.mean()) / self._measured
        return self._mixture()

    def _rates(self) -> Iterator[float]:
        plan, self._per_cell = self._plan, math.inf
        while self._step < plan.climb and self._per_cell > plan.noise_level:
            yield _RATE * min(1.0, (self._step + 1) / _WARM_UP)
        steps = max(plan.settle, self._step // 2)
        for done in range(steps):
            yield _RATE * 0.5 * (1 + math.cos(math.pi * done / steps))

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
        loss, by_cell, by_component = self._slopes(single, weights)
        gradient = single * by_cell
        gradient -= single * ((gradient @ self._member) @ self._member.T)
        gradient *= weights[:, :, None]
        by_component = weights * (by_component - (weights * by_component).sum(-1, keepdim=True))
        self._adam(rate, [(self._logits, gradient), (self._weights, by_component)])
        return loss

    def _slopes(self, single: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the loss and its derivatives by w_k P_k, shape of P, and by w_k."""
        joint = single * weights[:, :, None]
        rest_one = joint.sum(1) - self._one_way
        pull_one = rest_one * self._one_way_precision
        if self._pivot.start == self._pivot.stop:
            loss, pull = _pull(torch.bmm(joint.transpose(1, 2), single) - self._pairs, self._pairs_precision)
            by_cell = torch.bmm(single, pull)
            by_component = 0.5 * (single * by_cell).sum(-1)
        else:
            loss, by_cell, by_component = self._slopes_by_pivot(single, joint)
        loss = loss + 0.5 * (rest_one * pull_one).sum(1)
        by_component = by_component + torch.bmm(single, pull_one[:, :, None])[:, :, 0]
        return loss, by_cell.add_(pull_one[:, None, :]), by_component

    def _slopes_by_pivot(self, single: Tensor, joint: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the part of pairs and triples: pairs are the sum of the triples' layers over the pivot's codes."""
        codes = range(self._pivot.start, self._pivot.stop)
        shares = [single[:, :, code, None] for code in codes]
        layers = [torch.bmm((joint * share).transpose(1, 2), single) for share in shares]
        loss, pull_pair = _pull(sum(layers[1:], start=layers[0]) - self._pairs, self._pairs_precision)
        by_cell, by_component = torch.zeros_like(single), torch.zeros_like(single[:, :, 0])
        for layer, share, aim, precision, code in zip(
            layers, shares, self._triples, self._triples_precision, codes, strict=True
        ):
            more, pull = _pull(layer.sub_(aim), precision)
            loss = loss + more
            by_layer = torch.bmm(single, pull.add_(pull_pair))
            by_share = 0.5 * (single * by_layer).sum(-1)
            by_cell.addcmul_(by_layer, share)
            by_cell[:, :, code] += by_share
            by_component += by_share * share[:, :, 0]
        return loss, by_cell, by_component

    def _adam(self, rate: float, pairs: list[tuple[Tensor, Tensor]]) -> None:
        self._step += 1
        step = rate / (1 - _MOMENTUM**self._step)
        correction = 1 - _SECOND**self._step
        for index, (value, gradient) in enumerate(pairs):
            mean, square = self._moments[2 * index], self._moments[2 * index + 1]
            mean.mul_(_MOMENTUM).add_(gradient, alpha=1 - _MOMENTUM)
            square.mul_(_SECOND).addcmul_(gradient, gradient, value=1 - _SECOND)
            value.addcdiv_(mean, (square / correction).sqrt_().add_(1e-8), value=-step)


def _pull(rest: Tensor, precision: Tensor) -> tuple[Tensor, Tensor]:
    """Return half the chi-square of symmetric tables, each pair of columns once, and its derivative by the model."""
    pull = rest * precision
    return 0.25 * (rest * pull).sum((1, 2)), pull


def _generators(seed: int, count: int) -> list[torch.Generator]:
    children = np.random.SeedSequence(seed).spawn(count)
    states = [int(child.generate_state(1, np.uint64)[0] >> 1) for child in children]
    return [torch.Generator().manual_seed(state) for state in states]
