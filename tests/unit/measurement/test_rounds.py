"""The strategy sees noisy answers only, asks the same given the same, and wastes nothing."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.measurement.measurer import TableRequest
from synth_assets.measurement.noise import Odometer, draw_counts, make_noise
from synth_assets.measurement.rounds import MOST_PAIRS, choose_pairs, group_codes, measure_in_rounds
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import NoisyMarginal

WIDE = Column(name="wide", kind="integer", minimum=0, maximum=999, specials=(-1.0, -2.0), nullable=True)
MANY = Column(name="many", kind="categorical", categories=tuple(f"c{i}" for i in range(200)), nullable=True)
DOMAIN = Domain(columns=(WIDE, MANY, Column(name="flag", kind="boolean")))


class Recorder:
    """A measurer over a table of nothing, with real noise and a real odometer."""

    def __init__(self, nano_rho: int) -> None:
        self.odometer = Odometer(PrivacyLoss(nano_rho=nano_rho))
        self.calls: list[list[TableRequest]] = []

    @property
    def rho_left(self) -> float:
        return self.odometer.left

    def measure(self, tables: Sequence[TableRequest], *, grids: Mapping[str, NDArray[np.int64]]) -> list[NoisyMarginal]:
        self.calls.append(list(tables))
        noises = [make_noise(max_rows=1, rho=table.rho) for table in tables]
        self.odometer.spend(noise.rho for noise in noises)
        found = []
        for table, noise in zip(tables, noises, strict=True):
            fine = table.level == "fine"
            shape = [DOMAIN[n].size if fine else int(grids[n].max()) + 1 for n in table.attributes]
            counts = draw_counts(np.full(shape, 9), noise)
            found.append(
                NoisyMarginal(
                    attributes=table.attributes,
                    level=table.level,
                    counts=counts,
                    scale=noise.scale,
                    rho=noise.rho,
                    draw=1,
                )
            )
        return found


@settings(max_examples=25, deadline=None)
@given(st.integers(1_000, 10**9))
def test_no_more_than_one_nano_rho_is_left_over(nano_rho: int) -> None:
    recorder = Recorder(nano_rho)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=nano_rho / 1e9)
    assert 0 <= recorder.rho_left < 1e-9


def test_one_ways_come_first_then_all_pairs() -> None:
    recorder = Recorder(10**8)
    grids, marginals = measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=0.1)
    ones, pairs = recorder.calls
    assert [(one.attributes, one.level) for one in ones] == [
        (("wide",), "fine"),
        (("many",), "fine"),
        (("flag",), "fine"),
    ]
    assert [(pair.attributes, pair.level) for pair in pairs] == [
        (("wide", "many"), "coarse"),
        (("wide", "flag"), "coarse"),
        (("many", "flag"), "coarse"),
    ]
    assert set(grids) == {"wide", "many", "flag"}
    assert len(marginals) == 6
    spent = sum(Fraction(one.rho) for one in ones)
    assert abs(float(spent) - 0.025) < 1e-9


def test_a_single_column_gets_everything() -> None:
    recorder = Recorder(10**8)
    domain = Domain(columns=(DOMAIN["flag"],))
    _, marginals = measure_in_rounds(recorder, domain=domain, focus=(), target=None, rho=0.1)
    assert len(marginals) == 1
    assert recorder.rho_left < 1e-9


def test_the_target_and_the_focus_keep_their_pairs_when_there_are_too_many() -> None:
    names = [f"c{place}" for place in range(40)]
    pairs = choose_pairs(names, focus=["c3", "c30"], target="c39")
    assert len(pairs) == MOST_PAIRS
    assert all(("c39" in pair) + 1 for pair in pairs)
    assert sum("c39" in pair for pair in pairs) == 39
    assert ("c3", "c30") in pairs
    assert sum("c3" in pair for pair in pairs) == 39
    assert {name for pair in pairs for name in pair} == set(names)


@pytest.mark.parametrize("column", [WIDE, MANY], ids=["number", "category"])
@given(data=st.data())
def test_groups_are_whole_and_leave_special_codes_alone(column: Column, data: st.DataObject) -> None:
    counts = np.array(data.draw(st.lists(st.integers(-50, 500), min_size=column.size, max_size=column.size)))
    most = data.draw(st.integers(4, 40))
    groups = group_codes(column, counts, most=most)
    assert groups.shape == (column.size,)
    assert sorted(set(groups.tolist())) == list(range(int(groups.max()) + 1))
    own = groups[column.regular :]
    assert len(set(own.tolist())) == column.size - column.regular
    assert not set(own.tolist()) & set(groups[: column.regular].tolist())
    if column.numeric:
        assert (np.diff(groups[: column.regular]) >= 0).all()
        assert groups[: column.regular].max() < most


def test_groups_of_a_number_have_about_equal_mass() -> None:
    counts = np.concatenate([np.full(900, 1), np.full(100, 50), np.zeros(3)]).astype(np.int64)
    groups = group_codes(WIDE, counts, most=10)
    mass = np.bincount(groups[: WIDE.regular], weights=counts[: WIDE.regular])
    assert mass.max() < 1.5 * mass.mean()


def test_rare_categories_share_one_group() -> None:
    counts = np.arange(201)
    groups = group_codes(MANY, counts, most=10)
    assert groups.max() == 64
    assert len(set(groups[137:200].tolist())) == 63
    assert set(groups[:137].tolist()) == {63}
