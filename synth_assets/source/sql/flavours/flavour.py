r"""What differs between engines: how columns of each type are read, and a few functions.

A column is read in the *normal form* of the type that it is registered as, and whatever else an engine
holds there is null: integers of 64 bits, doubles, texts that are compared byte by byte, truth values, days and
microseconds since 1970 (of times without a zone as they are written, of others in UTC). Both kinds of
sources read through here, so that a row is the same row wherever it is counted.

Example:
    >>> from synth_assets.source.sql.flavours import flavour_of
    >>> flavour_of("postgresql+psycopg").read("seen", "date32[day]").sql("postgres")
    'CASE WHEN ISFINITE("given"."seen") THEN "given"."seen" - CAST(\'1970-01-01\' AS DATE) END'
"""

import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlglot import exp

from synth_assets.source.sql.expressions import Tree, between, call, case, column

__all__ = ["GIVEN", "LEAST", "MOST", "Flavour", "collated", "finite"]

GIVEN = "given"
"""What statements call the table. SQLite takes a quoted name that no column has for a text, unless a table is named."""

Pattern = tuple[str, str]
MOST, LEAST = "9223372036854775807", "-9223372036854775808"
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
    is_file: ClassVar[bool] = False
    """Whether an address names a file."""
    begin: ClassVar[tuple[str, ...]] = ()
    """Statements that begin a snapshot that cannot be written; an engine that is not here has none."""
    types: ClassVar[tuple[Pattern, ...]]
    """Patterns of the engine's own types, in lower case, and what they are registered as; others are left out."""

    def engine(self, url: URL, **options: Any) -> Engine:
        """Return what SQLAlchemy opens a database by.

        Args:
            url: an address.
            options: of ``create_engine``, for every engine.

        Raises:
            ImportError: its driver is not installed; or ``NoSuchModuleError``.
        """
        return create_engine(url, **options)

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
        fits = between(given, exp.Literal.number(LEAST), exp.Literal.number(MOST))
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


def collated(given: Tree) -> Tree:
    """Return a text that is compared byte by byte."""
    return exp.Collate(this=given, expression=exp.to_identifier("C", quoted=True))


def finite(given: Tree, value: Tree) -> Tree:
    """Return what is made of a date or time; null of an infinite one."""
    return case([(call("ISFINITE", given), value)])


def _with_exponent(value: float) -> str:
    """Write a double so that no engine takes it for a decimal."""
    written = repr(value)
    return written if "e" in written else f"{written}e0"
