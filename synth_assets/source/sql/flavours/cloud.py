"""Warehouses of clouds, which no test of ours reaches: their statements are *generated, not run*."""

from sqlglot import exp

from synth_assets.source.sql.expressions import Tree, call, number, text
from synth_assets.source.sql.flavours.flavour import Flavour

__all__ = ["BigQuery", "Cloud", "Snowflake"]


class Cloud(Flavour):
    """What they share: no test runs them, and they cannot be told to compute a common table once."""

    run = False
    materialized = False


class BigQuery(Cloud):
    """BigQuery."""

    dialect = "bigquery"
    types = (
        (r"int64", "int64"),
        (r"float64", "double"),
        (r"bignumeric.*", "double"),
        (r"string(\(\d+\))?", "text"),
        (r"bool", "bool"),
        (r"date", "date32[day]"),
        (r"datetime", "timestamp[us]"),
        (r"timestamp", "timestamp[us, tz=UTC]"),
    )

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("UNIX_DATE", given)

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``; what has no zone is taken as UTC."""
        return call("UNIX_MICROS", call("TIMESTAMP", given))

    def sha256(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("TO_HEX", call("SHA256", given))

    def columns_query(self, table: str) -> tuple[str, dict[str, str]]:
        """See ``Flavour``."""
        schema, _, name = table.rpartition(".")
        query = f"SELECT column_name, data_type, NULL FROM `{schema}`.INFORMATION_SCHEMA.COLUMNS WHERE table_name = :name ORDER BY ordinal_position"  # noqa: E501, S608 - the officer's own words
        return query, {"name": name}


class Snowflake(Cloud):
    """Snowflake."""

    dialect = "snowflake"
    types = (
        (r"float|double|real", "double"),
        (r"text|varchar.*|string", "text"),
        (r"boolean", "bool"),
        (r"date", "date32[day]"),
        (r"timestamp_ntz.*|datetime", "timestamp[us]"),
        (r"timestamp_(l)?tz.*", "timestamp[us, tz=UTC]"),
    )

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("DATEDIFF", exp.var("DAY"), exp.cast(text("1970-01-01"), "DATE"), given)

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("DATE_PART", exp.var("EPOCH_MICROSECOND"), given)

    def sha256(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("SHA2", given, number(256))
