"""Each planted fault is named; a faithful table has none, and what the release cannot tell is said."""

import re
from typing import Any

import numpy as np
import pytest
from spending import ROWS, spending_contract, spending_facts, spending_release, spending_values

from synth_assets.checks.kinds.kind import Verdict
from synth_assets.checks.kinds.realism import REALISM, is_off
from synth_assets.contract.public_checks import Realism
from synth_assets.release import Release

LIMITS = {"max_impossible": 0.03, "max_tail": 0.005, "max_mass": 0.01}


@pytest.fixture(scope="module")
def release() -> Release:
    return spending_release(spending_values(seed=0))


def _verdict(release: Release, values: dict[str, Any], *, broken: int = 0) -> Verdict:
    return REALISM.verdict(spending_facts(release, values, broken=broken), LIMITS)


def test_a_faithful_table_passes_and_the_sentence_says_what_cannot_be_told(release: Release) -> None:
    passed, observed, sentence = _verdict(release, spending_values(seed=1))
    assert passed
    assert sentence == (
        "rules hold; nothing is surely off; the release cannot tell how many digits amount, share should have"
    )
    assert observed["pairs_surely_off"] == observed["tails_surely_off"] == observed["masses_surely_off"] == 0
    assert observed["pairs"]["looked_at"] == 10


def _uniform_tail(values: dict[str, Any]) -> None:
    far = np.arange(ROWS) % 25 == 0
    values["amount"] = np.where(far, np.random.default_rng(3).uniform(30_000, 100_000, ROWS), values["amount"])


def _fifteen_digits(values: dict[str, Any]) -> None:
    values["rate"] = values["rate"] * (1 - 1e-9)


def _tiny_zeros(values: dict[str, Any]) -> None:
    values["amount"] = np.where(values["amount"] == 0, 1e-7, values["amount"])


def _cut_tail(values: dict[str, Any]) -> None:
    values["amount"] = np.where(
        values["amount"] > 900, np.random.default_rng(3).uniform(300, 900, ROWS), values["amount"]
    )


def _one_value(values: dict[str, Any]) -> None:
    values["amount"] = np.where(np.arange(ROWS) % 20 == 0, 500.0, values["amount"])


def _round_numbers(values: dict[str, Any]) -> None:
    values["amount"] = np.round(values["amount"], 1)


def _impossible_pairs(values: dict[str, Any]) -> None:
    values["level"] = np.where(np.arange(ROWS) % 6 == 0, np.roll(values["level"], 1), values["level"])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (_uniform_tail, "too many in its tail; limit 0.50%"),
        (_fifteen_digits, "rate: 7,999 values are not multiples of its step"),
        (_tiny_zeros, "amount: 0.00% of the rows are 0, released 44.70%"),
        (_cut_tail, "too few in its tail; limit 0.50%"),
        (_one_value, "amount: 5.00% of the rows are 500, released 0.0"),
        (_round_numbers, "amount: 0.00% of the rows have more digits than are told apart, released 55.39%"),
        (_impossible_pairs, "of the rows are where the release says that nobody is; limit 3.00%"),
    ],
)
def test_each_planted_fault_is_found_and_named(release: Release, fault: Any, sentence: str) -> None:
    values = spending_values(seed=1)
    fault(values)
    passed, _, words = _verdict(release, values)
    assert not passed
    assert sentence in words


def test_a_tail_is_named_with_where_it_begins(release: Release) -> None:
    values = spending_values(seed=1)
    _uniform_tail(values)
    assert (
        "amount: 5.10% of the rows are above 3100.0, released 0.61%, surely 2.33% too many"
        in _verdict(release, values)[2]
    )


def test_a_tail_is_too_light_where_most_of_it_is_missing_even_if_that_is_little() -> None:
    figure = {"column": "x", "end": "upper", "beyond": 9, "share": 0.0002, "released": 0.02, "sure": 0.002}
    assert is_off("light_tails", figure, 0.005)
    facts = {"realism": {"broken_rules": 0, "off_grid": {}, "with_digits": 1, "without_digits": []}}
    for part in ("pairs", "tails", "masses"):
        facts["realism"][part] = {"looked_at": 0, "worst": []}
    facts["realism"]["light_tails"] = {"looked_at": 1, "worst": [figure]}
    passed, _, sentence = REALISM.verdict({"as_declared": True, **facts}, LIMITS)
    assert not passed
    assert sentence == (
        "x: 0.02% of the rows are above 9, released 2.00%, surely 0.20% too few in its tail; limit 0.50%, or more than "
        "there are; all reals have declared digits"
    )
    assert not is_off("tails", figure, 0.005)
    assert not is_off("light_tails", {**figure, "share": 0.01}, 0.005)
    assert not is_off("light_tails", {**figure, "sure": 0.0009}, 0.005)


def test_a_result_from_before_is_judged_again_by_what_it_observed(release: Release) -> None:
    values = spending_values(seed=1)
    _cut_tail(values)
    passed, observed, _ = _verdict(release, values)
    assert not passed
    earlier = {name: figure for name, figure in observed.items() if name not in REALISM.later}
    then, figures, sentence = REALISM.as_of(earlier, observed, LIMITS)
    assert then
    assert figures == earlier
    assert "tail" not in sentence


def test_what_is_surely_off_within_its_limit_is_said(release: Release) -> None:
    values = spending_values(seed=1)
    values["level"] = np.where(np.arange(ROWS) % 15 == 0, np.roll(values["level"], 1), values["level"])
    passed, _, sentence = _verdict(release, values)
    assert passed
    assert re.match(r"rules hold; surely off are, of the rows, [.\d]+% in impossible pairs \(limit 3%\); ", sentence)


def test_a_rule_that_does_not_hold_fails(release: Release) -> None:
    passed, _, words = _verdict(release, spending_values(seed=1), broken=3)
    assert not passed
    assert words.startswith("3 times a rule does not hold; ")


def test_limits_and_severity_are_the_contracts(release: Release) -> None:
    (entry,) = REALISM.entries(spending_contract())
    assert (entry.check, entry.severity, entry.kwargs) == ("realism", "warning", LIMITS)
    asked = spending_contract(checks={"realism": {"max_impossible": 0.1, "severity": "critical"}})
    (entry,) = REALISM.entries(asked)
    assert (entry.severity, entry.kwargs["max_impossible"]) == ("critical", 0.1)
    values = spending_values(seed=1)
    _impossible_pairs(values)
    assert REALISM.verdict(spending_facts(release, values), entry.kwargs)[0]


def test_a_contract_may_ask_for_nothing() -> None:
    assert list(REALISM.entries(spending_contract(checks={"realism": None}))) == []
    assert list(REALISM.of_scenario(spending_contract(), "any")) == []
    assert spending_contract().checks.realism == Realism()
