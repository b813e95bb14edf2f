"""Alembic runs the steps in the transaction that is given to it."""

import runpy
from pathlib import Path

import pytest
from sqlalchemy import inspect

from synth_assets.ledger import migrations
from synth_assets.ledger.engine import connect, make_engine
from synth_assets.ledger.migrate import run_steps


def test_steps_that_are_rolled_back_were_never_made(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'l.db'}", busy_seconds=1)
    with connect(engine, write=True) as connection:
        run_steps(connection)
        assert inspect(connection).has_table("entries")
        connection.rollback()
    with connect(engine, write=False) as connection:
        assert inspect(connection).get_table_names() == []


def test_it_is_run_by_alembic_alone() -> None:
    script = Path(migrations.__file__).with_name("env.py")
    with pytest.raises(AttributeError, match="config"):
        runpy.run_path(str(script))
