"""Many draws of one mechanism, by the functions that draw in a measurement.

One draw of a long vector has independent noise in each of its numbers, so a call on many
copies of an answer is as many runs. It is made in a few pieces, so that several calls
are among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.assurance.example import MOST, Example
from synth_assets.measurement.noise import draw_noise
from synth_assets.privacy.noise import Noise, ThresholdNoise
from synth_assets.release.answers import Answer
from synth_assets.release.kinds import kind_of

__all__ = ["ABSENT", "Price", "draws_of", "keys_of", "price_of"]

ABSENT = -(10**6)
"""Stands for a text that was not released, far below every noisy count."""
_PIECES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a reader of a release recomputes.

    Attributes:
        d_in: the stability bound, from the descriptor.
        rho: by OpenDP's map of the published mechanism.
        delta: of a threshold, the exact discrete tail.
    """

    d_in: int
    rho: float
    delta: float

    @property
    def scale(self) -> float:
        """The parameter of the discrete Gaussian that costs this much."""
        return float(self.d_in / np.sqrt(2 * self.rho))


def price_of(example: Example) -> Price:
    """Return the price of one answer, recomputed from the answer as an audit does; draws it once."""
    answer = _answer(example)
    rho, delta = answer.recomputed(MOST)
    return Price(d_in=answer.sensitivity(MOST), rho=rho, delta=delta)


def keys_of(*exact: Any) -> tuple[str, ...]:
    """Return the texts of histograms, sorted; none for vectors."""
    return tuple(sorted({key for values in exact if isinstance(values, Mapping) for key in values}))


def draws_of(exact: Any, noise: Noise, *, runs: int, keys: Sequence[str] = ()) -> NDArray[np.int64]:
    """Return noisy answers, shape (runs, numbers of the answer).

    Args:
        exact: the exact answer: a vector or a table, or counts by text.
        noise: what to draw.
        runs: how many.
        keys: the texts, in the order of the numbers; what is not released is :data:`ABSENT`.
    """
    pieces = [runs // _PIECES + (piece < runs % _PIECES) for piece in range(_PIECES)]
    draw = _draw_texts if isinstance(noise, ThresholdNoise) else _draw_vectors
    return np.concatenate([draw(exact, noise, runs=piece, keys=keys) for piece in pieces if piece])


def _draw_vectors(exact: Any, noise: Noise, *, runs: int, keys: Sequence[str]) -> NDArray[np.int64]:
    del keys
    vector = np.asarray(exact, dtype=np.int64).ravel()
    return np.asarray(draw_noise(np.tile(vector, (runs, 1)), noise))


def _draw_texts(exact: Any, noise: Noise, *, runs: int, keys: Sequence[str]) -> NDArray[np.int64]:
    position = {key: index for index, key in enumerate(keys)}
    copies = {f"{run} {key}": count for run in range(runs) for key, count in exact.items()}
    drawn = np.full((runs, len(keys)), ABSENT, dtype=np.int64)
    for text, count in draw_noise(copies, noise):
        run, _, key = text.partition(" ")
        drawn[int(run), position[key]] = count
    return drawn


def _answer(example: Example) -> Answer:
    """Measure the example once, through the journal's form and back, as a draw does."""
    query, noise = example.query, example.noise
    kind = kind_of(query.kind)
    (part,) = kind.parts(kind.journaled([kind.kept(draw_noise(example.exact(example.table), noise))]))
    return kind.from_journal(query, noise, part, draw=1)
