"""Which triples of columns are measured although no target asks for them: those that pairs do not explain.

A bill, the bill before it and the payment between them: each pair may be right, and
rows are still wrong. A score tells: the L1 distance of a triple's exact table from
the table of a model that was fitted to all pairs (see ``docs/privacy/scoring.md``).
Scores are one noisy vector, so only triples of dependent columns are asked.
Choosing by noisy scores is post-processing.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from synth_assets.generator.cells.layout import Floats
from synth_assets.release import NoisyScores
from synth_assets.strategy.allocation import Pair

__all__ = [
    "MOST_CELLS",
    "MOST_LOOSE",
    "Triple",
    "choose_loose",
    "occupied_cells",
    "score_by_chance",
    "triples_to_score",
]

Triple = tuple[str, str, str]

MOST_CELLS = 10_000
"""Most cells of such a table: the time of a fit grows with them."""
MOST_OF_A_PAIR = 2
"""Most of these triples that a pair is in."""
_ROUNDED_TO_NONE = 0.5
MOST_SCORED = 400
"""Most triples that are scored: the noise of a score grows with the square root of their number."""
MOST_LOOSE = 12
"""Most triples that are measured for what pairs do not explain."""


def triples_to_score(dependence: Mapping[Pair, float], *, target: str | None, names: Sequence[str]) -> list[Triple]:
    """Return the triples without the target that pairs may not explain, by decreasing dependence.

    Args:
        dependence: of each pair, 0 to 2; both columns in the order of ``names``.
        target: triples with it are measured anyway.
        names: the columns.
    """

    def strength(triple: Triple) -> float:
        # Two strong pairs: the third may be weak, as of a sum and each of its parts.
        return sum(sorted(dependence.get(pair, 0.0) for pair in combinations(triple, 2))[1:])

    triples = combinations([name for name in names if name != target], 3)
    return sorted(triples, key=strength, reverse=True)[:MOST_SCORED]


def occupied_cells(table: Floats) -> float:
    """Return the perplexity of a table: of how many equally likely cells it is worth."""
    shares = table[table > 0] / table.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def score_by_chance(table: Floats) -> float:
    """Return the mean L1 distance, in rows, of a table of rows drawn from ``table`` from ``table`` in whole rows.

    Args:
        table: expected rows of each cell; most cells of three columns expect less than one.

    References:
        Mean deviation of a Poisson variable: Ramasubban (1958), "The Mean Difference and the Mean Deviation
        of Some Discontinuous Distributions", Biometrika 45.
    """
    rows = table[table > 0]
    whole = np.floor(rows).astype(np.int64)
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, whole.max(initial=0) + 1)))])
    spread = 2 * np.exp((whole + 1) * np.log(rows) - rows - log_factorials[whole])
    return float(np.where(rows < _ROUNDED_TO_NONE, rows, spread).sum())


def choose_loose(
    scores: NoisyScores, by_chance: Sequence[float], *, cells: Sequence[float], scale: float
) -> list[Triple]:
    """Return the triples whose excess would be seen through the noise of their tables, the largest excess first.

    A pair is in two of them at most: what is wrong with it shows in every triple that it is in.

    Args:
        scores: noisy distances of the triples from what pairs explain.
        by_chance: what each distance would be if pairs explained all.
        cells: occupied cells of each triple's table.
        scale: of the noise of such a table.
    """
    excess = scores.scores - np.array(by_chance)
    # An excess of e rows over n cells has a chi-square of at least e^2 / (n scale^2); noise alone varies by sqrt(2 n).
    least = [math.sqrt(math.sqrt(2 * count) * count) * scale for count in cells]
    clear = excess > np.maximum(least, 2 * scores.scale)
    chosen: list[Triple] = []
    taken: Counter[tuple[str, str]] = Counter()
    for position in np.argsort(-excess, kind="stable"):
        first, second, third = scores.cliques[position]
        pairs = list(combinations((first, second, third), 2))
        if clear[position] and max(taken[pair] for pair in pairs) < MOST_OF_A_PAIR and len(chosen) < MOST_LOOSE:
            chosen.append((first, second, third))
            taken.update(pairs)
    return chosen
