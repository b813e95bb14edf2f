"""Closeness: figures of exact answers are the distances between real and synthetic tables, by their definitions."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from asked_exactly import BETA, REAL, answers_to, ask, figure_of, gated_contract, ground
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from synth_assets.domain import Column
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metrics.closeness import JENSEN_SHANNON, WASSERSTEIN, WORKLOAD_ERROR
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import MEASURED

ROWS = REAL[MEASURED]


def total_variation(names: tuple[str, ...]) -> float:
    about = ground()
    grids = about.release.grids
    tables = []
    for rows in (ROWS, about.rows):
        table = np.zeros([grids[name].max() + 1 for name in names])
        np.add.at(table, tuple(grids[name][rows[about.domain.index(name)]] for name in names), 1)
        tables.append(table / table.sum())
    return float(np.abs(tables[0] - tables[1]).sum() / 2)


@pytest.mark.parametrize(("gate", "size"), [("workload_error", 2), ("workload_error.triples", 3)])
def test_the_workload_error_is_the_mean_total_variation_beyond_sampling(gate: str, size: int) -> None:
    asked = ask(gate)
    tables = list(combinations(ground().domain.names, size))
    assert asked.questions[0].query.groups == (tuple(tables),)
    expected = np.mean([total_variation(names) for names in tables]) - asked.facts["by_sampling"]
    figure = figure_of(gate, asked)
    # The answer is about counts of as many rows as the release says there are, which is off by a few of 3000.
    assert figure.value == pytest.approx(expected, abs=0.002)
    assert figure.low < expected < figure.high
    assert 0 < asked.facts["by_sampling"] < 0.1


def test_a_unit_moves_a_workload_by_its_number_of_tables() -> None:
    (posed,) = ask("workload_error").questions
    assert posed.query.noise(unit=gated_contract(max_rows=2).unit(), rho=0.5, delta=0.0).d_in == 2 * 3


@pytest.mark.parametrize("change", [{"tables": 300}, {"tables": 0}, {"rounding": -1e9}, {"rows_deviation": -1.0}])
def test_facts_that_would_make_a_workload_error_smaller_do_not_belong_to_the_answer(change: dict[str, float]) -> None:
    asked = ask("workload_error")
    with pytest.raises(IntegrityError):
        figure_of("workload_error", asked, facts={**asked.facts, **change})


def test_triples_that_the_release_holds_are_not_asked() -> None:
    about = ground()
    (posed,) = ask("workload_error.triples").questions
    assert posed.query.groups == ((("age", "city", "member"),),)
    table = about.release.marginals[-1]
    whole = replace(table, descriptor={**table.descriptor, "attributes": ("age", "city", "member")})
    released = replace(about.release, answers=(*about.release.answers, whole))
    with pytest.raises(UsageError, match="there are no triples to compare"):
        ask("workload_error.triples", Ground(about.contract, released, about.candidate))


def test_the_wasserstein_distance_is_scipys_as_a_share_of_the_range() -> None:
    about = ground()
    index = about.domain.index("age")
    real, synthetic = (rows[index][rows[index] < 20].astype(float) for rows in (ROWS, about.rows))
    expected = wasserstein_distance(real, synthetic) / 19
    assert figure_of("wasserstein.age").value == pytest.approx(expected, abs=1e-5)
    assert expected > 0.003


def test_the_divergence_is_scipys_in_bits() -> None:
    about = ground()
    grid, index = about.release.grids["age"], about.domain.index("age")
    real, synthetic = (np.bincount(grid[rows[index]]) for rows in (ROWS, about.rows))
    expected = jensenshannon(real, synthetic, base=2) ** 2
    assert figure_of("jensen_shannon.age").value == pytest.approx(expected, rel=1e-4)


def test_special_values_have_their_place_in_order_and_questions_of_one_column_have_different_names() -> None:
    about = ground()
    special = Column(name="age", kind="integer", minimum=0, maximum=18, specials=(-9.0,), nullable=True)
    domain = replace(about.domain, columns=(special, *about.domain.columns[1:]))
    grids = {**about.release.grids, "age": np.arange(special.size)}
    other = Ground(about.contract, replace(about.release, domain=domain, grids=grids), about.candidate)
    other.__dict__["rows"] = about.rows
    (distance,), (divergence,) = (ask(gate, other).questions for gate in ("wasserstein.age", "jensen_shannon.age"))
    assert distance.query.shape() == divergence.query.shape()
    assert distance.query.name != divergence.query.name
    places = distance.query.axes[0].places_of
    assert places[:19] == tuple(range(1, 20))
    assert places[19:] == (0, 20)


def test_neighbours_of_a_column_with_many_values_are_taken_together() -> None:
    about = ground()
    wide = Column(name="age", kind="integer", minimum=0, maximum=999)
    domain = replace(about.domain, columns=(wide, *about.domain.columns[1:]))
    other = Ground(about.contract, replace(about.release, domain=domain), about.candidate)
    rng = np.random.default_rng(1)
    synthetic, real = (rng.integers(0, high, 4000).astype(np.uint16) for high in (1_000, 900))
    other.__dict__["rows"] = [synthetic, *about.rows[1:]]
    asked = ask("wasserstein.age", other)
    assert asked.questions[0].query.shape()[0] <= 257
    figure = figure_of("wasserstein.age", asked, real={MEASURED: [real, *(column[:4000] for column in about.rows[1:])]})
    assert figure.value == pytest.approx(wasserstein_distance(real, synthetic) / 999, abs=1 / 256)


def test_an_answer_that_is_larger_than_any_histogram_is_refused() -> None:
    metric, arguments = parse("wasserstein.age")
    asked = ask("wasserstein.age")
    ((key, answer),) = answers_to(asked).items()
    huge = replace(answer, values=np.ones(100_000, dtype=np.int64))
    facts = {**asked.facts, "synthetic": [1] * 100_000, "positions": list(range(99_999))}
    with pytest.raises(IntegrityError, match="more than"):
        metric.figure(arguments, facts, {key: huge}, beta=BETA)


def test_what_a_contract_cannot_ask_is_said() -> None:
    contract = gated_contract()
    assert WORKLOAD_ERROR.fault((), contract) is None
    assert WORKLOAD_ERROR.fault(("triples",), contract) is None
    assert "pairs|triples" in str(WORKLOAD_ERROR.fault(("fours",), contract))
    assert "is written" in str(WORKLOAD_ERROR.fault(("pairs", "pairs"), contract))
    narrow = contract.model_copy(update={"columns": {"age": contract.columns["age"]}})
    assert WORKLOAD_ERROR.fault((), narrow) == "needs 2 columns"
    assert WASSERSTEIN.fault(("age",), contract) is None
    assert "no distance" in str(WASSERSTEIN.fault(("city",), contract))
    assert JENSEN_SHANNON.fault(("city",), contract) is None
    for metric in (WASSERSTEIN, JENSEN_SHANNON):
        assert "measured column" in str(metric.fault(("adult",), contract))
        assert "measured column" in str(metric.fault((), contract))
