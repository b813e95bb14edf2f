"""The tail of the discrete Gaussian is bounded from above, and closely."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from synth_assets.privacy import tails
from synth_assets.privacy.tails import discrete_tail


def added_up(start: int, scale: float) -> Fraction:
    """Return the tail by adding up its terms in 80 digits, as far as they count."""
    with localcontext(prec=80):
        twice = 2 * Decimal(scale) ** 2

        def term(x: int) -> Decimal:
            return (-Decimal(x * x) / twice).exp()

        tail = sum(term(x) for x in range(start, start + math.ceil(30 * scale) + 10))
        return Fraction(tail / (1 + 2 * sum(term(x) for x in range(1, math.ceil(40 * scale) + 10))))


@pytest.mark.parametrize(
    ("scale", "start"), [(0.1, 1), (0.3, 1), (1.0, 1), (1.0, 6), (3.9, 20), (4.0, 20), (5.0, 30), (7.3, 1), (60.0, 400)]
)
def test_the_bound_is_the_sum_of_its_terms(scale: float, start: int) -> None:
    exact = added_up(start, scale)
    assert exact <= discrete_tail(start, scale=scale) <= exact * (1 + Fraction(1, 10**18))


@pytest.mark.parametrize("start", [1, 200, 300, 500, 800, 3000, 4500])
def test_blocks_of_terms_bound_the_tail_as_closely_as_the_module_states(
    start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "_BLOCKS", 100)  # five terms per block at scale 500
    bound, exact = discrete_tail.__wrapped__(start, scale=500.0), added_up(start, 500.0)
    share = (5 / 500) ** 2 * (start / 500) ** 2 / 12 if start >= 500 else 0.5 / 100
    assert exact <= bound <= exact * (1 + Fraction(1.05 * share + 1e-5))


def test_what_is_wide_is_near_the_continuous_tail() -> None:
    tail = float(discrete_tail(3_000_000, scale=5e5))
    assert tail == pytest.approx(math.erfc((3_000_000 - 0.5) / 5e5 / math.sqrt(2)) / 2, rel=1e-7)


def test_the_tail_falls_and_is_one_up_to_zero() -> None:
    assert discrete_tail(0, scale=5.0) == discrete_tail(-7, scale=5.0) == 1
    tails = [discrete_tail(start, scale=5.0) for start in range(1, 60)]
    assert tails == sorted(tails, reverse=True)
    assert tails[0] < Fraction(1, 2)


@pytest.mark.parametrize(("scale", "start"), [(1e-6, 1), (0.01, 1), (1.0, 2**31), (1e15, 2**31)])
def test_the_ends_of_what_can_be_asked_have_a_bound(scale: float, start: int) -> None:
    assert 0 < discrete_tail(start, scale=scale) < 1
