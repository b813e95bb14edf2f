"""Shares are as asked within the error of sampling, and no value occurs that nobody asked for."""

import pytest
from kit.people import varied_contract

from synth_assets.checks.kinds.shares import SHARES
from synth_assets.checks.suite import suite_of

_WANTED = {"city": {"north": 1.0, "south": 3.0}}


def _passes(north: float, south: float, *, rows: int = 10_000) -> bool:
    facts = {"as_declared": True, "rows": rows, "shares": {"city": {"north": north, "south": south}}}
    return SHARES.verdict(facts, {"shares": _WANTED})[0]


def test_only_a_scenario_with_shares_has_the_check() -> None:
    contract = varied_contract()
    assert list(SHARES.entries(contract)) == []
    assert "shares" in [entry.check for entry in suite_of(contract, scenario="even")]
    assert "shares" not in [entry.check for entry in suite_of(contract, scenario="old_north")]


@pytest.mark.parametrize(
    ("north", "rows", "passed"),
    [(0.25, 10_000, True), (0.27, 10_000, True), (0.28, 10_000, False), (0.28, 1_000, True)],
)
def test_a_share_is_held_to_what_sampling_explains_of_so_many_rows(north: float, rows: int, passed: bool) -> None:  # noqa: FBT001
    assert _passes(north, 1 - north, rows=rows) is passed


def test_any_row_with_another_value_fails() -> None:
    assert not _passes(0.25, 0.7499)


def test_what_was_seen_stands_beside_what_was_wanted() -> None:
    facts = {"as_declared": True, "rows": 100, "shares": {"city": {"north": 0.9, "south": 0.1}}}
    _, observed, sentence = SHARES.verdict(facts, {"shares": _WANTED})
    assert observed["shares"]["city"]["north"] == {"wanted": 0.25, "seen": 0.9}
    assert "city: north has a share of 0.900 instead of 0.250" in sentence
