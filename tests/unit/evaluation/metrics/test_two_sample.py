"""A public classifier asks real rows where they fall among synthetic ones; equal rows fall anywhere alike."""

import numpy as np
import pytest
from asked_exactly import BETA, REAL, ask, figure_of, ground

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import MEASURED


def area_by_hand() -> float:
    """Return the area of real against synthetic scores, in the bins that were asked about, ties counting a half."""
    asked = ask("c2st")
    (axis,) = asked.questions[0].query.axes
    counts = [
        np.bincount(axis.places(rows, ground().domain), minlength=axis.size)
        for rows in (REAL[MEASURED], ground().other_rows)
    ]
    real, synthetic = (count / count.sum() for count in counts)
    area = float(real @ (np.cumsum(synthetic) - synthetic / 2))
    return max(area, 1 - area)


def test_the_figure_is_the_area_under_the_curve_of_real_against_synthetic_scores() -> None:
    figure = figure_of("c2st", ask("c2st"))
    assert figure.value == pytest.approx(area_by_hand(), abs=1e-3)
    assert 0.5 <= figure.low <= figure.value <= figure.high
    assert figure.beta == BETA


def test_the_best_value_is_chance() -> None:
    metric, arguments = parse("c2st")
    assert (metric.best, arguments) == (0.5, ())
    assert metric.fault(("city",), ground().contract) == "takes no argument"


def test_counts_of_other_synthetic_scores_do_not_belong_to_the_answer() -> None:
    asked = ask("c2st")
    counts = list(asked.facts["synthetic"])
    counts[0], counts[-1] = counts[0] + 500, max(0, counts[-1] - 50)
    with pytest.raises(IntegrityError):
        figure_of("c2st", asked, facts={**asked.facts, "synthetic": counts})
