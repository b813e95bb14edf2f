"""A ledger with one account and one source, and requests against it."""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from asked import a_request

from synth_assets.ledger import Account, ReservationRequest, Source, owner
from synth_assets.ledger.engine import make_engine
from synth_assets.ledger.migrate import migrate
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.owner import Owner
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit
from synth_assets.workspace import Workspace

UNIT = PrivacyUnit(column="person", max_rows=3)


@pytest.fixture
def account() -> Account:
    return Account(name="survey", source="survey", population="adults", unit=UNIT)


@pytest.fixture
def source() -> Source:
    return Source(
        name="survey",
        kind="csv",
        location="/private/survey.csv",
        options={"separator": ";"},
        columns=(("person", "integer"), ("age", "integer")),
        unit=UNIT,
        account="survey",
        version="2026-11",
    )


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Where the ledger is: a file; or a new database, when an integration test names its server."""
    server = os.environ.get("SYNTH_ASSETS_TEST_SERVER")
    if server is None:
        return Workspace(root=tmp_path).ledger_url
    name = f"ledger_{secrets.token_hex(6)}"
    maker = make_engine(server, busy_seconds=30)
    with maker.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    address = server.rsplit("/", 1)[0] + f"/{name}"
    migrate(make_engine(address, busy_seconds=30))
    return address


@pytest.fixture
def empty(address: str) -> SqlLedger:
    return open_ledger(address)


@pytest.fixture
def ledger(empty: SqlLedger, account: Account, source: Source) -> SqlLedger:
    """An account of (3, 1e-7), which is 157,265,387 nano-rho, and a source bound to it."""
    empty.open_account(account, Cap(epsilon=3.0, delta=1e-7), by="officer")
    empty.add_source(source, by="officer")
    return empty


@pytest.fixture
def request_for() -> Callable[..., ReservationRequest]:
    def make(fingerprint: str = "f", *, nano_rho: int = 50_000_000, **changes: object) -> ReservationRequest:
        facts: dict[str, object] = {"source": "survey", "dataset": "survey", "refresh": "once", "unit": UNIT}
        facts |= {"fingerprint": fingerprint, "loss": PrivacyLoss(nano_rho=nano_rho), "reason": "teaching"}
        return a_request(**{**facts, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def living() -> Iterator[Owner]:
    """Another process of this host that is alive."""
    child = subprocess.Popen(["sleep", "600"])
    started = owner._started(child.pid)
    assert started is not None
    yield Owner(host=owner._host(), pid=child.pid, started=started)
    child.kill()
    child.wait()


@pytest.fixture
def gone() -> Owner:
    """A process of this host that was alive and has ended."""
    child = subprocess.Popen(["sleep", "600"])
    started = owner._started(child.pid)
    child.kill()
    child.wait()
    assert started is not None
    return Owner(host=owner._host(), pid=child.pid, started=started)


@pytest.fixture
def elsewhere() -> Owner:
    """A process of another host, about which nothing but its lease is known."""
    return Owner(host="another", pid=1, started="1")


@pytest.fixture
def acting_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Owner], AbstractContextManager[None]]:
    """Let the ledger believe that another process is asking."""

    @contextmanager
    def act(who: Owner) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr("synth_assets.ledger.reservations.current_owner", lambda: who)
            yield

    return act
