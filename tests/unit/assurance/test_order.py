"""Rows that are read before they are charged are counted, and draws that are not where they belong."""

import pytest

from synth_assets.assurance.order import out_of_order, uncharged_readings

RIGHT = ["RESERVED", "OPENED", "REDEEMED", "INTENT", "ANSWER", "INTENT", "ANSWER", "SETTLED"]


def test_a_reading_without_a_charge_counts_and_so_does_no_reading_at_all() -> None:
    assert uncharged_readings([RIGHT[:3], RIGHT[:5]]) == 0
    assert uncharged_readings([RIGHT[:1], RIGHT[:3]]) == 1
    assert uncharged_readings([]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["OPENED", "ANSWER", "INTENT", "SETTLED"],
        ["INTENT", "OPENED", "ANSWER", "SETTLED"],
        ["OPENED", "INTENT", "SETTLED"],
        ["OPENED", "INTENT", "INTENT", "ANSWER", "ANSWER", "SETTLED"],
        ["OPENED", "SETTLED"],
        [],
    ],
)
def test_entries_that_are_not_where_they_belong_count(wrong: list[str]) -> None:
    assert out_of_order(RIGHT) == 0
    assert out_of_order(wrong) > 0
