"""Draw noise: OpenDP's discrete Gaussian on integers, with or without a threshold. No other module draws noise.

The amount of noise is decided earlier, by ``privacy.noise``. Noise cannot be seeded.
Privacy losses are summed exactly, as fractions, and an :class:`Odometer` refuses a
draw that would exceed what the reservation paid.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import Fault
from synth_assets.privacy import ATTO, NANO, PrivacyLoss, atto_delta_of, nano_rho_of, rounded_down
from synth_assets.privacy.maps import gaussian_on_counts, threshold_on_texts
from synth_assets.privacy.noise import GaussianNoise, Noise, ThresholdNoise

__all__ = ["Odometer", "draw_counts", "draw_histogram", "draw_noise"]


class Odometer:
    """Sums privacy losses and refuses a sum above the cap.

    Args:
        cap: what the reservation paid.
    """

    __slots__ = ("_cap", "_deltas", "_spent")

    def __init__(self, cap: PrivacyLoss) -> None:
        self._cap = cap
        self._spent: list[float] = []
        self._deltas: list[float] = []

    @property
    def left(self) -> float:
        """Remaining rho, rounded down."""
        return rounded_down(Fraction(self._cap.nano_rho, NANO) - sum(map(Fraction, self._spent), start=Fraction(0)))

    @property
    def delta_left(self) -> float:
        """Remaining delta for thresholds, rounded down."""
        spent = sum(map(Fraction, self._deltas), start=Fraction(0))
        return rounded_down(Fraction(self._cap.atto_delta, ATTO) - spent)

    def spend(self, rhos: Iterable[float], *, deltas: Iterable[float] = ()) -> None:
        """Record the losses of mechanisms that are about to be drawn; ``deltas`` are those of thresholds.

        Raises:
            Fault: a sum would exceed the cap; nothing is recorded and nothing may be drawn.
        """
        spent, spent_deltas = [*self._spent, *rhos], [*self._deltas, *deltas]
        if not PrivacyLoss(nano_rho=nano_rho_of(spent), atto_delta=atto_delta_of(spent_deltas)).fits(self._cap):
            raise Fault("a draw would pass what the reservation paid", hint="ask for less")
        self._spent, self._deltas = spent, spent_deltas


def draw_noise(exact: Any, noise: Noise) -> Any:
    """Return exact values with fresh noise; calling again is a second release and costs again."""
    return draw_histogram(exact, noise) if isinstance(noise, ThresholdNoise) else draw_counts(exact, noise)


def draw_counts(counts: NDArray[np.int64], noise: GaussianNoise) -> NDArray[np.int64]:
    """Return ``counts`` with fresh noise, in their shape; calling again is a second release and costs again."""
    noisy = gaussian_on_counts(noise.scale)(counts.ravel())
    return np.asarray(noisy, dtype=np.int64).reshape(counts.shape)


def draw_histogram(histogram: Mapping[str, int], noise: ThresholdNoise) -> list[tuple[str, int]]:
    """Return the texts above the threshold with their noisy counts, by decreasing count, then by text.

    Calling it again is a second release and costs again.
    """
    released = threshold_on_texts(noise.scale, noise.threshold)(dict(histogram))
    # OpenDP releases counts equal to the threshold too, whose probability the delta does not cover.
    above = [(str(text), int(count)) for text, count in released.items() if count > noise.threshold]
    return sorted(above, key=lambda pair: (-pair[1], pair[0]))
