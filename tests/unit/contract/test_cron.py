"""Schedules have five fields whose numbers and names are in range."""

import pytest

from synth_assets.contract.cron import is_cron


@pytest.mark.parametrize("text", ["* * * * *", "*/5 0-6 1,15 jan-mar mon", "0 23 31 12 7"])
def test_a_schedule_is_one(text: str) -> None:
    assert is_cron(text)


@pytest.mark.parametrize("text", ["", "hourly", "* * * *", "60 * * * *", "* * 0 * *", "*/0 * * * *", "* jan * * *"])
def test_what_is_not_a_schedule_is_not_taken_for_one(text: str) -> None:
    assert not is_cron(text)
