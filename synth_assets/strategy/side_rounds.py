"""What a release measures beside one-way tables, pairs and triples: one class and one line each.

A side round is drawn after the one-way tables and before the pairs, in the order of
:data:`SIDE_ROUNDS`. Its share of the budget is set aside before anything is drawn; what it
does not need is left for the pairs.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from synth_assets.domain import Domain
from synth_assets.release import NoisyMarginal
from synth_assets.strategy.heaping import HeapRound
from synth_assets.strategy.measurer import Measurer
from synth_assets.strategy.ordering import OrderRound
from synth_assets.strategy.tailing import TailRound

__all__ = ["SIDE_ROUNDS", "SideRound", "side_rounds"]


class SideRound(Protocol):
    """One draw of a release.

    Attributes:
        since: the layout from which on releases have it.
        rho: what may be spent, at most; 0 if the domain has nothing to ask about.
        answers: what was drawn, empty before.
    """

    since: ClassVar[int]

    rho: float
    answers: tuple[Any, ...]

    def __init__(self, *, measurer: Measurer, domain: Domain, rho: float) -> None:
        """Set aside a share of ``rho``, which is that of the whole release."""

    def measure(self, one_ways: Sequence[NoisyMarginal]) -> None:
        """Draw; without anything to ask about draw nothing.

        Args:
            one_ways: the noisy one-way tables, in the order of the domain's columns.
        """


SIDE_ROUNDS: tuple[type[SideRound], ...] = (HeapRound, OrderRound, TailRound)


def side_rounds(*, measurer: Measurer, domain: Domain, layout: int) -> list[SideRound]:
    """Return the side rounds of a release in a layout."""
    return [
        kind(measurer=measurer, domain=domain, rho=measurer.rho_left) for kind in SIDE_ROUNDS if layout >= kind.since
    ]
