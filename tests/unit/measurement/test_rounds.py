"""The strategy sees noisy answers only, asks the same given the same, and wastes nothing."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.measurement.measurer import TableRequest
from synth_assets.measurement.noise import Odometer, draw_counts, make_noise
from synth_assets.measurement.rounds import measure_in_rounds
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
        self.answers: list[list[NoisyMarginal]] = []
        self.left: list[float] = []

    @property
    def rho_left(self) -> float:
        self.left.append(self.odometer.left)
        return self.left[-1]

    def measure(self, tables: Sequence[TableRequest], *, grids: Mapping[str, NDArray[np.int64]]) -> list[NoisyMarginal]:
        self.calls.append(list(tables))
        noises = [make_noise(d_in=1, rho=table.rho) for table in tables]
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
        self.answers.append(found)
        return found


class Replay(Recorder):
    """Gives the answers that another measurer gave."""

    def __init__(self, recorded: Recorder) -> None:
        super().__init__(0)
        self.odometer = recorded.odometer
        self.left, self.answers = list(recorded.left), list(recorded.answers)

    @property
    def rho_left(self) -> float:
        return self.left.pop(0)

    def measure(self, tables: Sequence[TableRequest], *, grids: Mapping[str, NDArray[np.int64]]) -> list[NoisyMarginal]:
        self.calls.append(list(tables))
        del grids
        return self.answers.pop(0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1_000, 10**9))
def test_no_more_than_one_nano_rho_is_left_over(nano_rho: int) -> None:
    recorder = Recorder(nano_rho)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=nano_rho / 1e9)
    assert 0 <= recorder.rho_left < 1e-9


def test_one_ways_come_first_then_all_pairs_then_the_most_dependent_again() -> None:
    recorder = Recorder(10**8)
    grids, marginals, _ = measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=0.1)
    smallest, others, pairs, again = recorder.calls
    assert [(one.attributes, one.level) for one in (*others, *smallest)] == [((name,), "fine") for name in DOMAIN.names]
    assert [(pair.attributes, pair.level) for pair in pairs] == [
        (("wide", "many"), "coarse"),
        (("wide", "flag"), "coarse"),
        (("many", "flag"), "coarse"),
    ]
    assert {pair.attributes for pair in again} < {pair.attributes for pair in pairs}
    assert len(again) == 2
    assert set(grids) == {"wide", "many", "flag"}
    assert [marginal.attributes for marginal in marginals[:3]] == [(name,) for name in DOMAIN.names]
    assert len(marginals) == 8


def test_larger_columns_get_more_of_the_one_way_share() -> None:
    recorder = Recorder(10**8)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=0.1)
    wide, many = (one.rho for one in recorder.calls[1])
    assert wide / many == pytest.approx((WIDE.size / MANY.size) ** (2 / 3))


@pytest.mark.parametrize(("rho", "share"), [(1e-6, 0.5), (1e4, 0.25)])
def test_one_ways_get_more_where_noise_would_drown_them(rho: float, share: float) -> None:
    recorder = Recorder(int(rho * 1e9))
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=rho)
    smallest, others = recorder.calls[0][0].rho, sum(one.rho for one in recorder.calls[1])
    sizes = np.array([column.size for column in DOMAIN.columns]) ** (2 / 3)
    weights = sizes / sizes.sum()
    assert smallest / rho == pytest.approx(0.5 * weights[2], rel=1e-3)
    assert others / rho == pytest.approx(share * (1 - weights[2]), rel=1e-3)


def test_a_target_turns_pairs_of_other_columns_into_triples() -> None:
    recorder = Recorder(10**11)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target="flag", rho=100.0)
    triples = [table.attributes for table in recorder.calls[3] if len(table.attributes) == 3]
    assert triples == [("wide", "many", "flag")]
    assert recorder.rho_left < 1e-9


def test_a_triple_whose_cells_would_drown_in_noise_is_not_measured() -> None:
    recorder = Recorder(10**5)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target="flag", rho=0.0001)
    assert {len(table.attributes) for table in recorder.calls[3]} == {2}


def test_the_same_answers_lead_to_the_same_questions() -> None:
    first = Recorder(10**8)
    measure_in_rounds(first, domain=DOMAIN, focus=(), target=None, rho=0.1)
    replay = Replay(first)
    measure_in_rounds(replay, domain=DOMAIN, focus=(), target=None, rho=0.1)
    assert replay.calls == first.calls


def test_a_single_column_gets_everything() -> None:
    recorder = Recorder(10**8)
    domain = Domain(columns=(DOMAIN["flag"],))
    _, marginals, _ = measure_in_rounds(recorder, domain=domain, focus=(), target=None, rho=0.1)
    assert len(marginals) == 1
    assert recorder.rho_left < 1e-9
