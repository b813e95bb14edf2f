"""Numbers and lists are written as people write them."""

import pytest

from synth_assets.audit.report.wording import joined, number, per_hundred, power, value_text


@pytest.mark.parametrize(("value", "text"), [(1e-7, "10⁻⁷"), (2.5e-6, "2.5 · 10⁻⁶"), (1.0, "10⁰")])
def test_powers_of_ten(value: float, text: str) -> None:
    assert power(value) == text


def test_shares_numbers_and_values() -> None:
    assert per_hundred(0.1234) == "12.3"
    assert number(1234567) == "1,234,567"
    assert (value_text(2.0), value_text("x")) == ("2", "x")


def test_of_a_very_long_list_the_first_values_and_their_number_are_written() -> None:
    text = joined([f"c{index}" for index in range(4096)])
    assert text.startswith("c0, c1, c2, ")
    assert text.endswith(", c59, ... (4,096 values)")
    assert joined(["a", "b"]) == "a, b"
