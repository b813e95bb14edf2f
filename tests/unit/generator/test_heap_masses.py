"""What a release says of values inside bins comes out: round numbers, a cap, and nothing that noise explains."""

from dataclasses import replace

import numpy as np
import pytest
from kit.incomes import make_release

from synth_assets.domain import Column, Domain
from synth_assets.domain.heap_parts import Parts
from synth_assets.domain.heaping import Heaping
from synth_assets.generator.heap_masses import excess_rows, heaps_of
from synth_assets.release import NoisyMarginal, Release
from synth_assets.release.kinds.heaping import HeapingQuery, NoisyHeaping
from synth_assets.source.queries.heaping import unit_vector

PAID = Column(name="paid", kind="integer", minimum=1, maximum=9_999, edges=tuple(range(100, 9_999, 100)))
ROWS = 10_000


def released(numbers: np.ndarray, *, scale: float, seed: int = 0) -> Release:
    """Return a release of one column that lists all values from 4,200 to 4,299."""
    random = np.random.default_rng(seed)
    counts = np.bincount(PAID.kind_of.encode_typed(PAID, numbers), minlength=PAID.size)
    noisy = counts + np.rint(random.normal(0, scale, counts.size)).astype(np.int64)
    answers: list[NoisyMarginal | NoisyHeaping] = [
        NoisyMarginal.of(attributes=("paid",), level="fine", counts=noisy, scale=scale, rho=0.1)
    ]
    for query in (HeapingQuery(column=PAID), HeapingQuery(column=PAID, runs=((4_200, 1, 100),))):
        values = unit_vector(query, numbers) + np.rint(random.normal(0, scale, query.shape())).astype(np.int64)
        answers.append(NoisyHeaping(descriptor=query.descriptor(), values=values, scale=scale, d_in=1, rho=0.1, draw=2))
    grids = {"paid": np.arange(PAID.size)}
    return replace(make_release(), domain=Domain(columns=(PAID,)), grids=grids, answers=tuple(answers))


def payments(*, cap: bool) -> np.ndarray:
    random = np.random.default_rng(1)
    exact = np.exp(random.normal(7.5, 0.6, ROWS)).clip(1, 9_999)
    step = random.choice([1, 50], ROWS)
    paid = (np.round(exact / step) * step).clip(1, 9_999)
    return np.where(random.random(ROWS) < 0.1, 4_217, paid) if cap else paid


def drawn(release: Release) -> np.ndarray:
    codes = PAID.kind_of.encode_typed(PAID, payments(cap=bool(heaps_of(release)["paid"].singles)))
    return heaps_of(release)["paid"].values(codes, share=np.random.default_rng(2).random(ROWS)).to_numpy()


@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_a_mass_at_a_single_value_comes_back_and_its_heap_does_not_get_it(scale: float) -> None:
    release = released(payments(cap=True), scale=scale)
    assert heaps_of(release)["paid"].singles == (4_217.0,)
    values = drawn(release)
    assert abs((values == 4_217).mean() - 0.1) < 0.02
    assert abs((values % 50 == 0).mean() - (payments(cap=True) % 50 == 0).mean()) < 0.03


def test_without_such_a_mass_there_is_none() -> None:
    release = released(payments(cap=False), scale=40.0)
    assert heaps_of(release)["paid"].singles == ()
    assert abs((drawn(release) % 50 == 0).mean() - (payments(cap=False) % 50 == 0).mean()) < 0.03


def test_the_excess_is_what_is_lacking_beside_what_the_rest_of_the_bin_gives() -> None:
    parts = Parts.of(Heaping.of(PAID))
    masses = np.zeros(PAID.regular)
    masses[42] = 1_000.0
    single = replace(
        released(payments(cap=True), scale=1.0).answers[2], values=np.array([0, *[0] * 17, 109, *[0] * 82])
    )
    excess = excess_rows(parts, np.ones(Heaping.of(PAID).size), masses=masses, single=single)  # type: ignore[arg-type]
    assert np.flatnonzero(excess).tolist() == [17]
    assert excess[17] == pytest.approx(100.0)


def test_a_release_without_tables_of_heaps_has_none() -> None:
    assert heaps_of(make_release()) == {}
