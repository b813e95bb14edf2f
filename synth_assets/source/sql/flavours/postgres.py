"""PostgreSQL."""

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlglot import exp

from synth_assets.source.sql.expressions import Tree, all_of, between, call, case, number, text
from synth_assets.source.sql.flavours.flavour import LEAST, MOST, Flavour, collated, finite

__all__ = ["Postgres"]

_LARGEST, _SMALLEST = "1.7976931348623157e308", "4.9406564584124654e-324"
_NOT_HELD = "294247-01-01"
"""Times until 294247-01-10 are less than 2^63 microseconds after 1970; a day of any time zone is clear of it."""


class Postgres(Flavour):
    """PostgreSQL from version 14 on, whose ``EXTRACT`` is exact."""

    dialect = "postgres"
    begin = (
        "SET standard_conforming_strings = on",
        "SET client_min_messages = error",
        "SET extra_float_digits = 3",
        "SET jit = off",  # it would compile long statements for longer than they run
        "SET default_transaction_read_only = on",
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
    types = (
        (r"smallint|integer|bigint", "int64"),
        (r"real|double precision", "double"),
        (r"text|character varying|character|uuid", "text"),
        (r"boolean", "bool"),
        (r"date", "date32[day]"),
        (r"timestamp without time zone", "timestamp[us]"),
        (r"timestamp with time zone", "timestamp[us, tz=UTC]"),
    )

    def engine(self, url: URL, **options: Any) -> Engine:
        """See ``Flavour``; transactions are begun by statements of ours."""
        return create_engine(url, **options, isolation_level="AUTOCOMMIT")

    def whole(self, given: Tree) -> Tree:
        """See ``Flavour``; a decimal may be larger than 64 bits, or NaN, which is above all numbers."""
        fits = between(exp.cast(given, "DECIMAL"), exp.Literal.number(LEAST), exp.Literal.number(MOST))
        return case([(fits, exp.cast(given, "BIGINT"))])

    def real(self, given: Tree) -> Tree:
        """See ``Flavour``; the cast of a decimal beyond doubles would be an error that says which it is."""
        size = call("ABS", given)
        large = exp.GT(this=size, expression=exp.Literal.number(_LARGEST))
        small = exp.LT(this=size.copy(), expression=exp.Literal.number(_SMALLEST))
        return case([(large, exp.null()), (small, number(0))], default=exp.cast(given, "DOUBLE"))

    def text(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return collated(exp.cast(given, "TEXT"))

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite dates are null."""
        days = exp.Sub(this=given.copy(), expression=exp.cast(text("1970-01-01"), "DATE"))
        return finite(given, days)

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite times are null, and those of the last years that 64 bits do not hold."""
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=given.copy())
        whole = exp.cast(exp.Mul(this=seconds, expression=number(1_000_000)), "BIGINT")
        held = exp.LT(this=given.copy(), expression=exp.cast(text(_NOT_HELD), "TIMESTAMP"))
        return case([(all_of(call("ISFINITE", given), held), whole)])

    def sha256(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return collated(call("ENCODE", call("SHA256", call("CONVERT_TO", given, text("UTF8"))), text("hex")))
