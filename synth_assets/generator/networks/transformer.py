"""The kind ``transformer``: each column's code given those of the columns before it.

A column is a token: what it knows is the code of the column before, and its own place. Attention looks
back at all columns before. This module draws rows, in NumPy, with a cache of what attention looks back at;
``transformer_training`` computes the same in torch.

References:
    Vaswani et al. (2017), "Attention Is All You Need", https://arxiv.org/abs/1706.03762, Section 3.
    Zhang and Sennrich (2019), "Root Mean Square Layer Normalization", https://arxiv.org/abs/1910.07467, without gains.
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

__all__ = ["TransformerGenerator", "TransformerOptions"]

HEADS = 4
WIDENING = 4
"""Width of the layer between attentions, relative to the network's."""
LARGEST_WIDTH, MOST_BLOCKS = 256, 6


class TransformerOptions(Options):
    """What a contract may say of a transformer."""

    width: int = Field(default=64, ge=16, le=LARGEST_WIDTH, multiple_of=16, description="numbers per column")
    blocks: int = Field(default=2, ge=1, le=MOST_BLOCKS, description="blocks of attention and a layer")
    steps: int = Field(default=1500, ge=1, le=100_000, description="most steps of training")


class TransformerGenerator(RowNetwork):
    """A transformer that learnt from a mixture that was fitted to the release; see ``RowNetwork``."""

    kind: ClassVar[str] = "transformer"
    options: ClassVar[type[Options]] = TransformerOptions
    largest_size: ClassVar[tuple[int, int]] = (LARGEST_WIDTH, MOST_BLOCKS)

    @classmethod
    def shapes(cls, layout: Layout, *, width: int, blocks: int) -> dict[str, tuple[int, ...]]:
        """See ``RowNetwork``."""
        shapes: dict[str, tuple[int, ...]] = {
            "codes": (layout.cells, width),
            "columns": (layout.sizes.size, width),
            "out": (layout.cells, width),
            "bias": (layout.cells,),
        }
        for block in range(blocks):
            shapes |= {
                f"{block}.look": (3 * width, width),
                f"{block}.mix": (width, width),
                f"{block}.up": (WIDENING * width, width),
                f"{block}.bias": (WIDENING * width,),
                f"{block}.down": (width, WIDENING * width),
            }
        return shapes

    @classmethod
    def numbers_per_row(cls, layout: Layout, *, width: int, blocks: int) -> int:
        """See ``RowNetwork``."""
        return 2 * blocks * width * layout.sizes.size + 8 * WIDENING * width

    @classmethod
    def order(cls, layout: Layout, *, first: Sequence[int], rng: np.random.Generator) -> list[int]:
        """See ``RowNetwork``; the domain's order, in which it learnt."""
        del first, rng
        return list(range(layout.sizes.size))

    @classmethod
    def begin(cls, weights: Weights, layout: Layout, *, rows: int) -> "TransformerRows":
        """See ``RowNetwork``."""
        return TransformerRows(weights, layout, rows)

    @classmethod
    def train(cls, fitting: Fitting, *, options: Options) -> Weights:
        """See ``RowNetwork``; imports torch."""
        from synth_assets.generator.networks.transformer_training import train

        chosen = TransformerOptions.model_validate(options.model_dump())
        shapes = cls.shapes(fitting.teacher.layout, width=chosen.width, blocks=chosen.blocks)
        return train(fitting, shapes=shapes, steps=chosen.steps, heads=HEADS)


class TransformerRows:
    """Rows under way, all of which have codes of the same columns."""

    def __init__(self, weights: Weights, layout: Layout, rows: int) -> None:
        self._weights, self._layout = weights, layout
        width, self._blocks = weights["codes"].shape[1], sum(name.endswith(".look") for name in weights)
        cache = (self._blocks, 2, layout.sizes.size, rows, HEADS, width // HEADS)
        self._cache: Floats = np.empty(cache)
        self._next: Floats = np.repeat(weights["columns"][:1], rows, axis=0)

    def probabilities(self, column: int) -> Floats:
        """See ``Drawing``."""
        weights, hidden, cells = self._weights, self._next, self._layout.offsets[column : column + 2]
        for block in range(self._blocks):
            hidden = hidden + self._attention(block, column, rms(hidden)) @ weights[f"{block}.mix"].T
            inner = rms(hidden) @ weights[f"{block}.up"].T
            inner += weights[f"{block}.bias"]
            hidden += np.maximum(inner, 0, out=inner) @ weights[f"{block}.down"].T
        return softmax(rms(hidden) @ weights["out"][slice(*cells)].T + weights["bias"][slice(*cells)])

    def take(self, column: int, codes: Integers) -> None:
        """See ``Drawing``."""
        if column + 1 < self._layout.sizes.size:
            known = self._weights["codes"][self._layout.offsets[column] + codes]
            self._next = known + self._weights["columns"][column + 1]

    def keep(self, rows: Integers) -> None:
        """See ``Drawing``."""
        self._cache, self._next = self._cache[:, :, :, rows], self._next[rows]

    def _attention(self, block: int, column: int, hidden: Floats) -> Floats:
        """Return what a column's token finds at the columns before it and at itself, shape (rows, width)."""
        rows, width = hidden.shape
        keys, values = self._cache[block]
        looked = (hidden @ self._weights[f"{block}.look"].T).reshape(rows, 3, HEADS, width // HEADS)
        keys[column], values[column] = looked[:, 1], looked[:, 2]
        asked = looked[:, 0] / np.sqrt(width // HEADS)
        scores = np.einsum("nhd,jnhd->nhj", asked, keys[: column + 1])
        shares = softmax(scores.reshape(rows * HEADS, column + 1)).reshape(scores.shape)
        found: Floats = np.einsum("nhj,jnhd->nhd", shares, values[: column + 1])
        return found.reshape(rows, width)
