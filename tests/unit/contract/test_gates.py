"""What a contract may say of gates, and that contracts without them stay what they were."""

from typing import Any

import pytest
from kit.people import make_contract
from pydantic import ValidationError

from synth_assets.contract.gates import Evaluation, Gate


def test_a_gate_has_one_limit() -> None:
    assert (Gate(min=0.85).limit, Gate(max=0.0).limit) == (0.85, 0.0)
    for limits in ({}, {"min": 0.1, "max": 0.2}):
        with pytest.raises(ValidationError, match="either `min` or `max`"):
            Gate(**limits)


@pytest.mark.parametrize(("minimum", "keeps"), [(0.84, True), (0.85, True), (0.86, False), (0.95, False)])
def test_a_minimum_looks_at_the_lower_bound(minimum: float, *, keeps: bool) -> None:
    assert Gate(min=minimum).keeps(low=0.85, high=0.9) is keeps


@pytest.mark.parametrize(("maximum", "keeps"), [(0.91, True), (0.9, True), (0.89, False), (0.5, False)])
def test_a_maximum_looks_at_the_upper_bound(maximum: float, *, keeps: bool) -> None:
    assert Gate(max=maximum).keeps(low=0.85, high=0.9) is keeps


def test_a_figure_that_says_nothing_keeps_no_limit() -> None:
    assert not Gate(min=0.01).keeps(low=0.0, high=1.0)
    assert not Gate(max=0.99).keeps(low=0.0, high=1.0)


def test_a_limit_is_said_as_a_person_says_it() -> None:
    assert (Gate(min=0.85).words, Gate(max=0.1).words) == ("at least 0.85", "at most 0.1")


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), "high", True])
def test_a_limit_is_a_finite_number(limit: Any) -> None:
    with pytest.raises(ValidationError):
        Gate(min=limit)


@pytest.mark.parametrize("name", ["tstr_auc", "fairness.sex.equalized_odds", "wasserstein.Höhe in m"])
def test_names_are_a_metric_and_what_it_is_about(name: str) -> None:
    assert list(make_contract(gates={name: {"max": 0.1}}).gates) == [name]


@pytest.mark.parametrize("name", ["", "TSTR", "tstr-auc", "a.", "a..b", "a.b.c.d", "a.b\n", f"a.{'b' * 129}", "a.\x7f"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="gates"):
        make_contract(gates={name: {"max": 0.1}})


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"threshold": 1.0}, {"population": 0}, {"model": ""}, {"x": 1}])
def test_how_figures_are_made_has_limits(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Evaluation(**wrong)


def test_gates_change_the_contract_and_not_what_a_release_is() -> None:
    plain, gated = make_contract(), make_contract(gates={"tstr_auc": {"min": 0.7}})
    assert plain.digest() != gated.digest()
    assert plain.fingerprint() == gated.fingerprint()
    assert make_contract(gates={}, evaluation={}).digest() == plain.digest()
