"""More budget is less noise and less error, each column and pair has its own figure, and any kind can be asked."""

import pytest
from kit.releases import MadeUp, made_up
from toy_generator import ToyGenerator

from synth_assets.errors import UsageError
from synth_assets.generator.curve import CurvePoint, budget_curve


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("visits"), scale=100.0)


def _curve(visits: MadeUp, kind: str, *, draws: int, epsilons: list[float]) -> list[CurvePoint]:
    contract = visits.contract.model_copy(
        update={"generator": visits.contract.generator.model_copy(update={"kind": kind})}
    )
    generator = ToyGenerator()
    generator.fit(visits.release, seed=0)
    return budget_curve(contract, visits.release, generator, epsilons=epsilons, draws=draws, seed=1)


def test_more_budget_is_less_noise_and_less_error(visits: MadeUp, toy: str) -> None:
    points = _curve(visits, toy, draws=2, epsilons=[0.5, 2.0, 8.0])
    assert points[1].factor == pytest.approx(1.0)  # the contract's own epsilon
    for synthetic in (False, True):
        columns = [point.mean(1, synthetic=synthetic) or 0.0 for point in points]
        assert columns == sorted(columns, reverse=True)
        assert columns[0] > 2 * columns[-1] > 0
    assert [table.attributes for table in points[0].tables] == [m.attributes for m in visits.release.marginals]


def test_without_fits_only_the_released_tables_are_looked_at(visits: MadeUp) -> None:
    (point,) = _curve(visits, "mixture", draws=0, epsilons=[2.0])
    assert point.mean(2, synthetic=True) is None
    assert 0 < (point.mean(2, synthetic=False) or 0.0) <= 1
    assert point.mean(3, synthetic=False) is None


def test_the_noise_of_the_released_tables_is_what_it_would_be(visits: MadeUp) -> None:
    # A third of the noise: half the mean absolute value of a normal variable, over all cells.
    (point,) = _curve(visits, "mixture", draws=0, epsilons=[2.0])
    region = visits.release.one_way("region")
    wanted = 0.5 * region.counts.size * region.scale * (2 / 3.14159265) ** 0.5 / round(visits.release.total())
    assert point.tables[0].released == pytest.approx(wanted)


def test_an_epsilon_that_is_none_is_refused(visits: MadeUp) -> None:
    with pytest.raises(UsageError, match="must be above 0"):
        _curve(visits, "mixture", draws=0, epsilons=[0.0])
