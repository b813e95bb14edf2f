"""One made-up example per kind of answers; a kind without one is refused.

A new kind adds a function and a line in :data:`EXAMPLES`. A good example is small, so that
thousands of draws take a second, and its further unit moves the answer by nine tenths of the
stability bound at least, so that missing noise shows.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np

from synth_assets.assurance.example import DELTA, MOST, RHO, Example
from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.privacy.noise import least_gaussian, least_threshold
from synth_assets.release.kinds import KINDS
from synth_assets.release.kinds.heaping import HeapingQuery
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.orders import OrderQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.release.kinds.tails import TailQuery
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.thresholds import ThresholdQuery
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.rowwise.axis import CodeAxis

__all__ = ["EXAMPLES", "example_of", "examples"]


def _marginals() -> Example:
    domain = Domain(columns=(Column(name="a", kind="integer", minimum=0, maximum=2, nullable=True),))
    return Example(
        query=MarginalQuery(attributes=("a",), level="fine", domain=domain, grids={}),
        columns=("a",),
        others=(("p", "0"), ("r", "1"), ("q", "1"), ("p", "0"), ("q", "2")),
        own=("2",),
        strange=("north",),
    )


def _scores() -> Example:
    """Rows of `no` alone are expected, and four pairs make the bound a whole number: a unit of `yes` reaches it."""
    domain = Domain(columns=tuple(Column(name=f"c{index}", kind="boolean") for index in range(4)))
    pairs = tuple(combinations(domain.names, 2))[:4]
    return Example(
        query=ScoreQuery(
            cliques=pairs,
            expected=tuple(np.array([[8, 0], [0, 0]], dtype=np.int64) for _ in pairs),
            domain=domain,
            grids={name: np.arange(2) for name in domain.names},
        ),
        columns=domain.names,
        others=tuple((f"p{number}", *("no",) * 4) for number in range(6)),
        own=("yes",) * 4,
        strange=("maybe",) * 4,
        miscalibrated={"the bound of one score for all": least_gaussian(d_in=MOST, rho=RHO)},
    )


def _thresholds() -> Example:
    """Most have one text, as many as the threshold have another, and what is strange nobody else has."""
    column = Column(name="job", kind="categorical", categories=("other",), other="other")
    bakers = tuple((f"p{number}", "baker") for number in range(200))
    noise = least_threshold(max_rows=MOST, rho=RHO, delta=DELTA)
    smiths = tuple((f"q{number}", "smith") for number in range(noise.threshold))
    return Example(
        query=ThresholdQuery(column=column),
        columns=("job",),
        others=(*bakers, *smiths),
        own=("baker",),
        strange=("spy",),
        too_low=replace(noise, threshold=noise.threshold - MOST),
    )


def _tallies() -> Example:
    """The further unit's rows are in the cell with the largest weights, whose norm is 5."""
    domain = Domain(columns=(Column(name="a", kind="integer", minimum=0, maximum=2, nullable=True),))
    axis = CodeAxis(column="a", places_of=(0, 1, 2, 0), labels=("few", "some", "many"))
    return Example(
        query=TallyQuery(
            name="t", axes=(axis,), weights=np.array([[0, 0], [1, -1], [-3, 4]], dtype=np.int64), domain=domain
        ),
        columns=("a",),
        others=(("p", "0"), ("r", "1"), ("q", "1"), ("p", "0"), ("q", "2")),
        own=("2",),
        strange=("north",),
        miscalibrated={"the bound of counts for weights": least_gaussian(d_in=MOST, rho=RHO)},
    )


def _workloads() -> Example:
    """Rows of `no` alone are expected, so a unit of `yes` moves each distance by all of its rows."""
    domain = Domain(columns=tuple(Column(name=name, kind="boolean") for name in ("c", "d")))
    one, other, both = ("c",), ("d",), ("c", "d")
    return Example(
        query=WorkloadQuery(
            name="w",
            groups=((one, both), (other, both), (both,)),
            expected={
                one: np.array([8, 0], dtype=np.int64),
                other: np.array([8, 0], dtype=np.int64),
                both: np.array([[8, 0], [0, 0]], dtype=np.int64),
            },
            domain=domain,
            grids={name: np.arange(2) for name in domain.names},
        ),
        columns=domain.names,
        others=tuple((f"p{number}", "no", "no") for number in range(6)),
        own=("yes", "yes"),
        strange=("maybe", "maybe"),
        miscalibrated={"the bound of one distance for sums of them": least_gaussian(d_in=MOST, rho=RHO)},
    )


def _heaping() -> Example:
    """The further unit's rows are all in one heap, that of 50."""
    column = Column(name="a", kind="integer", minimum=0, maximum=99, edges=(50,), nullable=True)
    return Example(
        query=HeapingQuery(column=column),
        columns=("a",),
        others=(("p", "12"), ("r", "30"), ("q", "17"), ("p", "95"), ("q", "99")),
        own=("50",),
        strange=("north",),
    )


def _orders() -> Example:
    """The further unit's values are equal in all of nine pairs, whose bound is a whole number that it reaches."""
    columns = tuple(Column(name=f"c{index}", kind="integer", maximum=99, bins=2) for index in range(5))
    domain = Domain(columns=columns)
    return Example(
        query=OrderQuery(pairs=tuple(combinations(domain.names, 2))[:9], domain=domain),
        columns=domain.names,
        others=tuple((f"p{number}", *(str(number + step) for step in range(5))) for number in range(6)),
        own=("70",) * 5,
        strange=("north",) * 5,
        miscalibrated={"the bound of one pair for all": least_gaussian(d_in=MOST, rho=RHO)},
    )


def _tails() -> Example:
    """The further unit's rows are all in one segment, that of 5 to 9; 12 is in none."""
    column = Column(name="a", kind="integer", minimum=0, maximum=12, nullable=True)
    return Example(
        query=TailQuery(column=column, cuts=(1, 3, 5, 10)),
        columns=("a",),
        others=(("p", "1"), ("r", "4"), ("q", "12"), ("p", "2"), ("q", "0")),
        own=("7",),
        strange=("north",),
    )


EXAMPLES: dict[str, Callable[[], Example]] = {
    "thresholds": _thresholds,
    "scores": _scores,
    "marginals": _marginals,
    "heaping": _heaping,
    "orders": _orders,
    "tails": _tails,
    "tallies": _tallies,
    "workloads": _workloads,
}


def example_of(kind: str) -> Example:
    """Return the example of a kind of answers.

    Raises:
        Fault: nobody wrote one, so that the kind would go untested.
    """
    if kind not in EXAMPLES:
        raise Fault(
            f"answers of kind {kind!r} have no example to be tested by", hint="add one to assurance/examples.py"
        )
    return EXAMPLES[kind]()


def examples() -> dict[str, Example]:
    """Return the example of each registered kind.

    Raises:
        Fault: a kind has none.
    """
    return {kind: example_of(kind) for kind in KINDS}
