"""A record says when and by what its tests were run."""

import datetime as dt

from synth_assets.assurance.clock import now, package_version


def test_a_time_is_in_utc_and_to_the_second() -> None:
    stated = dt.datetime.strptime(now(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    assert abs(dt.datetime.now(dt.UTC) - stated) < dt.timedelta(minutes=1)


def test_the_version_is_that_of_the_installed_package() -> None:
    assert package_version()[0].isdigit()
