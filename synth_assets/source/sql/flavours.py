r"""What differs between engines: how columns of each type are read, and a few functions.

A column is read in the *normal form* of the type that it is registered as, and whatever else an engine
holds there is null: integers of 64 bits, doubles, texts that are compared byte by byte, truth values, days and
microseconds since 1970 (of times without a zone as they are written, of others in UTC). Both kinds of
sources read through here, so that a row is the same row wherever it is counted.

Example:
    >>> flavour_of("postgresql+psycopg").read("seen", "date32[day]").sql("postgres")
    'CASE WHEN ISFINITE("given"."seen") THEN "given"."seen" - CAST(\'1970-01-01\' AS DATE) END'
"""

import re
from abc import ABC, abstractmethod
from typing import ClassVar

from sqlglot import exp

from synth_assets.errors import UsageError
from synth_assets.source.sql.expressions import Tree, all_of, between, call, case, column, number, text

__all__ = ["GIVEN", "Flavour", "flavour_of"]

GIVEN = "given"
"""What statements call the table. SQLite takes a quoted name that no column has for a text, unless a table is named."""

Pattern = tuple[str, str]
_MOST, _LEAST = "9223372036854775807", "-9223372036854775808"
_LARGEST, _SMALLEST = "1.7976931348623157e308", "4.9406564584124654e-324"
_NOT_HELD = "294247-01-01"
"""Times until 294247-01-10 are less than 2^63 microseconds after 1970; a day of any time zone is clear of it."""
_SCALED = re.compile(r"[a-z]+\((?P<digits>\d+),\s*(?P<scale>\d+)\)")


class Flavour(ABC):
    """One engine. Types are those that the ledger has, see ``domain.countable``."""

    dialect: ClassVar[str]
    """What sqlglot calls it."""
    run: ClassVar[bool] = True
    """Whether our tests run its statements; else they are *generated, not run*."""
    materialized: ClassVar[bool] = True
    """Whether a common table can be said to be computed once."""
    most_tables: ClassVar[int] = 100
    """Tables that are counted by one statement."""
    types: ClassVar[tuple[Pattern, ...]]
    """Patterns of the engine's own types, in lower case, and what they are registered as; others are left out."""

    def registered(self, declared: str, *, scale: int | None = None) -> str | None:
        """Return the registered type of a declared one, ``None`` if it cannot be read.

        Args:
            declared: as the engine's catalogue has it.
            scale: digits behind the point of a decimal, where the catalogue has them apart.
        """
        lower = declared.lower().strip()
        written = _SCALED.fullmatch(lower)
        if re.match(r"(decimal|numeric|number)\b", lower):
            scale = int(written["scale"]) if written else scale
            return "int64" if scale == 0 else "double"
        return next((kind for pattern, kind in self.types if re.fullmatch(pattern, lower)), None)

    def read(self, name: str, registered: str) -> Tree:
        """Return the normal form of a column of :data:`GIVEN`."""
        forms = {
            "int64": self.whole,
            "double": self.real,
            "text": self.text,
            "bool": lambda given: given,
            "date32[day]": self.days,
            "timestamp[us]": self.microseconds,
            "timestamp[us, tz=UTC]": self.microseconds,
        }
        return forms[registered](column(name, of=GIVEN))

    def whole(self, given: Tree) -> Tree:
        """Return integers of 64 bits; null where a wider type holds more."""
        fits = between(given, exp.Literal.number(_LEAST), exp.Literal.number(_MOST))
        return case([(fits, exp.cast(given, "BIGINT"))])

    def real(self, given: Tree) -> Tree:
        """Return doubles, null and NaN are both null later."""
        return exp.cast(given, "DOUBLE")

    def text(self, given: Tree) -> Tree:
        """Return texts that are compared byte by byte, whatever the column says."""
        return exp.cast(given, "TEXT")

    @abstractmethod
    def days(self, given: Tree) -> Tree:
        """Return days since 1970-01-01 of a date."""

    @abstractmethod
    def microseconds(self, given: Tree) -> Tree:
        """Return microseconds since 1970 of a time."""

    def double(self, value: float) -> Tree:
        """Return a literal that is exactly this double."""
        return exp.cast(exp.Literal.number(_with_exponent(value)), "DOUBLE")

    def sha256(self, given: Tree) -> Tree:
        """Return SHA-256 of the UTF-8 of a text, in lower-case hex."""
        return call("SHA256", given)

    def floor(self, given: Tree) -> Tree:
        """Return a double rounded down, as a double."""
        return call("FLOOR", given)

    def columns_query(self, table: str) -> tuple[str, dict[str, str]]:
        """Return a query of names, types and scales of a table's columns in their order, and its parameters."""
        schema, _, name = table.rpartition(".")
        where = "table_name = :name" + (" AND table_schema = :schema" if schema else f" AND {self.own_schema}")
        query = f"SELECT column_name, data_type, numeric_scale FROM information_schema.columns WHERE {where} ORDER BY ordinal_position"  # noqa: E501, S608 - one line of constants
        return query, {"name": name, **({"schema": schema} if schema else {})}

    own_schema: ClassVar[str] = "table_schema = CURRENT_SCHEMA()"
    schema: ClassVar[str | None] = None
    """Schema of a table that is named without one, where a common table of that name would be taken for it."""


class Sqlite(Flavour):
    """SQLite, where any value may stand in any column, so that each is read by its own type."""

    dialect = "sqlite"
    schema = "main"
    types = (
        (r".*int.*|.*bool.*", "int64"),
        (r".*(char|clob|text).*|.*(date|time).*", "text"),
        (r".*(real|float|double).*", "double"),
    )

    def registered(self, declared: str, *, scale: int | None = None) -> str | None:
        """See ``Flavour``; a decimal is a double here."""
        kind = super().registered(declared, scale=scale)
        return "double" if re.match(r"(?i)(decimal|numeric|number)\b", declared.strip()) else kind

    def whole(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return case([(exp.EQ(this=call("TYPEOF", given), expression=text("integer")), given)])

    def real(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        numeric = call("TYPEOF", given).isin(text("integer"), text("real"), copy=False)
        return case([(numeric, exp.cast(given, "DOUBLE"))])

    def text(self, given: Tree) -> Tree:
        """See ``Flavour``; bytes that are not UTF-8 are replaced, as the kernel reads them."""
        textual = call("TYPEOF", given).isin(text("text"), text("integer"), copy=False)
        return case([(textual, call("UTF8_OF", exp.cast(given, "BLOB")))])

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``; no column is registered as one."""
        del given
        raise UsageError("SQLite does not have dates", hint="they are texts there")

    microseconds = days

    def double(self, value: float) -> Tree:
        """See ``Flavour``; SQLite reads decimals only nearly, so other than whole numbers are written in hex."""
        if value.is_integer() and abs(value) < 2**53:
            return exp.Literal.number(f"{value:.1f}")
        return call("DOUBLE_OF", text(value.hex()))

    def sha256(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return call("SHA256", exp.cast(given, "BLOB"))

    def floor(self, given: Tree) -> Tree:
        """See ``Flavour``; the FLOOR that SQLAlchemy brings fails for null."""
        return call("FLOOR_OF", given)

    def columns_query(self, table: str) -> tuple[str, dict[str, str]]:
        """See ``Flavour``."""
        schema, _, name = table.rpartition(".")
        return "SELECT name, type, NULL FROM pragma_table_info(:name, :schema) ORDER BY cid", {
            "name": name,
            "schema": schema or self.schema,
        }


class DuckDb(Flavour):
    """DuckDB."""

    dialect = "duckdb"
    types = (
        (r"u?(tinyint|smallint|integer|bigint|hugeint)", "int64"),
        (r"float|double", "double"),
        (r"varchar|uuid|enum\(.*\)", "text"),
        (r"boolean", "bool"),
        (r"date", "date32[day]"),
        (r"timestamp", "timestamp[us]"),
        (r"timestamp with time zone", "timestamp[us, tz=UTC]"),
    )

    def whole(self, given: Tree) -> Tree:
        """See ``Flavour``; not every wider type can be compared with 64 bits, and each can be tried."""
        return exp.TryCast(this=given.copy(), to=exp.DataType.build("BIGINT"))

    def text(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return _collated(exp.cast(given, "TEXT"))

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite dates are null."""
        days = call("DATE_DIFF", text("day"), exp.cast(text("1970-01-01"), "DATE"), given)
        return case([(call("ISFINITE", given), days)])

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite times are null."""
        return case([(call("ISFINITE", given), call("EPOCH_US", given))])


class Postgres(Flavour):
    """PostgreSQL from version 14 on, whose ``EXTRACT`` is exact."""

    dialect = "postgres"
    types = (
        (r"smallint|integer|bigint", "int64"),
        (r"real|double precision", "double"),
        (r"text|character varying|character|uuid", "text"),
        (r"boolean", "bool"),
        (r"date", "date32[day]"),
        (r"timestamp without time zone", "timestamp[us]"),
        (r"timestamp with time zone", "timestamp[us, tz=UTC]"),
    )

    def whole(self, given: Tree) -> Tree:
        """See ``Flavour``; a decimal may be larger than 64 bits, or NaN, which is above all numbers."""
        fits = between(exp.cast(given, "DECIMAL"), exp.Literal.number(_LEAST), exp.Literal.number(_MOST))
        return case([(fits, exp.cast(given, "BIGINT"))])

    def real(self, given: Tree) -> Tree:
        """See ``Flavour``; the cast of a decimal beyond doubles would be an error that says which it is."""
        size = call("ABS", given)
        large = exp.GT(this=size, expression=exp.Literal.number(_LARGEST))
        small = exp.LT(this=size.copy(), expression=exp.Literal.number(_SMALLEST))
        return case([(large, exp.null()), (small, number(0))], default=exp.cast(given, "DOUBLE"))

    def text(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return _collated(exp.cast(given, "TEXT"))

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite dates are null."""
        days = exp.Sub(this=given.copy(), expression=exp.cast(text("1970-01-01"), "DATE"))
        return case([(call("ISFINITE", given), days)])

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite times are null, and those of the last years that 64 bits do not hold."""
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=given.copy())
        whole = exp.cast(exp.Mul(this=seconds, expression=number(1_000_000)), "BIGINT")
        held = exp.LT(this=given.copy(), expression=exp.cast(text(_NOT_HELD), "TIMESTAMP"))
        return case([(all_of(call("ISFINITE", given), held), whole)])

    def sha256(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return _collated(call("ENCODE", call("SHA256", call("CONVERT_TO", given, text("UTF8"))), text("hex")))


class BigQuery(Flavour):
    """BigQuery: generated, not run."""

    dialect = "bigquery"
    run = False
    materialized = False
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


class Snowflake(Flavour):
    """Snowflake: generated, not run."""

    dialect = "snowflake"
    run = False
    materialized = False
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


def _collated(given: Tree) -> Tree:
    return exp.Collate(this=given, expression=exp.to_identifier("C", quoted=True))


def _with_exponent(value: float) -> str:
    """Write a double so that no engine takes it for a decimal."""
    written = repr(value)
    return written if "e" in written else f"{written}e0"
