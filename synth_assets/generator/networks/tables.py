"""Train a decoder on the released tables, in torch: its points' mixture comes as near to them as noise allows.

The loss is the mixture's: half the chi-square of all tables under their known variances. Latent points stay the same
during training and after, so what was trained is what is sampled: other points of the same networks are far off, with a
chi-square per clear cell of 12 and not of 1. The rate is full until cells that are clear of noise are as far from the
tables as noise alone would put them, and then decreases to zero.

References:
    Liu, Vietri and Wu (2021), "Iterative Methods for Private Synthetic Data: Unifying Framework and New Methods",
    https://arxiv.org/abs/2106.07153, Section 4.2 (GEM).
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.mixture.fitting import CLEAR_LEVEL, refuse_missing
from synth_assets.generator.mixture.loss import TableLoss
from synth_assets.generator.mixture.threads import one_thread_each
from synth_assets.generator.networks.layers import Decoder, State, random_of, side_by_side
from synth_assets.generator.networks.training import Diverged
from synth_assets.generator.progress import CountedProgress, Every
from synth_assets.generator.protocol import Progress
from synth_assets.release import Release

__all__ = ["follow_tables", "refuse_divergence", "train_networks"]

Tensor = torch.Tensor
RATE = 2e-3
BETAS = (0.9, 0.99)
_CHECK_EVERY, _WARM_UP = 10, 20
_FEWEST_SETTLING = 40


def train_networks(  # noqa: PLR0913 - what decides a training, by keyword
    release: Release,
    *,
    networks: int,
    points: int,
    latent: int,
    width: int,
    steps: int,
    seed: int,
    device: str = "cpu",
    progress: Progress | None = None,
) -> State:
    """Return decoders that were trained on a release's tables, each alone and on a thread of its own.

    Args:
        release: the paid answers.
        networks: how many.
        points: latent points of each.
        latent: dimensions of a point.
        width: of their hidden layers.
        steps: see :func:`follow_tables`.
        seed: determines the latent points and the first weights.
        device: where to train.
        progress: called with a message about the progress.

    Raises:
        Diverged: the loss is not a finite number.
        UsageError: torch has no such device here.
    """
    refuse_missing(device)
    targets = fit_targets(release)
    tables = TableLoss(targets, device=device)

    def train(number: int) -> State:
        if device == "cpu":
            torch.set_num_threads(1)
        random = random_of(seeds[number])
        decoder = Decoder(targets, latent=latent, width=width, random=random).to(device)
        noise = torch.randn(points, latent, generator=random).to(device)
        report = Every(progress, f"network {number + 1} of {networks}")
        follow_tables(decoder, noise, tables, steps=steps, rate=RATE, report=report)
        count()
        return decoder.state(noise)

    seeds = np.random.SeedSequence(seed).spawn(networks)
    count = CountedProgress(progress, words=f"trained {{}} of {networks} networks")
    workers = min(networks, os.cpu_count() or 1) if device == "cpu" else 1
    with one_thread_each(), ThreadPoolExecutor(workers) as pool:
        return side_by_side(list(pool.map(train, range(networks))))


def follow_tables(  # noqa: PLR0913 - what decides a training, by keyword
    decoder: Decoder, points: Tensor, tables: TableLoss, *, steps: int, rate: float, report: Every
) -> None:
    """Train a decoder in place.

    Args:
        decoder: as it is so far.
        points: its latent points, shape (points, latent).
        tables: what was released.
        steps: most steps at the full rate; half as many as were taken follow while it decreases.
        rate: of Adam.
        report: told of the steps.

    Raises:
        Diverged: the loss is not a finite number.
    """
    adam = torch.optim.Adam(decoder.parameters(), betas=BETAS)
    weights = torch.full((1, len(points)), 1 / len(points), device=points.device)

    def descend(share: float) -> tuple[Tensor, Tensor]:
        single = decoder(points)
        fixed = single.detach()[None]
        loss, slopes, _ = tables.slopes(fixed, weights)
        adam.param_groups[0]["lr"] = rate * share
        adam.zero_grad()
        single.backward(slopes[0] / len(points))
        adam.step()
        return loss, fixed

    taken = 0
    while taken < steps:
        loss, fixed = descend(min(1.0, (taken + 1) / _WARM_UP))
        taken += 1
        if taken % _CHECK_EVERY == 0:
            refuse_divergence(loss)
            level = tables.per_clear_cell(fixed, weights)
            report(f"step {taken}, chi-square {level:.2f} per clear cell")
            if level <= CLEAR_LEVEL:
                break
    settling = max(_FEWEST_SETTLING, taken // 2)
    for done in range(settling):
        loss, _ = descend(0.5 * (1 + math.cos(math.pi * done / settling)))
        report(f"step {done + 1} of the last {settling}")
    refuse_divergence(loss)
    refuse_divergence(decoder(points))


def refuse_divergence(values: Tensor) -> None:
    """Refuse a loss, or anything that is learnt, that is no longer finite.

    Raises:
        Diverged: it is not.
    """
    if not bool(values.isfinite().all()):
        raise Diverged("the loss is not a finite number")
