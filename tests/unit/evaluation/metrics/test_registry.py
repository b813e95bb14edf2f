"""The names of figures."""

import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.metrics.registry import METRICS, parse


def test_a_name_is_a_family_and_its_arguments() -> None:
    assert parse("tstr_auc") == (METRICS["tstr_auc"], ())
    assert parse("fairness.sex.equalized_odds") == (METRICS["fairness"], ("sex", "equalized_odds"))


def test_an_unknown_figure_gets_the_closest_known_one_as_a_hint() -> None:
    with pytest.raises(UsageError, match="there is no figure 'tstr_acu'") as refusal:
        parse("tstr_acu")
    assert refusal.value.hint.startswith("did you mean 'tstr_auc'? there are: ")
    with pytest.raises(UsageError) as refusal:
        parse("zzz")
    assert refusal.value.hint.startswith("there are: tstr_auc, ")


@pytest.mark.parametrize("family", METRICS)
def test_every_family_says_what_it_is(family: str) -> None:
    metric = METRICS[family]
    assert metric.family == family
    assert metric.best in {0.0, 0.5, 1.0}
    assert metric.reads in {"utility", "closeness", "leakage"}
    assert metric.about
    assert not metric.about.endswith(".")
