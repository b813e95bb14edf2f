"""A decoder while it is trained, in torch; see ``decoding`` for what it computes."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from synth_assets.generator.cells.targets import FitTargets
from synth_assets.generator.networks.decoding import HIGHEST_LOGIT, LARGEST_INPUT, LAYERS, rounded

__all__ = ["Decoder", "State", "random_of", "side_by_side"]

Tensor = torch.Tensor
State = dict[str, NDArray[Any]]
_FLOOR = 1e-4
"""Smallest probability of a cell before training."""


class Decoder(torch.nn.Module):
    """A network that takes latent points to distributions of all columns.

    Args:
        targets: the cells, and their probabilities where training starts.
        latent: dimensions of a point.
        width: of both hidden layers.
        random: determines the first weights, on the CPU, so that they are the same for every device.
    """

    def __init__(self, targets: FitTargets, *, latent: int, width: int, random: torch.Generator) -> None:
        super().__init__()
        sizes = (latent, width, width, targets.layout.cells)
        self.weights, self.biases = torch.nn.ParameterList(), torch.nn.ParameterList()
        for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
            spread = math.sqrt((2 if layer < LAYERS else 1) / inputs)
            self.weights.append(torch.nn.Parameter(torch.randn(inputs, outputs, generator=random) * spread))
            self.biases.append(torch.nn.Parameter(torch.zeros(outputs)))
        start = torch.as_tensor(targets.one_way, dtype=torch.float32).clamp(min=_FLOOR).log()
        self.biases[-1].data += start.clamp(-HIGHEST_LOGIT, HIGHEST_LOGIT)
        member = np.zeros((targets.layout.cells, targets.layout.sizes.size), np.float32)
        member[np.arange(targets.layout.cells), targets.layout.column_of_cell] = 1
        self.member: Tensor
        self.register_buffer("member", torch.as_tensor(member))

    def logits(self, points: Tensor) -> Tensor:
        """Return logits of all cells, shape (points, cells), of points of shape (points, latent)."""
        signals = points
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            signals = torch.addmm(bias, signals, weight)
            if layer < LAYERS:
                signals = signals.clamp(0, LARGEST_INPUT)
        return signals.clamp(-HIGHEST_LOGIT, HIGHEST_LOGIT)

    def forward(self, points: Tensor) -> Tensor:
        """Return probabilities of all cells, shape (points, cells); each column's add up to 1."""
        powers = self.logits(points).exp()
        return powers / ((powers @ self.member) @ self.member.T)

    def log_totals(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return :meth:`logits`, and the logarithm of each column's sum of powers, shape (points, columns)."""
        logits = self.logits(points)
        return logits, (logits.exp() @ self.member).log()

    def state(self, points: Tensor) -> State:
        """Return the arrays of ``decoding`` with latent points, of one decoder."""
        state: dict[str, Tensor] = {"points": points}
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            state |= {f"weight{layer}": weight, f"bias{layer}": bias[None]}
        return {name: rounded(values.detach().cpu().numpy())[None] for name, values in state.items()}


def side_by_side(states: Sequence[State]) -> State:
    """Return the arrays of several decoders of the same sizes as those of one state."""
    return {name: np.concatenate([state[name] for state in states]) for name in states[0]}


def random_of(seed: np.random.SeedSequence) -> torch.Generator:
    """Return torch's random numbers of a seed."""
    return torch.Generator().manual_seed(int(seed.generate_state(1, np.uint64)[0] >> 1))
