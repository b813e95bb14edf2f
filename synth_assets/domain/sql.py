"""How expressions are read and written: SQL as PostgreSQL has it, by sqlglot, which is imported when it is needed.

What is written is read again and evaluated, so it must be what was meant: PostgreSQL rounds decimals only, and sqlglot
writes ``ROUND(CAST(x AS DOUBLE), 1)`` with a cast to decimals for it. Here ``ROUND`` stays as it stands.

Example:
    >>> write_sql(read_sql("round(cast(x as double), 1)+2 -- a comment"))
    'ROUND(CAST(x AS DOUBLE PRECISION), 1) + 2'
"""

from functools import cache
from typing import Any

__all__ = ["read_sql", "write_sql"]


def read_sql(text: str) -> Any:
    """Return the tree of an expression.

    Raises:
        sqlglot.errors.SqlglotError: it is not SQL.
        RecursionError: it nests too deeply.
    """
    import sqlglot

    return sqlglot.parse_one(text, dialect=_dialect())


def write_sql(tree: Any) -> str:
    """Return a tree as text, without comments."""
    text: str = tree.sql(dialect=_dialect(), comments=False)
    return text


@cache
def _dialect() -> Any:
    from sqlglot import expressions
    from sqlglot.dialects.postgres import Postgres

    class Plain(Postgres):
        class Generator(Postgres.Generator):  # type: ignore[misc, valid-type]
            TRANSFORMS = {  # noqa: RUF012 - as sqlglot has it
                **Postgres.Generator.TRANSFORMS,
                expressions.Round: lambda self, tree: self.func("ROUND", tree.this, tree.args.get("decimals")),
            }

    return Plain
