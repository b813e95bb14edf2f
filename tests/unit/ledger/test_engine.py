"""Every fault of the database becomes one of ours, with a hint and without an address's password."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, make_url

from synth_assets.errors import LedgerBusy, LedgerUnavailable, UsageError
from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.engine import make_engine, make_private_file, shown
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger


def database(tmp_path: Path) -> Path:
    return tmp_path / ".synth-assets" / "ledger.db"


@pytest.mark.parametrize("url", ["mysql://x/y", "nothing", "sqlite://", "postgresql+psycopg://host"])
def test_only_databases_that_keep_the_promises_are_accepted(url: str) -> None:
    with pytest.raises(UsageError, match="ledger") as caught:
        make_engine(url, busy_seconds=1)
    assert "sqlite:///" in caught.value.hint


def test_an_address_is_shown_without_its_password() -> None:
    assert "secret" not in shown(make_url("postgresql+psycopg://me:secret@host/db"))
    assert shown(make_url("sqlite:////a/b.db")) == "/a/b.db"


def test_a_server_that_is_not_there_is_reported_unavailable_without_the_password() -> None:
    with pytest.raises(LedgerUnavailable) as caught:
        open_ledger("postgresql://me:secret@127.0.0.1:9/ledger").accounts()
    assert "secret" not in str(caught.value)


def test_a_locked_ledger_is_busy(
    ledger: SqlLedger, tmp_path: Path, request_for: Callable[[], ReservationRequest]
) -> None:
    connection = sqlite3.connect(database(tmp_path), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    impatient = open_ledger(root=tmp_path, busy_seconds=0.01)
    with pytest.raises(LedgerBusy, match="is locked by another process"):
        impatient.reserve(request_for())
    connection.close()
    assert ledger.balance("survey").reserved.nano_rho == 0


def test_a_full_disk_reserves_nothing_and_says_so(
    ledger: SqlLedger, tmp_path: Path, request_for: Callable[..., ReservationRequest]
) -> None:
    pages = sqlite3.connect(database(tmp_path)).execute("PRAGMA page_count").fetchone()[0]
    crowded = SqlLedger(with_pragma(ledger, f"PRAGMA max_page_count = {pages}"))
    requests = (request_for(str(number), nano_rho=1) for number in range(100))
    with pytest.raises(LedgerUnavailable, match="full") as caught:
        all(crowded.reserve(request) for request in requests)
    assert "free space" in caught.value.hint
    held = ledger.balance("survey").reserved.nano_rho
    assert held == len(ledger.reservations()) < 100


def with_pragma(ledger: SqlLedger, pragma: str) -> Engine:
    engine = make_engine(ledger.engine.url, busy_seconds=1)
    event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma))
    return engine


def test_a_file_that_may_only_be_read_reserves_nothing_and_says_so(
    ledger: SqlLedger, request_for: Callable[[], ReservationRequest]
) -> None:
    reader = SqlLedger(with_pragma(ledger, "PRAGMA query_only = ON"))
    with pytest.raises(LedgerUnavailable, match="readonly") as caught:
        reader.reserve(request_for())
    assert "right to write" in caught.value.hint
    assert reader.balance("survey").reserved.nano_rho == 0


@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="needs to become another user")
def test_another_user_cannot_read_the_file(ledger: SqlLedger, tmp_path: Path) -> None:
    reading = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", "cat", str(database(tmp_path))], capture_output=True, check=False
    )
    assert reading.returncode != 0


def test_a_file_that_is_not_a_database_is_reported_as_such(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello, this is not a database at all\n" * 99)
    with pytest.raises(LedgerUnavailable, match="not a database"):
        open_ledger(f"sqlite:///{file}").accounts()


def test_a_database_without_a_ledger_is_reported_as_such(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(LedgerUnavailable) as caught:
        open_ledger(f"sqlite:///{file}").accounts()
    assert caught.value.hint == "synth-assets ledger migrate"


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerUnavailable, match="cannot be created"):
        make_private_file(tmp_path / "file" / "ledger.db")


def test_a_ledger_in_the_state_folder_is_not_for_git(tmp_path: Path) -> None:
    make_private_file(tmp_path / ".synth-assets" / "ledger.db")
    assert (tmp_path / ".synth-assets" / ".gitignore").read_text() == "*\n"


def test_every_commit_is_synced_to_the_disk(ledger: SqlLedger) -> None:
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 3
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"


def test_importing_the_types_loads_no_database() -> None:
    code = "import sys, synth_assets.ledger; sys.exit('sqlalchemy' in sys.modules or 'opendp' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_login_without_a_name_is_named_by_its_number(monkeypatch: pytest.MonkeyPatch, ledger: SqlLedger) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nameless)
    ledger.set_version("survey", "2027-01", by="custodian")
    assert list(ledger.entries())[-1].login == f"uid {os.getuid()}"


def test_a_missing_driver_of_postgresql_is_named_with_what_installs_it() -> None:
    code = "import sys; sys.modules['psycopg'] = None\nfrom synth_assets.cli.main import main; main(['budget', 'show'])"
    address = "postgresql+psycopg://me@127.0.0.1:1/ledger"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SYNTH_ASSETS_LEDGER": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "needs psycopg" in done.stderr
    assert "pip install 'synth-assets[postgres]'" in done.stderr
