"""What a strategy may use: paid, journaled draws of noisy tables.

One call of :meth:`Measurer.measure` is one draw of a batch of tables. Every
table is measured by its own mechanism at ``d_in`` = the unit's ``max_rows``,
and their losses add up under the odometer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.noise import CountNoise, Odometer, draw_counts, make_noise
from synth_assets.release import Level, NoisyMarginal
from synth_assets.source.counts import Counter

__all__ = ["Measurer", "PaidMeasurer", "TableRequest"]

Grids = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRequest:
    """One table that a strategy wants.

    Attributes:
        attributes: the columns, in the order of the axes.
        level: fine codes, or coarse ones by the grids of the call.
        rho: what it may cost at most.
    """

    attributes: tuple[str, ...]
    level: Level
    rho: float


class Measurer(Protocol):
    """Every call is one paid, journaled draw."""

    @property
    def rho_left(self) -> float:
        """Rho that the reservation still covers, rounded down."""
        ...

    def measure(self, tables: Sequence[TableRequest], *, grids: Grids) -> list[NoisyMarginal]:
        """Return one noisy table a request; raises Fault when the rest does not cover them."""
        ...


class PaidMeasurer:
    """The :class:`Measurer` of one reservation.

    Args:
        counter: makes the exact counts when a draw needs them; a replayed draw does not.
        journal: of the reservation.
        odometer: capped at the reservation.
        max_rows: rows of one unit.
        undisturbed: held from the announcement of a draw until its answer is durable.
    """

    __slots__ = ("_counter", "_draws", "_journal", "_max_rows", "_odometer", "_undisturbed")

    def __init__(
        self, counter: Callable[[], Counter], *, journal: Journal, odometer: Odometer, max_rows: int, undisturbed: Lock
    ) -> None:
        self._counter = counter
        self._journal = journal
        self._odometer = odometer
        self._max_rows = max_rows
        self._undisturbed = undisturbed
        self._draws = 0

    @property
    def rho_left(self) -> float:
        """See :class:`Measurer`."""
        return self._odometer.left

    def measure(self, tables: Sequence[TableRequest], *, grids: Grids) -> list[NoisyMarginal]:
        """See :class:`Measurer`."""
        noises = [make_noise(max_rows=self._max_rows, rho=table.rho) for table in tables]
        self._odometer.spend(noise.rho for noise in noises)
        self._draws += 1
        drawn = self._journal.draw(
            self._draws,
            _request(tables, noises, grids),
            exact=lambda: self._counter().count([(table.attributes, table.level) for table in tables], grids=grids),
            noisy=lambda counts: [
                draw_counts(count, noise).tolist() for count, noise in zip(counts, noises, strict=True)
            ],
            undisturbed=self._undisturbed,
        )
        return [
            _marginal(table, noise, counts=counts, draw=self._draws)
            for table, noise, counts in zip(tables, noises, drawn, strict=True)
        ]


def _request(tables: Sequence[TableRequest], noises: Sequence[CountNoise], grids: Grids) -> Any:
    """Say everything that the answer depends on besides the rows."""
    used = sorted({name for table in tables if table.level == "coarse" for name in table.attributes})
    return {
        "tables": [
            {"attributes": list(table.attributes), "level": table.level, "mechanism": noise.mechanism, "rho": noise.rho}
            for table, noise in zip(tables, noises, strict=True)
        ],
        "max_rows": noises[0].max_rows,
        "grids": sha256_bytes(canonical_json({name: grids[name].tolist() for name in used})),
    }


def _marginal(table: TableRequest, noise: CountNoise, *, counts: Any, draw: int) -> NoisyMarginal:
    return NoisyMarginal(
        attributes=table.attributes,
        level=table.level,
        counts=np.array(counts, dtype=np.int64),
        scale=noise.scale,
        rho=noise.rho,
        draw=draw,
        mechanism=noise.mechanism,
    )
