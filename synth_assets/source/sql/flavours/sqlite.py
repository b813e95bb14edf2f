"""SQLite, with the functions that it lacks."""

import hashlib
import math
import re
import sqlite3
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlglot import exp

from synth_assets.errors import UsageError
from synth_assets.source.sql.expressions import Tree, call, case, text
from synth_assets.source.sql.flavours.flavour import Flavour

__all__ = ["Sqlite"]


class Sqlite(Flavour):
    """SQLite, where any value may stand in any column, so that each is read by its own type."""

    dialect = "sqlite"
    is_file = True
    begin = ("PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY", "BEGIN")
    schema = "main"
    types = (
        (r".*int.*|.*bool.*", "int64"),
        (r".*(char|clob|text).*|.*(date|time).*", "text"),
        (r".*(real|float|double).*", "double"),
    )

    def engine(self, url: URL, **options: Any) -> Engine:
        """See ``Flavour``; opened for reading, with the functions that SQLite lacks."""
        return create_engine("sqlite://", creator=lambda: _opened(url.database or ""), **options)

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


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    connection.create_function("SHA256", 1, _sha256, deterministic=True)
    connection.create_function("UTF8_OF", 1, _utf8_of, deterministic=True)
    connection.create_function("DOUBLE_OF", 1, float.fromhex, deterministic=True)
    connection.create_function("FLOOR_OF", 1, _floor, deterministic=True)
    return connection


def _floor(value: float | None) -> float | None:
    return None if value is None else float(math.floor(value))


def _sha256(octets: bytes | None) -> str | None:
    return None if octets is None else hashlib.sha256(octets).hexdigest()


def _utf8_of(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode("utf-8", errors="replace")
