"""When tests were run, and by which version of this package."""

import datetime as dt
from importlib.metadata import version

__all__ = ["now", "package_version"]


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def package_version() -> str:
    """Return the version of this package."""
    return version("synth-assets")
