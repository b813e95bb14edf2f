"""A model is fitted to synthetic rows by name, deterministically, and refused where there is nothing to learn."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kit.incomes import DOMAIN, dependent_codes
from made_up_scorers import REGION, any_codes, codes_of
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits
from toy_generator import install, on_path
from toy_model import GROUP, PACKAGE

from synth_assets.domain import Column, Domain
from synth_assets.errors import NotInstalled, UsageError
from synth_assets.evaluation.models import fitting as module
from synth_assets.evaluation.models.fitting import fit_classes, fit_target
from synth_assets.evaluation.models.registry import MODELS
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.features import Features
from synth_assets.rowwise.material import content_of

_MEMBER = CodeAxis(column="member", places_of=(0, 1), labels=("no", "yes"))
_ROWS = codes_of(dependent_codes(3000))
_OTHERS = codes_of(dependent_codes(2000, seed=9))
_REGIONS = CodeAxis(column="region", places_of=(0, 1, 2), labels=("north", "south", "west"))
_THEIRS = {"gradient_boosting": HistGradientBoostingClassifier, "logistic_regression": LogisticRegression}


@pytest.fixture(params=list(MODELS.built_in))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_a_model_is_about_as_good_as_scikit_learns_on_rows_that_it_has_not_seen(kind: str) -> None:
    scorer = fit_target(_ROWS, domain=DOMAIN, target=_MEMBER, model=kind)
    ours = roc_auc_score(_OTHERS[3], scorer.score(_OTHERS, DOMAIN)[:, 1])
    features = Features.of(DOMAIN, one_hot=8, leave_out=("member",))
    theirs = _THEIRS[kind]().fit(features.matrix(_ROWS, DOMAIN), _ROWS[3])
    expected = roc_auc_score(_OTHERS[3], theirs.predict_proba(features.matrix(_OTHERS, DOMAIN))[:, 1])
    assert ours > 0.95
    assert ours == pytest.approx(expected, abs=0.01)


def test_the_same_rows_and_seed_give_the_same_bytes_with_any_number_of_threads(kind: str) -> None:
    fits = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            fits.append(fit_target(_ROWS, domain=DOMAIN, target=_REGIONS, model=kind, seed=3))
    assert content_of(fits[0]) == content_of(fits[1])
    assert "region" not in fits[0].features.columns


def test_a_category_without_a_synthetic_row_is_a_class_that_is_never_guessed(kind: str) -> None:
    kept = _ROWS[2] != 1
    scorer = fit_target([column[kept] for column in _ROWS], domain=DOMAIN, target=_REGIONS, model=kind)
    assert scorer.seen == (0, 2)
    scores = scorer.score(any_codes(300), DOMAIN)
    assert scores.shape == (300, 3)
    assert (scores[:, 1] == 0).all()


def test_a_category_that_features_never_had_is_scored_all_the_same(kind: str) -> None:
    kept = _ROWS[2] != 1
    scorer = fit_target([column[kept] for column in _ROWS], domain=DOMAIN, target=_MEMBER, model=kind)
    assert np.isfinite(scorer.score(any_codes(300), DOMAIN)).all()


def test_null_can_be_a_class(kind: str) -> None:
    known = CodeAxis(column="age", places_of=(*[0] * 60, 1), labels=("known", "null"))
    assert fit_target(_ROWS, domain=DOMAIN, target=known, model=kind).classes == ("known", "null")


def test_constant_columns_are_learned_nothing_from(kind: str) -> None:
    domain = Domain(
        columns=(Column(name="one", kind="integer", minimum=4, maximum=4), Column(name="member", kind="boolean"))
    )
    codes = [np.zeros(100, dtype=np.uint16), (np.arange(100) % 4 == 0).astype(np.uint16)]
    scorer = fit_target(codes, domain=domain, target=_MEMBER, model=kind)
    assert scorer.score(codes, domain)[:, 1] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("rows", [1, 500])
def test_rows_of_one_class_are_refused_by_name(kind: str, rows: int) -> None:
    codes = [column[:1].repeat(rows) for column in _ROWS]
    with pytest.raises(UsageError, match=r"all synthetic rows have '(no|yes)' for 'member'"):
        fit_target(codes, domain=DOMAIN, target=_MEMBER, model=kind)


def test_no_rows_no_other_column_and_no_such_model_are_refused() -> None:
    with pytest.raises(UsageError, match="no synthetic rows"):
        fit_target(any_codes(0), domain=DOMAIN, target=_MEMBER)
    with pytest.raises(UsageError, match="no column is left"):
        fit_target(_ROWS[3:4], domain=Domain(columns=(DOMAIN["member"],)), target=_MEMBER)
    with pytest.raises(UsageError, match="model kind 'oracle' is not known"):
        fit_target(_ROWS, domain=DOMAIN, target=_MEMBER, model="oracle")


def test_classes_need_not_be_a_column() -> None:
    halves = [np.concatenate([some[:300], other]) for some, other in zip(_ROWS, any_codes(300), strict=True)]
    lines: list[str] = []
    scorer = fit_classes(
        halves,
        domain=DOMAIN,
        labels=np.repeat([0, 1], 300),
        classes=("sampled", "uniform"),
        model="logistic_regression",
        progress=lines.append,
    )
    assert scorer.features.columns == DOMAIN.names
    assert roc_auc_score(np.repeat([0, 1], 300), scorer.score(halves, DOMAIN)[:, 1]) > 0.7
    assert lines == ["fitting logistic_regression for the class: 600 rows, 10 features, 2 classes"]


def test_of_many_rows_a_fixed_part_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 300)
    few = [column[::10] for column in _ROWS]
    fits = [fit_target(codes, domain=DOMAIN, target=REGION, model="logistic_regression") for codes in (_ROWS, few)]
    assert fits[0].digest == fits[1].digest


def test_a_model_of_another_package_is_fitted_by_its_name(tmp_path: Path) -> None:
    install(tmp_path, package=PACKAGE, entries={"toy": "toy_model:ToyModel"}, group=GROUP)
    with on_path(tmp_path):
        scorer = fit_target(_ROWS, domain=DOMAIN, target=_REGIONS, model="toy")
    shares = np.bincount(_ROWS[2]) / 3000
    assert scorer.score(any_codes(2), DOMAIN) == pytest.approx(np.array([shares, shares]))


@pytest.mark.parametrize("name", ["narrow", "foreign"])
def test_a_model_that_does_not_end_as_one_of_our_forms_is_refused(tmp_path: Path, name: str) -> None:
    install(tmp_path, package=PACKAGE, entries={name: f"toy_model:{name.title()}Model"}, group=GROUP)
    with on_path(tmp_path), pytest.raises(UsageError, match="toy-models did not end as trees or linear of 8 features"):
        fit_target(_ROWS, domain=DOMAIN, target=_MEMBER, model=name)


def test_a_missing_library_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_WithoutSklearn, *sys.meta_path])
    with pytest.raises(NotInstalled, match="fitting a model takes sklearn, which is not installed"):
        fit_target(_ROWS, domain=DOMAIN, target=replace(REGION), model=kind)


class _WithoutSklearn:
    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> None:
        del path, target
        if name.partition(".")[0] == "sklearn":
            raise ModuleNotFoundError(name, name=name)
