"""The measurer of one reservation: noise, odometer and journal for queries of any kind.

Nothing here depends on a kind. A query states its noise, ``source.queries`` computes
its exact values, and the class of its answers defines how the journal stores them.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from synth_assets.errors import Fault
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.noise import Odometer, draw_noise
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.answers import Query
from synth_assets.release.kinds import kind_of
from synth_assets.source.engine import CountEngine
from synth_assets.source.queries import exact_values
from synth_assets.strategy.measurer import Request

__all__ = ["PaidMeasurer"]


class PaidMeasurer:
    """The :class:`~synth_assets.strategy.measurer.Measurer` of one reservation.

    Args:
        engine: computes exact values when a draw needs them; a replayed draw does not.
        journal: the journal of the reservation.
        odometer: capped at the loss of the reservation.
        unit: the privacy unit.
        first_draw: number of the first draw.
        undisturbed: a lock, held from the announcement of a draw until its answer is durable.
    """

    __slots__ = ("_engine", "_journal", "_number", "_odometer", "_undisturbed", "_unit")

    def __init__(  # noqa: PLR0913 - what a paid draw touches
        self,
        engine: CountEngine,
        *,
        journal: Journal,
        odometer: Odometer,
        unit: PrivacyUnit,
        first_draw: int,
        undisturbed: Lock,
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._odometer = odometer
        self._unit = unit
        self._number = first_draw
        self._undisturbed = undisturbed

    @property
    def rho_left(self) -> float:
        """See ``Measurer``."""
        return self._odometer.left

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """See ``Measurer``."""
        queries = [request.query for request in requests]
        kinds = {query.kind for query in queries}
        if len(kinds) != 1:
            raise Fault("a draw takes queries of one kind", hint="check the strategy")
        kind = kind_of(kinds.pop())
        noises = [request.query.noise(unit=self._unit, rho=request.rho, delta=request.delta) for request in requests]
        self._odometer.spend((noise.rho for noise in noises), deltas=(noise.delta for noise in noises))
        number, self._number = self._number, self._number + 1
        answer = self._journal.draw(
            number,
            kind.announced(queries, noises, unit=self._unit),
            exact=lambda: _as_asked(exact_values(queries, self._engine), queries),
            noisy=lambda exact: kind.journaled(
                [kind.kept(draw_noise(values, noise)) for values, noise in zip(exact, noises, strict=True)]
            ),
            undisturbed=self._undisturbed,
        )
        parts = zip(queries, noises, kind.parts(answer), strict=True)
        return [kind.from_journal(query, noise, part, draw=number) for query, noise, part in parts]


def _as_asked(exact: Sequence[Any], queries: Sequence[Query]) -> Sequence[Any]:
    """Return exact values that are what their queries say; all else would be noticed only after a draw was paid.

    A shape that rows decide would also leave with the answer.

    Raises:
        Fault: their number, type or shape is another one.
    """
    fits = len(exact) == len(queries) and all(map(_fits, exact, queries))
    if not fits:
        raise Fault("exact values are not what was asked", hint="check the kind's module in source.queries")
    return exact


def _fits(exact: Any, query: Query) -> bool:
    if query.shape() is None:
        return isinstance(exact, dict)
    return isinstance(exact, np.ndarray) and exact.dtype == np.int64 and exact.shape == query.shape()
