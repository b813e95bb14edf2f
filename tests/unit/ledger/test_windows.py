"""Windows are written by hand and must not be read in two ways."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.errors import UsageError
from synth_assets.ledger.windows import Window, canonical, check_apart, check_inside, parse_window, worst_run
from synth_assets.privacy import PrivacyLoss


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seen_at",
        "seen_at=2026-11-01",
        "=2026-11-01/2026-12-01",
        "a=2026-12-01/2026-11-01",
        "a=x/y",
        "a=2026-11-01/",
    ],
)
def test_what_is_not_a_window_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="must be column=start/end"):
        parse_window(text)


def test_mixing_time_zones_is_refused() -> None:
    with pytest.raises(UsageError, match="must be column=start/end"):
        parse_window("a=2026-11-01T00:00:00+01:00/2026-12-01T00:00:00")


def test_windows_that_touch_do_not_overlap() -> None:
    first, second = parse_window("a=2026-11-01/2026-12-01"), parse_window("a=2026-12-01/2027-01-01")
    assert not first.overlaps(second)
    assert first.overlaps(parse_window("a=2026-11-30T23:59:59/2026-12-02"))
    assert str(first) == "a=2026-11-01T00:00:00/2026-12-01T00:00:00"


def test_the_worst_run_is_the_largest_sum_of_neighbouring_windows() -> None:
    losses = [PrivacyLoss(nano_rho=rho) for rho in (5, 1, 4, 4, 0)]
    assert [worst_run(losses, windows=k).nano_rho for k in (1, 2, 3, 99)] == [5, 8, 10, 14]
    assert worst_run([], windows=3).nano_rho == 0


@pytest.mark.parametrize(
    "text",
    [
        "a=2026-11-01/2026-12-01",
        " a = 2026-11-01T00:00 / 2026-12-01T00:00:00.000 ",
        "a=20261101/2026-12-01 00:00",
    ],
)
def test_one_window_has_one_canonical_form(text: str) -> None:
    assert canonical(text) == "a=2026-11-01T00:00:00/2026-12-01T00:00:00"


def test_a_zoned_window_is_shown_in_utc() -> None:
    berlin, utc = "a=2026-11-01T01:00+01:00/2026-12-01T01:00+01:00", "a=2026-11-01T00:00Z/2026-12-01T00:00+00:00"
    assert canonical(berlin) == canonical(utc) == "a=2026-11-01T00:00:00+00:00/2026-12-01T00:00:00+00:00"


def test_zoned_and_naive_windows_are_not_compared() -> None:
    zoned, naive = parse_window("a=2026-11-01T00:00Z/2026-12-01T00:00Z"), parse_window("a=2026-11-01/2026-12-01")
    for compare in (zoned.overlaps, zoned.contains):
        with pytest.raises(UsageError, match="write both with a time zone"):
            compare(naive)


_DAYS = st.integers(0, 40)


def _window(start: int, days: int) -> Window:
    first = datetime(2026, 11, 1) + timedelta(days=start)  # noqa: DTZ001 -- windows without a zone
    return Window(column="a", start=first, end=first + timedelta(days=days + 1))


@given(starts=st.lists(st.tuples(_DAYS, _DAYS), min_size=1, max_size=6), stamp=st.integers(0, 90 * 24))
def test_every_time_stamp_lies_in_one_part_of_a_family_at_most(starts: list[tuple[int, int]], stamp: int) -> None:
    family: list[Window] = []
    for start, days in starts:
        window = _window(start, days)
        with suppress(UsageError):
            check_apart(window, family)
            family.append(window)
    moment = datetime(2026, 11, 1) + timedelta(hours=stamp)  # noqa: DTZ001 -- same
    assert len({str(window) for window in family if window.start <= moment < window.end}) <= 1


@given(outer=st.tuples(_DAYS, _DAYS), inner=st.tuples(_DAYS, _DAYS), stamp=st.integers(0, 90 * 24))
def test_a_time_stamp_of_an_inner_window_is_in_the_outer_one(
    outer: tuple[int, int], inner: tuple[int, int], stamp: int
) -> None:
    around, window = _window(*outer), _window(*inner)
    moment = datetime(2026, 11, 1) + timedelta(hours=stamp)  # noqa: DTZ001 -- same
    try:
        check_inside(window, around)
    except UsageError:
        assert window.start < around.start or around.end < window.end
    else:
        assert not window.start <= moment < window.end or around.start <= moment < around.end
