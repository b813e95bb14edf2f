"""The kinds of answers, one module each: how a kind is queried, priced, journaled, stored, stated and audited.

A new kind is a module here, a module of the same name in ``source.queries``
that computes its exact values, a page under ``docs/privacy`` and a line in :data:`KINDS`.
"""

from collections.abc import Iterable

from synth_assets.errors import IntegrityError
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.heaping import NoisyHeaping
from synth_assets.release.kinds.marginals import NoisyMarginal
from synth_assets.release.kinds.orders import NoisyOrders
from synth_assets.release.kinds.scores import NoisyScores
from synth_assets.release.kinds.tails import NoisyTails
from synth_assets.release.kinds.tallies import NoisyTally
from synth_assets.release.kinds.thresholds import Discovery
from synth_assets.release.kinds.workloads import NoisyWorkload

__all__ = ["KINDS", "kind_of", "of_each_kind"]

KINDS: dict[str, type[Answer]] = {
    "thresholds": Discovery,
    "scores": NoisyScores,
    "marginals": NoisyMarginal,
    "heaping": NoisyHeaping,
    "orders": NoisyOrders,
    "tails": NoisyTails,
    "tallies": NoisyTally,
    "workloads": NoisyWorkload,
}
"""In the order of a statement: thresholds come first, because they decide the columns."""


def kind_of(name: object) -> type[Answer]:
    """Return the class of a kind.

    Raises:
        IntegrityError: there is no such kind.
    """
    if name not in KINDS:
        raise IntegrityError(f"answers of kind {str(name)[:40]!r} are not known", hint="update synth-assets")
    return KINDS[str(name)]


def of_each_kind(answers: Iterable[Answer]) -> dict[type[Answer], list[Answer]]:
    """Group answers by kind, in the order of :data:`KINDS`, including kinds without answers."""
    listed = list(answers)
    return {kind: [answer for answer in listed if isinstance(answer, kind)] for kind in KINDS.values()}
