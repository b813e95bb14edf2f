"""The implementation has every method of the protocol, with the same parameters."""

import inspect

import pytest

from synth_assets.ledger.protocol import Ledger
from synth_assets.ledger.sql import SqlLedger

METHODS = [name for name, _ in inspect.getmembers(Ledger, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_the_database_ledger_has_the_same_signature(name: str) -> None:
    assert inspect.signature(getattr(SqlLedger, name)) == inspect.signature(getattr(Ledger, name))
    assert inspect.getdoc(getattr(Ledger, name))
