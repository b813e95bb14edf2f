"""``audit mechanisms``: the noise of every kind of answers on made-up rows, and copies that must be noticed.

For each registered kind: its noise against the exact discrete Gaussian at the scale that
its price claims, a unit's influence on the exact answer against the stability bound, and
an attack on neighbouring tables through counting and noise. Then the same tests on copies
with half the noise, with bounding per part, with a domain from the data, and with a charge
after reading.

Noise cannot be seeded, so a sound installation fails sometimes. Every bound and every
p-value is wrong with a probability of at most :data:`~synth_assets.assurance.bounds.MISTAKE`,
and the sum over all of them is stated in the record; it must be below :data:`FALSE_ALARM`.

Example::

    record = audit_mechanisms()
    assert record.passed, record.outcome()
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.assurance.apart import run_apart
from synth_assets.assurance.attacks import AT, distance, fit, independence, released_alone, shown, vector_of
from synth_assets.assurance.bounds import MISTAKE
from synth_assets.assurance.broken import bounded_per_part, draws_over_data, half_the_noise
from synth_assets.assurance.clock import now, package_version
from synth_assets.assurance.draws import Price, draws_of, keys_of, price_of
from synth_assets.assurance.example import STRANGE, TOO_MANY, Example
from synth_assets.assurance.examples import examples
from synth_assets.assurance.order import out_of_order, uncharged_readings
from synth_assets.audit.assurance import MECHANISMS, Record, TestResult
from synth_assets.errors import Fault, UsageError
from synth_assets.privacy.noise import Noise, ThresholdNoise

__all__ = ["FALSE_ALARM", "FEWEST_RUNS", "RUNS", "Attacked", "audit_mechanisms", "order_results", "results_of"]

RUNS = 10_000
FEWEST_RUNS = 6_000
"""With fewer, half the noise would not be noticed reliably."""
FALSE_ALARM = 1e-3
"""A sound installation fails with at most this probability."""
_MOST_RUNS = 1_000_000
_BOUNDS = 2
"""An epsilon rests on two bounds, of one probability each; a p-value on one."""


def audit_mechanisms(*, runs: int = RUNS, progress: Callable[[str], None] = lambda _: None) -> Record:
    """Test the mechanism of every registered kind of answers, and return what was found.

    Args:
        runs: how often each mechanism is drawn.
        progress: called with what is tested next.

    Raises:
        UsageError: so many runs are too few to notice a fault, or too many.
        Fault: a kind has no example, or the made-up measurement could not be run.
    """
    if not FEWEST_RUNS <= runs <= _MOST_RUNS:
        raise UsageError(f"runs={runs} must be from {FEWEST_RUNS:,} to {_MOST_RUNS:,}", hint=f"{RUNS:,} take a minute")
    results: list[TestResult] = []
    for kind, example in examples().items():
        progress(kind)
        results += results_of(kind, example, runs=runs)
    progress("charge before reading")
    results += order_results()
    return Record(
        kind=MECHANISMS, date=now(), version=package_version(), results=tuple(results), facts=_facts(results, runs=runs)
    )


def _facts(results: list[TestResult], *, runs: int) -> dict[str, str | int | float]:
    """Return what a reader must know of the odds.

    Raises:
        Fault: there are so many tests that they would fail too often by chance.
    """
    bounds = sum(
        {"epsilon": _BOUNDS, "p-value": 1, "probability": 1}.get(result.measure, 0)
        for result in results
        if not result.broken
    )
    if bounds * MISTAKE > FALSE_ALARM:
        raise Fault(f"{bounds} bounds are too many for the stated false alarms", hint="lower MISTAKE")
    return {
        "runs": runs,
        "delta of epsilons": AT,
        "probability of a false alarm, at most": bounds * MISTAKE,
        "seeds": "none: the made-up rows are fixed, and noise cannot be seeded",
    }


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """One kind under test; what several tests need is drawn once.

    Attributes:
        kind: the kind's name.
        example: its made-up table and question.
        runs: how often the mechanism is drawn.
    """

    kind: str
    example: Example
    runs: int

    @cached_property
    def price(self) -> Price:
        """What the answer states that it cost."""
        return price_of(self.example)

    @cached_property
    def claim(self) -> float:
        """The epsilon that the price implies."""
        return self.example.epsilon(rho=self.price.rho, delta=self.price.delta, at=AT)

    @cached_property
    def neighbours(self) -> dict[str, Any]:
        """The exact answer on each neighbour."""
        return {name: self.example.exact(table) for name, table in self.example.neighbours().items()}

    @cached_property
    def without(self) -> Any:
        """The exact answer on the table without the further unit."""
        return self.example.exact(self.example.table)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The texts of all these answers."""
        return keys_of(self.without, *self.neighbours.values())

    @cached_property
    def drawn(self) -> NDArray[np.int64]:
        """Sound draws on the table without the further unit."""
        return self.draw(self.without)

    def draw(self, exact: Any, *, noise: Noise | None = None) -> NDArray[np.int64]:
        """Return draws of an exact answer, by the sound noise unless another is given."""
        return draws_of(exact, noise or self.example.noise, runs=self.runs, keys=self.keys)

    def vector(self, exact: Any) -> NDArray[np.int64]:
        """Return an exact answer as a vector."""
        return vector_of(exact, self.keys)

    def fitting(self, drawn: NDArray[np.int64], *, name: str, what: str, broken: bool = False) -> TestResult:
        """Judge draws on the table without the further unit by their exact distribution."""
        compared = fit(drawn, self.vector(self.without), scale=self.price.scale, noise=self.example.noise)
        return self.by_chance(compared.p_value, name=name, what=what, broken=broken)

    def by_chance(self, p_value: float, *, name: str, what: str, broken: bool = False) -> TestResult:
        """Judge a p-value."""
        return TestResult(
            name=f"{self.kind}: {name}", what=what, measure="p-value", value=p_value, limit=MISTAKE, alarm="below",
            broken=broken,
        )  # fmt: skip

    def leaking(self, epsilon: float, *, name: str, what: str, broken: bool = False) -> TestResult:
        """Judge an epsilon that was shown."""
        return TestResult(
            name=f"{self.kind}: {name}", what=what, measure="epsilon", value=epsilon, limit=self.claim, alarm="above",
            broken=broken,
        )  # fmt: skip

    @cached_property
    def half(self) -> NDArray[np.int64]:
        """Draws with half the noise on the table without the further unit."""
        return self.draw(self.without, noise=half_the_noise(self.example.noise))

    def attack(self, exact: Any, *, noise: Noise | None = None, second: NDArray[np.int64] | None = None) -> float:
        """Return the epsilon that draws on a neighbour show, against draws on the table without the further unit.

        Args:
            exact: the exact answer on the neighbour.
            noise: of its draws, where that is not the sound one.
            second: the draws without the further unit, where they are not the sound ones.
        """
        direction = self.vector(exact) - self.vector(self.without)
        if not direction.any():
            return 0.0  # noise is drawn on equal numbers, and cannot tell anything
        return shown(self.draw(exact, noise=noise), self.drawn if second is None else second, direction=direction)


def results_of(kind: str, example: Example, *, runs: int) -> list[TestResult]:
    """Test one kind: the sound mechanism, then its broken copies."""
    attacked = Attacked(kind=kind, example=example, runs=runs)
    results = [*_on_noise(attacked), *_on_neighbours(attacked), *_on_bound(attacked), *_on_copies(attacked)]
    if isinstance(example.noise, ThresholdNoise):
        results += _on_threshold(attacked)
    if kind == "marginals":
        results.append(_over_data(attacked))
    return results


def _on_noise(attacked: Attacked) -> Iterator[TestResult]:
    yield attacked.fitting(
        attacked.drawn, name="noise", what="drawn noise against the exact discrete Gaussian at the scale of its price"
    )
    if not isinstance(attacked.example.noise, ThresholdNoise):
        compared = independence(attacked.drawn, attacked.vector(attacked.without), scale=attacked.price.scale)
        what = "noise of one number against that of another, and of one run against the next"
        yield attacked.by_chance(compared.p_value, name="independent noise", what=what)


def _on_neighbours(attacked: Attacked) -> Iterator[TestResult]:
    for name, exact in attacked.neighbours.items():
        what = f"what an attacker learns about a unit {name}, through counting and noise"
        yield attacked.leaking(attacked.attack(exact), name=f"a unit {name}", what=what)


def _on_bound(attacked: Attacked) -> Iterator[TestResult]:
    """Compare what a unit moves with the bound that noise is calibrated to, as it is and with bounding per part."""
    tables = attacked.example.neighbours()
    per_part = attacked.example.exact(bounded_per_part(tables[TOO_MANY]))
    neighbours = list(attacked.neighbours.values())
    for name, listed, broken in (("stability bound", neighbours, False), ("bounded per part, bound", [per_part], True)):
        moved = max(distance(attacked.vector(exact), attacked.vector(attacked.without)) for exact in listed)
        yield TestResult(
            name=f"{attacked.kind}: {name}",
            what="how far one unit moves the exact answer, by L2 distance",
            measure="L2 distance",
            value=moved,
            limit=float(attacked.price.d_in),
            alarm="above",
            broken=broken,
        )


def _on_copies(attacked: Attacked) -> Iterator[TestResult]:
    example, many, half = attacked.example, attacked.neighbours[TOO_MANY], half_the_noise(attacked.example.noise)
    what = "broken: half the noise"
    yield attacked.fitting(attacked.half, name="half the noise, fit", what=what, broken=True)
    epsilon = attacked.attack(many, noise=half, second=attacked.half)
    yield attacked.leaking(epsilon, name="half the noise, attack", what=what, broken=True)
    per_part = example.exact(bounded_per_part(example.neighbours()[TOO_MANY]))
    what = "broken: each part of the table bounds a unit's rows by itself"
    yield attacked.leaking(attacked.attack(per_part), name="bounded per part", what=what, broken=True)
    for name, noise in example.miscalibrated.items():
        epsilon = attacked.attack(many, noise=noise, second=attacked.draw(attacked.without, noise=noise))
        yield attacked.leaking(epsilon, name=name, what=f"broken: {name}", broken=True)


def _on_threshold(attacked: Attacked) -> Iterator[TestResult]:
    """Count how often a text of one unit alone is released, by the threshold and by one that is too low."""
    exact = attacked.neighbours[STRANGE]
    alone = attacked.vector(attacked.without) == 0
    for name, noise, broken in (("threshold", None, False), ("threshold too low", attacked.example.too_low, True)):
        yield TestResult(
            name=f"{attacked.kind}: {name}",
            what="share of runs in which a text that one unit alone has is released",
            measure="probability",
            value=released_alone(attacked.draw(exact, noise=noise), alone),
            limit=attacked.price.delta,
            alarm="above",
            broken=broken,
        )


def _over_data(attacked: Attacked) -> TestResult:
    """Attack a measurement whose domain is what is in the data."""
    tables = (attacked.example.neighbours()[STRANGE], attacked.example.table)
    first, second = draws_over_data(attacked.example, tables, runs=attacked.runs)
    direction = np.ones(first.shape[1], dtype=np.int64)
    what = "broken: the domain is what is in the data, so that a value shows by being there"
    return attacked.leaking(shown(first, second, direction=direction), name="domain from data", what=what, broken=True)


def order_results() -> list[TestResult]:
    """Measure a made-up source that notes what the ledger held whenever its rows were read.

    Raises:
        Fault: the made-up measurement could not be run.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = run_apart(Path(folder), str(Path(folder) / "order"), module="synth_assets.assurance.order")
    if done.code:
        raise Fault("the made-up measurement could not be run", hint=done.errors.decode(errors="replace")[-400:])
    noted = json.loads(done.output)
    sound, broken, entries = (noted[name] for name in ("sound", "broken", "entries"))
    what = "readings of rows before the ledger had a charge, in a whole measurement"
    return [
        _counted("charge before reading", what, uncharged_readings(sound)),
        _counted("announced before drawn", "entries of draws that are not where they belong", out_of_order(entries)),
        _counted(
            "charge after reading", "broken: rows are read, then charged", uncharged_readings(broken), broken=True
        ),
    ]


def _counted(name: str, what: str, count: int, *, broken: bool = False) -> TestResult:
    return TestResult(
        name=f"ledger: {name}", what=what, measure="entries", value=count, limit=0, alarm="above", broken=broken
    )
