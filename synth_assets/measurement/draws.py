"""Paid, journaled draws of noisy tables and scores: the measurer that strategies use.

One call of :meth:`Measurer.measure` is one draw of a batch of tables. Every
table is measured by its own mechanism at ``d_in`` = the unit's ``max_rows``,
and their losses add up under the odometer. One call of :meth:`Measurer.score`
is one draw of one vector of scores, by one mechanism.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import Fault
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.noise import Odometer, draw_counts
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release import NoisyMarginal, NoisyScores, l2_sensitivity
from synth_assets.source.kernel import Counter
from synth_assets.strategy.measurer import Grids, TableRequest

__all__ = ["PaidMeasurer"]


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
        noises = [least_gaussian(d_in=self._max_rows, rho=table.rho) for table in tables]
        self._odometer.spend(noise.rho for noise in noises)
        self._draws += 1
        drawn = self._journal.draw(
            self._draws,
            _request(tables, noises, grids) | {"max_rows": self._max_rows},
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

    def score(
        self, cliques: Sequence[tuple[str, ...]], *, expected: Sequence[NDArray[np.int64]], grids: Grids, rho: float
    ) -> NoisyScores:
        """See :class:`Measurer`."""
        _require_like_counts(expected, cliques=cliques, grids=grids)
        noise = least_gaussian(d_in=l2_sensitivity(cliques=len(cliques), max_rows=self._max_rows), rho=rho)
        self._odometer.spend([noise.rho])
        self._draws += 1
        drawn = self._journal.draw(
            self._draws,
            {
                "scores": [list(clique) for clique in cliques],
                "expected": _digest_of_tables(expected),
                "grids": _digest_of(grids, {name for clique in cliques for name in clique}),
                "mechanism": noise.mechanism,
                "rho": noise.rho,
                "max_rows": self._max_rows,
            },
            exact=lambda: self._counter().distances(cliques, expected, grids=grids),
            noisy=lambda distances: draw_counts(distances, noise).tolist(),
            undisturbed=self._undisturbed,
        )
        return NoisyScores(
            cliques=tuple(cliques),
            scores=tuple(drawn),
            d_in=noise.d_in,
            scale=noise.scale,
            rho=noise.rho,
            draw=self._draws,
            mechanism=noise.mechanism,
        )


def _request(tables: Sequence[TableRequest], noises: Sequence[GaussianNoise], grids: Grids) -> Any:
    """Say everything that the answer depends on besides the rows."""
    used = {name for table in tables if table.level == "coarse" for name in table.attributes}
    return {
        "tables": [
            {"attributes": list(table.attributes), "level": table.level, "mechanism": noise.mechanism, "rho": noise.rho}
            for table, noise in zip(tables, noises, strict=True)
        ],
        "grids": _digest_of(grids, used),
    }


def _digest_of(grids: Grids, names: Iterable[str]) -> str:
    return sha256_bytes(canonical_json({name: grids[name].tolist() for name in sorted(names)}))


def _digest_of_tables(tables: Sequence[NDArray[np.int64]]) -> str:
    """Digest the cells of tables whose shapes are known; as JSON those of 200 columns would take a gigabyte."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(np.ascontiguousarray(table, dtype="<i8").tobytes())
    return digest.hexdigest()


def _require_like_counts(
    expected: Sequence[NDArray[np.int64]], *, cliques: Sequence[tuple[str, ...]], grids: Grids
) -> None:
    """Refuse what would break the sensitivity: a table that NumPy broadcasts counts a row several times."""
    shapes = [tuple(int(grids[name].max()) + 1 for name in clique) for clique in cliques]
    given = [(table.shape, table.dtype) for table in expected]
    if not cliques or given != [(shape, np.dtype(np.int64)) for shape in shapes]:
        raise Fault("a score needs a pair and one expected int64 table of its grids' shape", hint="check the strategy")


def _marginal(table: TableRequest, noise: GaussianNoise, *, counts: Any, draw: int) -> NoisyMarginal:
    return NoisyMarginal(
        attributes=table.attributes,
        level=table.level,
        counts=np.array(counts, dtype=np.int64),
        scale=noise.scale,
        rho=noise.rho,
        draw=draw,
        mechanism=noise.mechanism,
    )
