"""Rows of a world, of what a hybrid has besides, and those that meet a condition."""

import numpy as np
import pyarrow as pa
import pytest
from kit.incomes import DOMAIN

from synth_assets.errors import UsageError
from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.simulators.drawing import Drawing
from synth_assets.generator.simulators.rendering import Rendering


def where(text: str) -> Condition:
    """Return a condition on the made-up incomes."""
    return parse_condition(text, domain=DOMAIN)


def test_rows_are_those_of_the_world(rendering: Rendering, truth: np.ndarray) -> None:
    drawn = Drawing(rendering=rendering, parameters=truth).rows(200, np.random.default_rng(4))
    assert drawn == rendering.world(truth, 200, np.random.default_rng(4)).batch()


def test_a_condition_is_met_by_every_row_and_changes_nothing_else(rendering: Rendering, truth: np.ndarray) -> None:
    drawing = Drawing(rendering=rendering, parameters=truth, where=where("region = 'west'"))
    drawing.check()
    rows = drawing.rows(20_000, np.random.default_rng(0))
    assert rows.num_rows == 20_000
    assert set(rows["region"].to_pylist()) == {"west"}
    ages = rows["age"].drop_null().to_numpy()
    assert ages.min() >= 40
    assert np.bincount(ages - 40, minlength=38) / len(ages) == pytest.approx(np.full(38, 1 / 38), abs=0.005)


def test_a_condition_that_no_row_meets_is_refused(rendering: Rendering, truth: np.ndarray) -> None:
    never = where("region = 'west' AND age <= 30")
    drawing = Drawing(rendering=rendering, parameters=truth, where=never)
    with pytest.raises(UsageError, match="none of 1,048,576 simulated rows meets"):
        drawing.check()


def test_a_condition_that_is_too_rare_for_so_many_rows_is_refused_with_how_many_there_can_be(
    rendering: Rendering, truth: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.generator.simulators.drawing.MOST_DRAWN", 2_000_000)
    rare = Drawing(rendering=rendering, parameters=truth, where=where("income >= 90 AND age <= 70"))
    with pytest.raises(UsageError, match=r"too rare for 100,000 rows[^\n]*\n.*at most [0-9,]+ rows"):
        rare.rows(100_000, np.random.default_rng(0))


def test_a_condition_about_an_unknown_column_is_refused(rendering: Rendering, truth: np.ndarray) -> None:
    odd = Condition(text="height = 3", weights={"height": (1.0,)})
    with pytest.raises(UsageError, match="unknown column 'height'"):
        Drawing(rendering=rendering, parameters=truth, where=odd).check()


def test_a_hybrid_draws_its_share_and_shuffles(
    rendering: Rendering, truth: np.ndarray, fitted: MixtureGenerator
) -> None:
    young = np.array([2.0, 20.0, 0.0])  # in this world all but the youngest live in the west
    drawing = Drawing(rendering=rendering, parameters=young, share=0.75, residual=fitted)
    rows = pa.table(drawing.rows(20_000, np.random.default_rng(0)))
    west = np.array(rows["region"].to_pylist()) == "west"
    of_mixture = fitted.marginal(("region",))[2]
    assert west.mean() == pytest.approx(0.75 * 58 / 60 + 0.25 * of_mixture, abs=0.01)
    halves = west[:10_000].mean(), west[10_000:].mean()
    assert halves[0] == pytest.approx(halves[1], abs=0.02)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_hybrid_of_one_part_alone_draws_that_part(
    rendering: Rendering, truth: np.ndarray, fitted: MixtureGenerator, share: float
) -> None:
    rows = Drawing(rendering=rendering, parameters=truth, share=share, residual=fitted).rows(
        7, np.random.default_rng(0)
    )
    assert rows.num_rows == 7
    assert rows.schema == DOMAIN.arrow_schema()
