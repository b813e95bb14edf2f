"""Train a variational autoencoder on rows of a teacher, in torch, and then its decoder on the released tables.

The encoder says where in the latent space a row may come from; it is trained with the decoder, by the evidence lower
bound, and is then needed once more: latent points are drawn where it puts the teacher's rows, rather than from the
prior, which has places that no row is mapped to. With these points, the decoder is trained on the tables themselves:
rows of a teacher say nothing of them that the teacher does not know.

References:
    Kingma and Welling (2014), "Auto-Encoding Variational Bayes", https://arxiv.org/abs/1312.6114, Section 2.
    Tomczak and Welling (2018), "VAE with a VampPrior", https://arxiv.org/abs/1705.07120, Section 2 (the aggregate
    posterior as the best prior).
"""

import math

import numpy as np
import torch

from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.mixture.fitting import refuse_missing
from synth_assets.generator.mixture.loss import TableLoss
from synth_assets.generator.mixture.threads import one_thread_each
from synth_assets.generator.networks.layers import Decoder, State, random_of
from synth_assets.generator.networks.tables import BETAS, follow_tables, refuse_divergence
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.progress import Every
from synth_assets.generator.protocol import Progress
from synth_assets.release import Release

__all__ = ["train_autoencoder"]

Tensor = torch.Tensor
POINTS = 1024
"""Latent points: so many components the decoder gives."""
BATCH, RATE = 512, 2e-3
TABLES_RATE = 1e-3
_CHECK_EVERY, _WARM_UP = 10, 50


class _Encoder(torch.nn.Module):
    """A network that takes rows to the mean and the logarithm of the variance of a normal distribution each."""

    def __init__(self, cells: int, *, latent: int, width: int, random: torch.Generator) -> None:
        super().__init__()

        def normal(*shape: int, scale: float) -> torch.nn.Parameter:
            return torch.nn.Parameter(torch.randn(*shape, generator=random) * scale)

        self.codes = normal(cells, width, scale=0.1)
        self.hidden = normal(width, width, scale=math.sqrt(2 / width))
        self.output = normal(width, 2 * latent, scale=0.5 / math.sqrt(width))
        self.biases = torch.nn.ParameterList(torch.zeros(size) for size in (width, width, 2 * latent))

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log variances, shape (rows, latent), of rows of cells, shape (rows, columns)."""
        signals = torch.nn.functional.embedding_bag(rows, self.codes, mode="sum") + self.biases[0]
        signals = torch.addmm(self.biases[1], signals.relu(), self.hidden)
        mean, log_variance = torch.addmm(self.biases[2], signals.relu(), self.output).chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 5)


def train_autoencoder(  # noqa: PLR0913 - what decides a training, by keyword
    release: Release, *, latent: int, width: int, steps: int, seed: int, device: str, progress: Progress | None
) -> State:
    """Return the decoder of an autoencoder that learnt from a mixture's rows, and then from the released tables.

    Args:
        release: the paid answers.
        latent: dimensions of a latent point.
        width: of hidden layers.
        steps: of the autoencoder, and most steps at the full rate on the tables.
        seed: of the teacher, its rows, and the first weights.
        device: where to train.
        progress: called with a message about the progress.

    Raises:
        Diverged: the loss is not a finite number.
        UsageError: torch has no such device here.
    """
    refuse_missing(device)
    targets = fit_targets(release)
    teacher = Teacher.fitted(release, seed=seed, device=device, progress=progress)
    weights_seed, rows_seed = np.random.SeedSequence(seed).spawn(2)
    random, rng = random_of(weights_seed), np.random.Generator(np.random.PCG64(rows_seed))
    decoder = Decoder(targets, latent=latent, width=width, random=random).to(device)
    encoder = _Encoder(targets.layout.cells, latent=latent, width=width, random=random).to(device)
    starts = targets.layout.offsets[:-1]

    def encoded(count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rows = torch.as_tensor(teacher.rows(count, rng=rng) + starts, device=device)
        mean, log_variance = encoder(rows)
        noise = torch.randn(mean.shape, generator=random).to(device)
        return rows, mean, log_variance, mean + (0.5 * log_variance).exp() * noise

    with one_thread_each():
        report = Every(progress, "autoencoder")
        adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], betas=BETAS)
        for step in range(steps):
            rows, mean, log_variance, points = encoded(BATCH)
            logits, totals = decoder.log_totals(points)
            likelihood = (logits.gather(1, rows) - totals).sum(1)
            divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
            loss = (divergence - likelihood).mean()
            adam.param_groups[0]["lr"] = RATE * min((step + 1) / _WARM_UP, 0.5 * (1 + math.cos(math.pi * step / steps)))
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
            if step % _CHECK_EVERY == 0:
                refuse_divergence(loss.detach())
                report(f"step {step + 1} of {steps}, {float(loss.detach()):.2f} nats per row")
        with torch.no_grad():
            points = encoded(POINTS)[3]
        tables = TableLoss(targets, device=device)
        follow_tables(
            decoder, points, tables, steps=steps, rate=TABLES_RATE, report=Every(progress, "decoder on the tables")
        )
        return decoder.state(points)
