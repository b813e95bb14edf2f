"""The laws that came with format 2; those on entries are tried one by one in ``test_chain``."""

import pytest
from sqlalchemy.exc import DBAPIError

from synth_assets.ledger.migrations.laws_v2 import POSTGRESQL, SQLITE
from synth_assets.ledger.sql import SqlLedger


def test_an_account_keeps_its_tag(ledger: SqlLedger) -> None:
    with pytest.raises(DBAPIError, match="an account keeps its tag"), ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET tag = NULL")


def test_both_databases_keep_the_same_named_laws() -> None:
    for law in ("entry_moves_the_head", "tag_is_kept"):
        assert any(f"CREATE TRIGGER {law} " in text for text in SQLITE)
        assert any(f"CREATE TRIGGER {law} " in text for text in POSTGRESQL)
    assert any("FUNCTION entry_is_linked" in text for text in POSTGRESQL)
    assert any("TRIGGER entry_is_linked" in text for text in SQLITE)
