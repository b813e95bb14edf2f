"""Each planted fault is named; a faithful table has none, and what the release cannot tell is said."""

from typing import Any

import numpy as np
import pytest
from spending import ROWS, spending_contract, spending_facts, spending_release, spending_values

from synth_assets.checks.kinds.kind import Verdict
from synth_assets.checks.kinds.realism import REALISM
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
        "rules hold; surely off are 0.00% of the rows in impossible pairs (limit 3.00%), 0.00% of the rows in tails "
        "(limit 0.50%), 0.00% of the rows in special values (limit 1.00%); "
        "the release cannot tell how many digits amount, share should have"
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


def _impossible_pairs(values: dict[str, Any]) -> None:
    values["level"] = np.where(np.arange(ROWS) % 6 == 0, np.roll(values["level"], 1), values["level"])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (_uniform_tail, "too many in its tail; limit 0.50%"),
        (_fifteen_digits, "rate: 7,999 values are not multiples of its step"),
        (_tiny_zeros, "amount: 0.00% of the rows are 0, released 44.70%"),
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
