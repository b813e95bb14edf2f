"""The kind ``diffusion``: any column's code given any others, which is what undoing a masking takes.

Masked (absorbing) diffusion hides codes at random, one after the other, until none is left; a network that predicts
what is hidden from what is not can undo it. Here a column is undone at a time, in an order that each piece of
rows draws anew, so nothing is lost to columns that are undone at once. This module draws rows, in NumPy;
``diffusion_training`` computes the same in torch.

References:
    Austin et al. (2021), "Structured Denoising Diffusion Models in Discrete State-Spaces",
        https://arxiv.org/abs/2107.03006: the absorbing state.
    Sahoo et al. (2024), "Simple and Effective Masked Diffusion Language Models", https://arxiv.org/abs/2406.07524:
        the bound is a weighted cross-entropy of what is masked.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from synth_assets.contract.generator import Options
from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.generator.networks.drawing import rms, softmax
from synth_assets.generator.networks.row_network import RowNetwork
from synth_assets.generator.networks.training import Fitting, Weights

__all__ = ["DiffusionGenerator", "DiffusionOptions"]

LARGEST_WIDTH, MOST_BLOCKS = 512, 6


class DiffusionOptions(Options):
    """What a contract may say of a diffusion."""

    width: int = Field(default=128, ge=16, le=LARGEST_WIDTH, description="numbers per row")
    blocks: int = Field(default=2, ge=1, le=MOST_BLOCKS, description="blocks of two layers")
    steps: int = Field(default=4000, ge=1, le=100_000, description="most steps of training")


class DiffusionGenerator(RowNetwork):
    """A masked diffusion that learnt from a mixture that was fitted to the release; see ``RowNetwork``."""

    kind: ClassVar[str] = "diffusion"
    options: ClassVar[type[Options]] = DiffusionOptions
    largest_size: ClassVar[tuple[int, int]] = (LARGEST_WIDTH, MOST_BLOCKS)

    @classmethod
    def shapes(cls, layout: Layout, *, width: int, blocks: int) -> dict[str, tuple[int, ...]]:
        """See ``RowNetwork``."""
        shapes: dict[str, tuple[int, ...]] = {
            "codes": (layout.cells, width),
            "masks": (layout.sizes.size, width),
            "out": (layout.cells, width),
            "bias": (layout.cells,),
        }
        for block in range(blocks):
            shapes |= {
                f"{block}.up": (width, width),
                f"{block}.bias": (width,),
                f"{block}.down": (width, width),
            }
        return shapes

    @classmethod
    def numbers_per_row(cls, layout: Layout, *, width: int, blocks: int) -> int:
        """See ``RowNetwork``."""
        del blocks
        return 6 * width + 3 * int(layout.sizes.max())

    @classmethod
    def order(cls, layout: Layout, *, first: Sequence[int], rng: np.random.Generator) -> list[int]:
        """See ``RowNetwork``; a random order."""
        columns = rng.permutation(layout.sizes.size)
        return sorted(map(int, columns), key=lambda column: column not in first)

    @classmethod
    def begin(cls, weights: Weights, layout: Layout, *, rows: int) -> "DiffusionRows":
        """See ``RowNetwork``."""
        return DiffusionRows(weights, layout, rows)

    @classmethod
    def train(cls, fitting: Fitting, *, options: Options) -> Weights:
        """See ``RowNetwork``; imports torch."""
        from synth_assets.generator.networks.diffusion_training import train

        chosen = DiffusionOptions.model_validate(options.model_dump())
        shapes = cls.shapes(fitting.teacher.layout, width=chosen.width, blocks=chosen.blocks)
        return train(fitting, shapes=shapes, steps=chosen.steps)


class DiffusionRows:
    """Rows under way, all of which have the same columns masked."""

    def __init__(self, weights: Weights, layout: Layout, rows: int) -> None:
        self._weights, self._layout = weights, layout
        self._blocks = sum(name.endswith(".up") for name in weights)
        self._sum: Floats = np.repeat(weights["masks"].sum(axis=0, keepdims=True), rows, axis=0)

    def probabilities(self, column: int) -> Floats:
        """See ``Drawing``."""
        weights, hidden, cells = self._weights, self._sum, self._layout.offsets[column : column + 2]
        for block in range(self._blocks):
            inner = rms(hidden) @ weights[f"{block}.up"].T
            inner += weights[f"{block}.bias"]
            hidden = hidden + np.maximum(inner, 0, out=inner) @ weights[f"{block}.down"].T
        return softmax(rms(hidden) @ weights["out"][slice(*cells)].T + weights["bias"][slice(*cells)])

    def take(self, column: int, codes: Integers) -> None:
        """See ``Drawing``."""
        self._sum += self._weights["codes"][self._layout.offsets[column] + codes] - self._weights["masks"][column]

    def keep(self, rows: Integers) -> None:
        """See ``Drawing``."""
        self._sum = self._sum[rows]
