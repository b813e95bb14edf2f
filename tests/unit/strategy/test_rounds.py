"""The strategy sees noisy answers only, asks the same given the same, and wastes nothing."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.measurement.noise import Odometer, draw_counts
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.release import NoisyMarginal, NoisyScores
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.strategy.measurer import Request
from synth_assets.strategy.rounds import MOST_UNSCORED, SCORE_SHARE, measure_in_rounds
from synth_assets.strategy.scoring import PAIRS_PER_COLUMN

WIDE = Column(name="wide", kind="integer", minimum=0, maximum=999, specials=(-1.0, -2.0), nullable=True)
MANY = Column(name="many", kind="categorical", categories=tuple(f"c{i}" for i in range(200)), nullable=True)
DOMAIN = Domain(columns=(WIDE, MANY, Column(name="flag", kind="boolean")))


def flags(count: int) -> Domain:
    return Domain(columns=tuple(Column(name=f"c{number:02}", kind="boolean") for number in range(count)))


class Asked(NamedTuple):
    """What a test looks at of a request for a table."""

    attributes: tuple[str, ...]
    level: str
    rho: float


def shape_of(query: MarginalQuery) -> list[int]:
    fine = query.level == "fine"
    return [query.domain[name].size if fine else int(query.grids[name].max()) + 1 for name in query.attributes]


class Recorder:
    """A measurer over a table of nothing, with real noise and a real odometer."""

    def __init__(self, nano_rho: int, *, domain: Domain = DOMAIN) -> None:
        self.odometer = Odometer(PrivacyLoss(nano_rho=nano_rho))
        self.domain = domain
        self.calls: list[list[Asked]] = []
        self.scored: list[tuple[list[tuple[str, ...]], list[list[list[int]]], float]] = []
        self.answers: list[list[NoisyMarginal]] = []
        self.scores: list[NoisyScores] = []
        self.left: list[float] = []

    @property
    def rho_left(self) -> float:
        self.left.append(self.odometer.left)
        return self.left[-1]

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        if isinstance(requests[0].query, ScoreQuery):
            return [self.score(requests[0].query, requests[0].rho)]
        self.calls.append([Asked(r.query.attributes, r.query.level, r.rho) for r in requests])
        noises = [request.query.noise(unit=PrivacyUnit(), rho=request.rho, delta=0.0) for request in requests]
        self.odometer.spend(noise.rho for noise in noises)
        self.answers.append(
            [
                NoisyMarginal.from_journal(
                    request.query, noise, draw_counts(np.full(shape_of(request.query), 9), noise), draw=1
                )
                for request, noise in zip(requests, noises, strict=True)
            ]
        )
        return self.answers[-1]

    def score(self, query: ScoreQuery, rho: float) -> NoisyScores:
        self.scored.append((list(query.cliques), [table.tolist() for table in query.expected], rho))
        noise = query.noise(unit=PrivacyUnit(), rho=rho, delta=0.0)
        self.odometer.spend([noise.rho])
        drawn = draw_counts(np.array([table.sum() for table in query.expected]), noise)
        self.scores.append(NoisyScores.from_journal(query, noise, drawn, draw=1))
        return self.scores[-1]


class Replay(Recorder):
    """Gives the answers that another measurer gave."""

    def __init__(self, recorded: Recorder) -> None:
        super().__init__(0)
        self.odometer = recorded.odometer
        self.left, self.answers, self.scores = list(recorded.left), list(recorded.answers), list(recorded.scores)

    @property
    def rho_left(self) -> float:
        return self.left.pop(0)

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        query = requests[0].query
        if isinstance(query, ScoreQuery):
            self.scored.append((list(query.cliques), [table.tolist() for table in query.expected], requests[0].rho))
            return [self.scores.pop(0)]
        self.calls.append([Asked(r.query.attributes, r.query.level, r.rho) for r in requests])
        return self.answers.pop(0)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(1_000, 10**9))
def test_no_more_than_one_nano_rho_is_left_over(nano_rho: int) -> None:
    recorder = Recorder(nano_rho)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=nano_rho / 1e9, layout=2)
    assert 0 <= recorder.rho_left < 1e-9


def test_one_ways_come_first_then_all_pairs_then_the_most_dependent_again() -> None:
    recorder = Recorder(10**8)
    grids, marginals, _ = measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=0.1, layout=2)
    smallest, others, pairs, again = recorder.calls
    assert [(table.attributes, table.level) for table in (*others, *smallest)] == [
        ((name,), "fine") for name in DOMAIN.names
    ]
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
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=0.1, layout=2)
    wide, many = (table.rho for table in recorder.calls[1])
    assert wide / many == pytest.approx((WIDE.size / MANY.size) ** (2 / 3))


@pytest.mark.parametrize(("rho", "share"), [(1e-6, 0.5), (1e4, 0.25)])
def test_one_ways_get_more_where_noise_would_drown_them(rho: float, share: float) -> None:
    recorder = Recorder(int(rho * 1e9))
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target=None, rho=rho, layout=2)
    smallest, others = recorder.calls[0][0].rho, sum(table.rho for table in recorder.calls[1])
    sizes = np.array([column.size for column in DOMAIN.columns]) ** (2 / 3)
    weights = sizes / sizes.sum()
    assert smallest / rho == pytest.approx(0.5 * weights[2], rel=1e-3)
    assert others / rho == pytest.approx(share * (1 - weights[2]), rel=1e-3)


def test_a_target_turns_pairs_of_other_columns_into_triples() -> None:
    recorder = Recorder(10**11)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target="flag", rho=100.0, layout=2)
    triples = [table.attributes for table in recorder.calls[3] if len(table.attributes) == 3]
    assert triples == [("wide", "many", "flag")]
    assert recorder.rho_left < 1e-9


def test_a_triple_whose_cells_would_drown_in_noise_is_not_measured() -> None:
    recorder = Recorder(10**5)
    measure_in_rounds(recorder, domain=DOMAIN, focus=(), target="flag", rho=0.0001, layout=2)
    assert {len(table.attributes) for table in recorder.calls[3]} == {2}


def test_the_same_answers_lead_to_the_same_questions() -> None:
    first = Recorder(10**8)
    measure_in_rounds(first, domain=DOMAIN, focus=(), target=None, rho=0.1, layout=2)
    replay = Replay(first)
    measure_in_rounds(replay, domain=DOMAIN, focus=(), target=None, rho=0.1, layout=2)
    assert replay.calls == first.calls


def test_a_single_column_gets_everything() -> None:
    recorder = Recorder(10**8)
    domain = Domain(columns=(DOMAIN["flag"],))
    _, marginals, _ = measure_in_rounds(recorder, domain=domain, focus=(), target=None, rho=0.1, layout=2)
    assert len(marginals) == 1
    assert recorder.rho_left < 1e-9


def test_pairs_of_few_columns_are_not_scored() -> None:
    domain = flags(25)
    assert math.comb(len(domain.columns), 2) == MOST_UNSCORED
    recorder = Recorder(10**8, domain=domain)
    _, _, scores = measure_in_rounds(recorder, domain=domain, focus=(), target=None, rho=0.1, layout=2)
    assert (recorder.scored, scores) == ([], ())
    assert len(recorder.calls[2]) == MOST_UNSCORED


@pytest.mark.parametrize("target", [None, "c07"])
def test_pairs_of_many_columns_are_scored_once_and_only_chosen_ones_are_measured(target: str | None) -> None:
    domain = flags(28)
    recorder = Recorder(10**8, domain=domain)
    _, marginals, scores = measure_in_rounds(recorder, domain=domain, focus=(), target=target, rho=0.1, layout=2)
    ((scored, expected, rho),) = recorder.scored
    assert scored == list(combinations(domain.names, 2))
    assert all(np.shape(table) == (2, 2) for table in expected)
    assert list(scores) == recorder.scores
    ones = sum(marginal.rho for marginal in marginals if len(marginal.attributes) == 1)
    assert rho == pytest.approx(SCORE_SHARE * (0.1 - ones))
    _, _, pairs, again = ([table.attributes for table in call] for call in recorder.calls)
    assert len(domain.columns) <= len(pairs) <= PAIRS_PER_COLUMN * len(domain.columns) < len(scored)
    assert {pair for pair in scored if target in pair} <= set(pairs)
    assert {clique[:2] for clique in again} <= set(pairs)  # of a triple, the two besides the target
    assert 0 <= recorder.rho_left < 1e-9


@pytest.mark.parametrize(("layout", "share"), [(3, 0.25), (4, 0.5)])
def test_one_ways_get_half_where_most_pairs_are_known_by_their_columns_alone(layout: int, share: float) -> None:
    columns = tuple(Column(name=f"c{number:02}", kind="integer", maximum=12) for number in range(28))
    domain, rho = Domain(columns=columns), 200.0  # few rows, and errors near .05
    recorder = Recorder(int(rho * 1e9), domain=domain)
    _, marginals, _ = measure_in_rounds(recorder, domain=domain, focus=(), target=None, rho=rho, layout=layout)
    ones = [marginal for marginal in marginals if len(marginal.attributes) == 1]
    assert sum(one.rho for one in ones) / rho == pytest.approx(share, rel=0.05)
    assert recorder.rho_left < 1e-9


def test_the_same_scores_lead_to_the_same_questions() -> None:
    domain = flags(28)
    first = Recorder(10**8, domain=domain)
    measure_in_rounds(first, domain=domain, focus=("c03",), target="c07", rho=0.1, layout=2)
    replay = Replay(first)
    measure_in_rounds(replay, domain=domain, focus=("c03",), target="c07", rho=0.1, layout=2)
    assert (replay.calls, replay.scored) == (first.calls, first.scored)


def test_scores_of_triples_come_after_the_pairs_and_a_replay_asks_the_same() -> None:
    domain = Domain(columns=tuple(Column(name=name, kind="integer", minimum=0, maximum=3) for name in "abcde"))
    first = Recorder(10**12, domain=domain)
    _, marginals, scores = measure_in_rounds(first, domain=domain, focus=(), target="e", rho=1000.0, layout=3)
    (asked,) = first.scored
    assert sorted(asked[0]) == [("a", "b", "c"), ("a", "b", "d"), ("a", "c", "d"), ("b", "c", "d")]
    assert [clique for answer in scores for clique in answer.cliques] == asked[0]
    assert len({marginal.attributes for marginal in marginals if len(marginal.attributes) == 2}) == 10
    replay = Replay(first)
    measure_in_rounds(replay, domain=domain, focus=(), target="e", rho=1000.0, layout=3)
    assert (replay.calls, replay.scored) == (first.calls, first.scored)


def test_a_triple_that_pairs_do_not_explain_is_measured_and_others_are_not() -> None:
    domain = Domain(columns=tuple(Column(name=name, kind="boolean") for name in "abcd"))
    random = np.random.default_rng(0)
    rows = random.integers(0, 2, (20_000, 4))
    rows[:, 2] = rows[:, 0] ^ rows[:, 1]

    class Counting(Recorder):
        """Answers with the counts of rows that are made up, and real noise."""

        def draw(self, requests: Sequence[Request]) -> list[Any]:
            answers = super().draw(requests)
            if isinstance(requests[0].query, ScoreQuery):
                query = requests[0].query
                exact = [
                    np.abs(count(clique) - table).sum()
                    for clique, table in zip(query.cliques, query.expected, strict=True)
                ]
                return [replace(answers[0], values=np.array(exact, dtype=np.int64))]
            return [replace(answer, values=count(answer.attributes)) for answer in answers]

    def count(names: Sequence[str]) -> Any:
        index = np.ravel_multi_index([rows[:, domain.index(name)] for name in names], [2] * len(names))
        return np.bincount(index, minlength=2 ** len(names)).reshape([2] * len(names))

    measurer = Counting(3 * 10**6, domain=domain)
    # So little rho that what the fit itself gets wrong, by a percent or two, would not be seen through a table's noise.
    _, marginals, _ = measure_in_rounds(measurer, domain=domain, focus=(), target=None, rho=0.003, layout=3)
    assert [marginal.attributes for marginal in marginals if len(marginal.attributes) == 3] == [("a", "b", "c")]


class Aside:
    """A side round that keeps the tables that it gets, and what was asked before."""

    since = 2
    rho = 0.0
    answers: tuple[Any, ...] = ()

    def __init__(self, *, measurer: Any, domain: Domain = DOMAIN, rho: float = 0.0) -> None:
        del domain, rho
        self._measurer = measurer
        self.seen: list[Any] = []

    def measure(self, one_ways: Sequence[NoisyMarginal]) -> None:
        """Keep the tables."""
        self.seen.append((one_ways, self._measurer.calls[:]))


def test_what_else_is_asked_sees_the_one_way_tables_before_any_pair_is_measured() -> None:
    recorder = Recorder(10**9)
    aside = Aside(measurer=recorder)
    measure_in_rounds(
        recorder,
        domain=DOMAIN,
        focus=(),
        target=None,
        rho=0.5,
        layout=2,
        beside=[aside],
    )
    ((tables, before),) = aside.seen
    assert [table.attributes for table in tables] == [(name,) for name in DOMAIN.names]
    assert all(len(asked.attributes) == 1 for call in before for asked in call)


@pytest.mark.parametrize("since", [3, 4])
def test_there_are_as_many_groups_as_if_the_side_rounds_of_layout_4_were_free(since: int) -> None:
    """What is paid aside here is far more than what is left for the pair, so that it shows."""
    pair = Domain(columns=(Column(name="x", kind="integer", maximum=299), Column(name="s", kind="boolean")))
    paid = NoisyMarginal.of(attributes=("s",), level="fine", counts=np.zeros(2, np.int64), scale=1.0, rho=5.0)
    groups = []
    for answers in ((), (paid,)):
        measurer = Recorder(10**6, domain=pair)
        aside = Aside(measurer=measurer)
        aside.since, aside.answers = since, answers
        grids, _, _ = measure_in_rounds(
            measurer, domain=pair, focus=(), target=None, rho=0.001, layout=4, beside=[aside]
        )
        groups.append(int(grids["x"].max()) + 1)
    assert (groups[1] > 2 * groups[0]) == (since == 4)
