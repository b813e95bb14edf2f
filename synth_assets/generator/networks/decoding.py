"""Decoder networks in NumPy: latent points become distributions of all columns, to the same bits on every processor.

A decoder has two hidden layers of rectified units and an output per coarse code, normalised by column. Several decoders
lie side by side, with latent points of their own. They are trained in torch, see ``layers``, and computed here.

Matrix products add up in another order on another processor. So weights are multiples of :data:`STEP`, inputs of a
layer are multiples of :data:`INPUT_STEP`, both are bounded, and every product and sum of them is exact in double
precision, in whatever order. Outputs are rounded before they become powers, which are taken from a table.

Arrays of a decoder's state, all float32: ``points``, shape (decoders, points, latent); ``weight1``, (decoders, latent,
width); ``weight2``, (decoders, width, width); ``weight3``, (decoders, width, cells); and ``bias1`` to ``bias3``,
(decoders, 1, outputs).
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats, Layout

__all__ = [
    "LARGEST",
    "LAYERS",
    "MOST_DECODERS",
    "MOST_LATENT",
    "MOST_WIDTH",
    "PARTS",
    "decoded",
    "is_decoder",
    "most_numbers",
    "roots_of_two",
    "rounded",
]

Array = np.ndarray[Any, np.dtype[Any]]
LAYERS = 3
PARTS = ("points", *(f"{part}{layer}" for layer in range(1, LAYERS + 1) for part in ("weight", "bias")))
STEP, INPUT_STEP = 2.0**-16, 2.0**-10
"""Of weights and of inputs. So products are multiples of 2 ** -26, and a sum below 2 ** 27 has all its bits."""
LARGEST, LARGEST_INPUT = 64.0, 1024.0
"""Largest weight and largest input; what is larger is cut. A layer's sum is below ``MOST_WIDTH * 2 ** 16``."""
MOST_DECODERS, MOST_LATENT, MOST_WIDTH = 16, 64, 512
HIGHEST_LOGIT = 30.0
"""Logits are between this and its negative."""
_FRACTIONS = 1 << 10
"""Logits are rounded to so many steps per doubling: shares are off by a 3,000th at most."""
_DOUBLINGS_PER_LOGIT = 1.4426950408889634


def rounded(array: Array, *, step: float = STEP, largest: float = LARGEST) -> NDArray[np.float32]:
    """Return the nearest multiples of ``step`` that are not larger than ``largest``; float32 holds them exactly."""
    return (np.rint(np.clip(array, -largest, largest) / step) * step).astype(np.float32)


def decoded(state: Mapping[str, Array], layout: Layout) -> NDArray[np.float32]:
    """Return the probabilities of coarse codes at all latent points, shape (decoders * points, cells).

    Args:
        state: arrays of decoders, of which :func:`is_decoder` is true.
        layout: the cells.
    """
    signals = state["points"].astype(np.float64)
    for layer in range(1, LAYERS + 1):
        inputs = np.rint(np.clip(signals, -LARGEST_INPUT, LARGEST_INPUT) / INPUT_STEP) * INPUT_STEP
        signals = inputs @ state[f"weight{layer}"].astype(np.float64) + state[f"bias{layer}"].astype(np.float64)
        if layer < LAYERS:
            signals = np.maximum(signals, 0)
    powers = _powers(signals.reshape(-1, layout.cells))
    sums = np.add.reduceat(powers, layout.offsets[:-1], axis=1)
    return (powers / sums[:, layout.column_of_cell]).astype(np.float32)


def _powers(logits: Floats) -> Floats:
    """Return e to the power of each logit, by a table of roots of two; libraries' own differ in their last bits."""
    steps = np.rint(np.clip(logits, -HIGHEST_LOGIT, HIGHEST_LOGIT) * (_DOUBLINGS_PER_LOGIT * _FRACTIONS))
    doublings, fraction = np.divmod(steps.astype(np.int64), _FRACTIONS)
    return np.ldexp(roots_of_two()[fraction], doublings)


def roots_of_two() -> Floats:
    """Return 2 to the power of 0, 1/1024, ..., 1023/1024 in single precision, as float64."""
    return np.exp2(np.arange(_FRACTIONS) / _FRACTIONS).astype(np.float32).astype(np.float64)


def is_decoder(state: Mapping[str, Array], layout: Layout, *, most_points: int) -> bool:
    """Return whether foreign arrays are decoders of this layout whose numbers are bounded multiples of their steps."""
    if set(state) != set(PARTS) or any(state[name].dtype != np.float32 for name in PARTS):
        return False
    points, first = state["points"], state["weight1"]
    if points.ndim != 3 or first.ndim != 3:  # noqa: PLR2004 - decoders, points, latent
        return False
    decoders, latent, width = points.shape[0], points.shape[2], first.shape[2]
    if not (0 < decoders <= MOST_DECODERS and 0 < latent <= MOST_LATENT and 0 < width <= MOST_WIDTH):
        return False
    sizes = (latent, width, width, layout.cells)
    shapes: dict[str, tuple[int, ...]] = {"points": (decoders, points.shape[1], latent)}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        shapes |= {f"weight{layer}": (decoders, inputs, outputs), f"bias{layer}": (decoders, 1, outputs)}
    if {name: array.shape for name, array in state.items()} != shapes:
        return False
    return 0 < decoders * points.shape[1] <= most_points and all(_is_rounded(array) for array in state.values())


def most_numbers(layout: Layout, *, most_points: int) -> int:
    """Return how many numbers the arrays of decoders of a layout hold at most."""
    sizes = (MOST_LATENT, MOST_WIDTH, MOST_WIDTH, layout.cells)
    each = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    return MOST_DECODERS * each + most_points * MOST_LATENT


def _is_rounded(array: Array) -> bool:
    return bool(np.isfinite(array).all()) and bool((rounded(array) == array).all())
