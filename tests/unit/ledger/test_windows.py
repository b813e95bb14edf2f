"""Windows are written by hand and must not be read in two ways."""

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger.windows import parse_window, worst_run
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
