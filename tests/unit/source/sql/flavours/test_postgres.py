"""PostgreSQL: what is not finite is null, and a transaction that cannot write is begun by a statement of ours."""

from sqlalchemy.engine import make_url

from synth_assets.source.sql.expressions import column
from synth_assets.source.sql.flavours.postgres import Postgres


def test_days_that_are_not_finite_are_null() -> None:
    written = Postgres().days(column("seen")).sql("postgres")
    assert written == """CASE WHEN ISFINITE("seen") THEN "seen" - CAST('1970-01-01' AS DATE) END"""


def test_transactions_are_begun_by_statements_alone() -> None:
    engine = Postgres().engine(make_url("postgresql+psycopg://reader@127.0.0.1:1/x"))
    assert engine.dialect._on_connect_isolation_level == "AUTOCOMMIT"
    assert Postgres.begin[-1].endswith("READ ONLY")
