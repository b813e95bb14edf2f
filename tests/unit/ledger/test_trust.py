"""What the signing key, the anchor and the officers' keys each prevent."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from synth_assets.errors import IntegrityError, LedgerUnavailable, UsageError
from synth_assets.ledger import Account, ReservationRequest, Source
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust, trust_of_environment
from synth_assets.privacy import Cap

Make = Callable[..., ReservationRequest]
CAP = Cap(epsilon=3.0, delta=1e-7)


@pytest.fixture
def officer(tmp_path: Path) -> Trust:
    """An officer who signs, and trusts only themselves."""
    public = create_key(tmp_path / "officer.key")
    return Trust(signer=load_signer(tmp_path / "officer.key"), officers=(public,))


@pytest.fixture
def engineer(officer: Trust) -> Trust:
    """An engineer who trusts the officer and has no key of theirs."""
    return Trust(officers=officer.officers)


@pytest.fixture
def signed(tmp_path: Path, officer: Trust, account: Account, source: Source) -> SqlLedger:
    ledger = open_ledger(root=tmp_path, trust=officer)
    ledger.open_account(account, CAP, by="officer")
    ledger.add_source(source, by="officer")
    return ledger


def alter(ledger: SqlLedger, *statements: str) -> None:
    """Do as somebody would who can write the file and knows SQL."""
    with ledger.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_what_an_officer_signed_can_be_reserved_and_opened(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make
) -> None:
    ledger = open_ledger(root=tmp_path, trust=engineer)
    assert ledger.begin(ledger.reserve(request_for()).id).fence == 1


def test_a_cap_that_no_officer_signed_covers_nothing(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make
) -> None:
    ledger = open_ledger(root=tmp_path, trust=engineer)
    ledger.set_cap("survey", Cap(epsilon=9.0, delta=1e-7), by="engineer")
    with pytest.raises(IntegrityError, match="account 'survey' was not signed by an officer"):
        ledger.reserve(request_for())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts SET cap_nano_rho = 999999999",
        "UPDATE accounts SET partitioned_by = 'x'",
        "UPDATE sources SET account = 'rich'",
        "UPDATE sources SET place_digest = 'x'",
    ],
)
def test_a_table_that_says_otherwise_than_the_officer_covers_nothing(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make, statement: str
) -> None:
    signed.open_account(replace(signed.account("survey"), name="rich"), CAP, by="officer")
    alter(signed, statement)
    with pytest.raises(IntegrityError, match="is not what"):
        open_ledger(root=tmp_path, trust=engineer).reserve(request_for())


def test_an_older_signed_cap_cannot_be_put_back(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make
) -> None:
    signed.set_cap("survey", Cap(epsilon=0.5, delta=1e-7), by="officer")
    alter(signed, "UPDATE accounts SET cap_nano_rho = 157265387")
    with pytest.raises(IntegrityError, match="is not what an officer signed"):
        open_ledger(root=tmp_path, trust=engineer).reserve(request_for())


def test_a_cap_lowered_after_the_reservation_binds_at_the_opening(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make
) -> None:
    ledger = open_ledger(root=tmp_path, trust=engineer)
    waiting = ledger.reserve(request_for())
    alter(signed, "UPDATE accounts SET cap_nano_rho = cap_nano_rho + 1")
    with pytest.raises(IntegrityError, match="is not what an officer signed"):
        ledger.begin(waiting.id)


def test_an_old_backup_put_back_reserves_and_opens_nothing(
    ledger: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    anchored = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "elsewhere" / "anchors")))
    waiting = anchored.reserve(request_for("waiting"))
    shutil.copy(file, tmp_path / "backup.db")
    anchored.begin(anchored.reserve(request_for("spent")).id)
    shutil.copy(tmp_path / "backup.db", file)
    with pytest.raises(IntegrityError, match="the ledger lacks entry 5, which was anchored"):
        anchored.reserve(request_for("again"))
    with pytest.raises(IntegrityError, match="which was anchored"):
        anchored.begin(waiting.id)
    assert anchored.balance("survey").spent.nano_rho == 0


def test_a_book_written_anew_after_the_backup_is_not_the_anchored_one(
    ledger: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    anchored = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "elsewhere" / "anchors")))
    shutil.copy(file, tmp_path / "backup.db")
    anchored.begin(anchored.reserve(request_for("spent")).id)
    shutil.copy(tmp_path / "backup.db", file)
    for number in range(5):
        open_ledger(root=tmp_path).reserve(request_for(str(number), nano_rho=1))
    with pytest.raises(IntegrityError, match="has another entry 4, which was anchored"):
        anchored.reserve(request_for("again"))


def test_without_its_anchor_nothing_is_reserved_or_opened(ledger: SqlLedger, tmp_path: Path, request_for: Make) -> None:
    place = tmp_path / "elsewhere"
    anchored = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(place / "anchors")))
    waiting = anchored.reserve(request_for())
    place.write_text("no folder any more")
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        anchored.begin(waiting.id)
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        anchored.reserve(request_for("other"))
    assert ledger.balance("survey").spent.nano_rho == 0


def test_an_anchor_that_fails_after_the_opening_gives_no_permit_and_the_charge_stays(
    ledger: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    class Full(FileAnchor):
        """A disk that is full."""

        def write(self, head: Head) -> None:
            raise LedgerUnavailable(f"no room for {head.seq}")

    place = tmp_path / "elsewhere" / "anchors"
    waiting = ledger.reserve(request_for())
    with pytest.raises(LedgerUnavailable, match="no room"):
        open_ledger(root=tmp_path, trust=Trust(anchor=Full(place))).begin(waiting.id)
    assert ledger.balance("survey").spent == waiting.loss
    assert open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(place))).begin(waiting.id).fence == 2
    assert ledger.balance("survey").spent == waiting.loss


def test_trust_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert trust_of_environment() == Trust()
    public = create_key(tmp_path / "o.key")
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "o.key"))
    monkeypatch.setenv("SYNTH_ASSETS_OFFICER_KEYS", str(tmp_path / "o.pub"))
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", f"file:{tmp_path}/a")
    trust = trust_of_environment()
    assert trust.officers == (public,)
    assert trust.signer is not None
    assert trust.signer.public == public
    assert isinstance(trust.anchor, FileAnchor)
    monkeypatch.setenv("SYNTH_ASSETS_OFFICER_KEYS", str(tmp_path / "missing.pub"))
    with pytest.raises(UsageError, match="cannot be read"):
        trust_of_environment()


def test_a_ledger_knows_whether_its_heads_are_kept_elsewhere(tmp_path: Path) -> None:
    assert not open_ledger(root=tmp_path, trust=Trust()).anchored
    assert open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "heads"))).anchored
