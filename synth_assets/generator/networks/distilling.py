"""What a teacher says of each column given others: soft targets, in torch.

A row shows one code per column. Its teacher, a mixture, can say more: the probabilities of
all codes given other columns, in closed form. A network that learns these needs fewer rows.

References:
    Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network", https://arxiv.org/abs/1503.02531.
"""

from collections.abc import Mapping

import numpy as np
import torch

from synth_assets.generator.networks.drawing import SMALL
from synth_assets.generator.networks.teacher import Teacher

__all__ = ["IMPOSSIBLE", "LOWEST", "Targets", "first_numbers", "rms_of"]

Tensor = torch.Tensor
LOWEST = 1e-30
"""Probability below which a code cannot be told from an impossible one."""
IMPOSSIBLE = -1e9
"""Logit of what is beyond a column's codes."""


class Targets:
    """Probabilities of coarse codes, in tables of shape (columns, rows, most codes of a column), 0 beyond its codes.

    Attributes:
        slots: the cell of each entry; the number of all cells beyond a column's codes, shape (columns, most codes).
        offsets: the first cell of each column, shape (columns,).
        one_way: probabilities of all cells, shape (cells,).
    """

    def __init__(self, teacher: Teacher, *, device: str) -> None:
        layout = teacher.layout
        codes = torch.arange(int(layout.sizes.max()), device=device)
        sizes = torch.as_tensor(layout.sizes, device=device)[:, None]
        self.offsets = torch.as_tensor(layout.offsets[:-1], device=device)
        self.slots = torch.where(codes < sizes, self.offsets[:, None] + codes, layout.cells)
        weights, probabilities = teacher.components()
        self.one_way = torch.as_tensor(weights @ probabilities, dtype=torch.float32, device=device)
        self._weights = torch.as_tensor(weights, dtype=torch.float32, device=device)
        self._by_cell = torch.as_tensor(np.ascontiguousarray(probabilities.T), dtype=torch.float32, device=device)
        self._by_slot = self.by_column(self._by_cell.T, beyond=0.0)
        self._logs = self._by_cell.clamp(min=LOWEST).log()

    def given_those_before(self, codes: Tensor) -> Tensor:
        """Return each column's probabilities given the columns before it, of rows of shape (rows, columns)."""
        cells, owners = codes + self.offsets, self._weights.expand(len(codes), -1)
        tables = []
        for column in range(codes.shape[1]):
            tables.append(owners @ self._by_slot[column])
            owners = owners * self._by_cell[cells[:, column]]
            owners = owners / owners.sum(1, keepdim=True)
        return torch.stack(tables)

    def given_seen(self, codes: Tensor, seen: Tensor) -> Tensor:
        """Return each column's probabilities given the columns that are seen, a mask of shape (rows, columns)."""
        hits = torch.zeros(len(codes), len(self.one_way), device=codes.device)
        hits.scatter_(1, codes + self.offsets, seen.float())
        owners = torch.softmax(hits @ self._logs + self._weights.clamp(min=LOWEST).log(), 1)
        return self.by_column(owners @ self._by_cell.T, beyond=0.0)

    def by_column(self, flat: Tensor, *, beyond: float) -> Tensor:
        """Return a table from numbers of all cells, shape (rows, cells)."""
        padded = torch.nn.functional.pad(flat, (0, 1), value=beyond)
        return padded[:, self.slots].transpose(0, 1)


def first_numbers(
    shapes: Mapping[str, tuple[int, ...]], targets: Targets, *, generator: torch.Generator, spread: float
) -> dict[str, Tensor]:
    """Return the first parameters of a network, which predicts little more than the one-way tables.

    Args:
        shapes: by name, such as ``0.up`` for the first layer of a block.
        targets: what it learns.
        generator: draws them.
        spread: standard deviation of what a network is told.
    """
    fixed = {"bias": 0.0, "codes": spread, "columns": spread, "masks": spread, "out": 0.02}
    gains = {"up": 2**0.5, "mix": 0.5, "down": 0.5}
    parameters = {}
    for name, shape in shapes.items():
        part = name.rpartition(".")[2]
        size = fixed.get(part, gains.get(part, 1.0) * shape[-1] ** -0.5)
        parameters[name] = (torch.randn(shape, generator=generator) * size).to(targets.one_way.device)
    parameters["bias"] = targets.one_way.clamp(min=SMALL).log()
    return parameters


def rms_of(hidden: Tensor) -> Tensor:
    """Return what ``drawing.rms`` does, along the last axis."""
    return hidden * torch.rsqrt((hidden * hidden).mean(-1, keepdim=True) + SMALL)
