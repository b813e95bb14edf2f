"""Train a transformer, in torch; its numbers mean what they mean in ``transformer``, which draws with them."""

import torch
from torch.nn import functional

from synth_assets.generator.networks.distilling import IMPOSSIBLE, LOWEST, Targets, first_numbers, rms_of
from synth_assets.generator.networks.learning import Course, learn, make_generators
from synth_assets.generator.networks.training import Fitting, Shapes, Weights

__all__ = ["TransformerStudent", "train"]

Tensor = torch.Tensor
ROWS, RATE = 64, 4e-3


def train(fitting: Fitting, *, shapes: Shapes, steps: int, heads: int) -> Weights:
    """Return the weights of a transformer; errors as of ``learn``."""
    generator, rng = make_generators(fitting.seed)
    targets = Targets(fitting.teacher, device=fitting.device)
    student = TransformerStudent(targets, shapes, generator=generator, heads=heads)
    return learn(student, fitting, course=Course(steps=steps, rows=ROWS, rate=RATE), rng=rng)


class TransformerStudent:
    """A transformer while it is trained; see ``Student``."""

    def __init__(self, targets: Targets, shapes: Shapes, *, generator: torch.Generator, heads: int) -> None:
        self._targets, self._heads = targets, heads
        self._blocks = sum(name.endswith(".up") for name in shapes)
        self.parameters = first_numbers(shapes, targets, generator=generator, spread=0.5)

    def loss(self, codes: Tensor) -> Tensor:
        """See ``Student``."""
        taught, learnt = self._targets.given_those_before(codes), self.log_probabilities(codes)
        return (taught * (taught.clamp(min=LOWEST).log() - learnt)).sum() / len(codes)

    def log_probabilities(self, codes: Tensor) -> Tensor:
        """Return logarithms of each column's probabilities given those before, shape (columns, rows, most codes)."""
        weights, slots = self.parameters, self._targets.slots
        known = functional.embedding(codes[:, :-1] + self._targets.offsets[:-1], weights["codes"])
        hidden = weights["columns"] + functional.pad(known, (0, 0, 1, 0))
        for block in range(self._blocks):
            hidden = hidden + self._attention(block, rms_of(hidden)) @ weights[f"{block}.mix"].T
            inner = functional.linear(rms_of(hidden), weights[f"{block}.up"], weights[f"{block}.bias"])
            hidden = hidden + functional.relu(inner) @ weights[f"{block}.down"].T
        out = functional.pad(weights["out"], (0, 0, 0, 1))[slots]
        bias = functional.pad(weights["bias"], (0, 1), value=IMPOSSIBLE)[slots]
        return torch.log_softmax(rms_of(hidden).transpose(0, 1) @ out.transpose(1, 2) + bias[:, None], -1)

    def _attention(self, block: int, hidden: Tensor) -> Tensor:
        rows, columns, width = hidden.shape
        looked = (hidden @ self.parameters[f"{block}.look"].T).view(rows, columns, 3, self._heads, width // self._heads)
        asked, keys, values = looked.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(asked, keys, values, is_causal=True)
        return found.transpose(1, 2).reshape(rows, columns, width)
