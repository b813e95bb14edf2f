"""Train a masked diffusion, in torch; its numbers mean what they mean in ``diffusion``, which draws with them.

A number of columns from 1 to all is masked, each number as likely as any other; the divergence at the masked columns,
divided by their number, times that of all columns, is on average a bound on the divergence of whole rows.

References:
    Hoogeboom et al. (2022), "Autoregressive Diffusion Models", https://arxiv.org/abs/2110.02037: one column at a time
        in a random order, and its bound.
"""

import torch
from torch.nn import functional

from synth_assets.generator.networks.distilling import IMPOSSIBLE, LOWEST, Targets, first_numbers, rms_of
from synth_assets.generator.networks.learning import Course, learn, make_generators
from synth_assets.generator.networks.training import Fitting, Shapes, Weights

__all__ = ["DiffusionStudent", "train"]

Tensor = torch.Tensor
ROWS, RATE = 256, 4e-3


def train(fitting: Fitting, *, shapes: Shapes, steps: int) -> Weights:
    """Return the weights of a diffusion; errors as of ``learn``."""
    generator, rng = make_generators(fitting.seed)
    targets = Targets(fitting.teacher, device=fitting.device)
    student = DiffusionStudent(targets, shapes, generator=generator)
    return learn(student, fitting, course=Course(steps=steps, rows=ROWS, rate=RATE), rng=rng)


class DiffusionStudent:
    """A diffusion while it is trained; see ``Student``."""

    def __init__(self, targets: Targets, shapes: Shapes, *, generator: torch.Generator) -> None:
        self._targets, self._generator = targets, generator
        self._blocks = sum(name.endswith(".up") for name in shapes)
        self.parameters = first_numbers(shapes, targets, generator=generator, spread=0.1)

    def loss(self, codes: Tensor) -> Tensor:
        """See ``Student``."""
        rows, columns = codes.shape
        seen_of = torch.randint(columns, (rows, 1), generator=self._generator)
        ranks = torch.rand(rows, columns, generator=self._generator).argsort(1).argsort(1)
        seen = (ranks < seen_of).to(codes.device)
        taught, learnt = self._targets.given_seen(codes, seen), self.log_probabilities(codes, seen)
        divergence = (taught * (taught.clamp(min=LOWEST).log() - learnt)).sum(-1).T
        weights = columns / (columns - seen_of).to(codes.device)
        return (divergence * ~seen * weights).sum() / rows

    def log_probabilities(self, codes: Tensor, seen: Tensor) -> Tensor:
        """Return logarithms of each column's probabilities given what is seen, shape (columns, rows, most codes)."""
        weights, columns = self.parameters, codes.shape[1]
        masks = len(weights["codes"]) + torch.arange(columns, device=codes.device)
        known = torch.where(seen, codes + self._targets.offsets, masks)
        hidden = functional.embedding_bag(known, torch.cat([weights["codes"], weights["masks"]]), mode="sum")
        for block in range(self._blocks):
            inner = functional.linear(rms_of(hidden), weights[f"{block}.up"], weights[f"{block}.bias"])
            hidden = hidden + functional.relu(inner) @ weights[f"{block}.down"].T
        logits = functional.linear(rms_of(hidden), weights["out"], weights["bias"])
        return torch.log_softmax(self._targets.by_column(logits, beyond=IMPOSSIBLE), -1)
