"""What differs between engines, one class each: how columns are read, a few functions, and how a snapshot begins.

A new engine is a class in a module here and a line in the registry.
"""

from synth_assets.errors import UsageError
from synth_assets.source.sql.flavours.cloud import BigQuery, Snowflake
from synth_assets.source.sql.flavours.duckdb import DuckDb
from synth_assets.source.sql.flavours.flavour import GIVEN, Flavour
from synth_assets.source.sql.flavours.postgres import Postgres
from synth_assets.source.sql.flavours.sqlite import Sqlite

__all__ = ["GIVEN", "Flavour", "flavour_of"]

_FLAVOURS: dict[str, type[Flavour]] = {
    "sqlite": Sqlite,
    "duckdb": DuckDb,
    "postgresql": Postgres,
    "bigquery": BigQuery,
    "snowflake": Snowflake,
}
"""By the first word of a location."""


def flavour_of(driver: str) -> Flavour:
    """Return the engine of an address by its first word, with or without a driver.

    Raises:
        UsageError: there is none; the address is not repeated, as it may hold a password.
    """
    engine = driver.partition("+")[0]
    if engine not in _FLAVOURS:
        raise UsageError(
            f"{engine!r} must be one of {', '.join(_FLAVOURS)}", hint="postgresql+psycopg://reader@host/database"
        )
    return _FLAVOURS[engine]()
