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
from synth_assets.ledger.sources import place_digest
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust, absolute_environment, readable_trust, trust_of_environment
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


@pytest.fixture
def engineers(signed: SqlLedger, tmp_path: Path, engineer: Trust) -> SqlLedger:
    """The same ledger, as the engineer opens it."""
    return open_ledger(root=tmp_path, trust=engineer)


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
def test_a_table_that_differs_from_what_the_officer_signed_covers_nothing(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make, statement: str
) -> None:
    signed.open_account(replace(signed.account("survey"), name="rich"), CAP, by="officer")
    alter(signed, statement)
    with pytest.raises(IntegrityError, match=r"table and ledger log disagree|is not what an officer signed"):
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


@pytest.fixture
def anchored(ledger: SqlLedger, tmp_path: Path) -> SqlLedger:
    """The ledger with an anchor elsewhere."""
    reopened = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "elsewhere" / "anchors")))
    reopened.init_anchor()
    return reopened


def test_an_old_backup_put_back_reserves_and_opens_nothing(
    anchored: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
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
    anchored: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    shutil.copy(file, tmp_path / "backup.db")
    anchored.begin(anchored.reserve(request_for("spent")).id)
    shutil.copy(tmp_path / "backup.db", file)
    for number in range(5):
        open_ledger(root=tmp_path).reserve(request_for(str(number), nano_rho=1))
    with pytest.raises(IntegrityError, match="has another entry 4, which was anchored"):
        anchored.reserve(request_for("again"))


def test_without_its_anchor_nothing_is_reserved_or_opened(
    anchored: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    waiting = anchored.reserve(request_for())
    shutil.rmtree(tmp_path / "elsewhere")
    for refused in (lambda: anchored.begin(waiting.id), lambda: anchored.reserve(request_for("other"))):
        with pytest.raises(LedgerUnavailable, match="holds no head of this ledger: there is no such file"):
            refused()
    (tmp_path / "elsewhere").write_text("no folder any more")
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        anchored.begin(waiting.id)
    assert anchored.balance("survey").spent.nano_rho == 0
    anchored.cancel(waiting.id)
    assert anchored.balance("survey").reserved.nano_rho == 0


class Full(FileAnchor):
    """A disk that has room for no more heads."""

    def write(self, head: Head) -> None:
        raise LedgerUnavailable(f"no room for {head.seq}")


@pytest.fixture
def full(anchored: SqlLedger, tmp_path: Path) -> SqlLedger:
    """The same ledger, whose anchor has become full."""
    return open_ledger(root=tmp_path, trust=Trust(anchor=Full(tmp_path / "elsewhere" / "anchors")))


def test_an_anchor_that_fails_after_the_opening_gives_no_permit_and_the_charge_stays(
    anchored: SqlLedger, full: SqlLedger, request_for: Make
) -> None:
    waiting = anchored.reserve(request_for())
    with pytest.raises(LedgerUnavailable, match="no room"):
        full.begin(waiting.id)
    assert anchored.balance("survey").spent == waiting.loss
    assert anchored.begin(waiting.id).fence == 2
    assert anchored.balance("survey").spent == waiting.loss


def test_a_draw_is_announced_in_the_anchor_before_it_may_be_made(
    anchored: SqlLedger, full: SqlLedger, request_for: Make
) -> None:
    permit = anchored.begin(anchored.reserve(request_for()).id)
    anchored.redeem(permit)
    anchored.record_intent(permit, 1, "i")
    assert known_seq(anchored) == list(anchored.entries())[-1].seq
    anchored.record_answer(permit, 1, "a")
    with pytest.raises(LedgerUnavailable, match="no room"):
        full.record_intent(permit, 2, "i")
    assert [draw.number for draw in anchored.draws(permit.reservation_id)] == [1, 2]


def known_seq(ledger: SqlLedger) -> int:
    assert ledger.trust.anchor is not None
    newest = ledger.trust.anchor.newest(ledger.ledger_id())
    assert newest is not None
    return newest.seq


def test_what_was_settled_stays_settled_and_is_held_back_until_the_anchor_has_it(
    anchored: SqlLedger, full: SqlLedger, request_for: Make
) -> None:
    opened = anchored.reserve(request_for())
    anchored.begin(opened.id)
    with pytest.raises(UsageError, match="is OPENED and not settled"):
        anchored.ensure_anchored(opened.id)
    with pytest.raises(LedgerUnavailable, match="no room"):
        full.settle(opened.id, release_digest="r")
    assert anchored.reservation(opened.id).release_digest == "r"
    with pytest.raises(LedgerUnavailable, match="no room"):
        full.ensure_anchored(opened.id)
    before = known_seq(anchored)
    anchored.ensure_anchored(opened.id)
    assert known_seq(anchored) == list(anchored.entries())[-1].seq > before
    full.ensure_anchored(opened.id)  # nothing is to be written any more


def test_without_an_anchor_nothing_is_held_back(ledger: SqlLedger) -> None:
    ledger.ensure_anchored("whatever")
    with pytest.raises(UsageError, match="no anchor is configured"):
        ledger.init_anchor()


def test_the_anchor_of_an_empty_book_holds_its_id(tmp_path: Path, account: Account) -> None:
    ledger = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "anchors")))
    head = ledger.init_anchor()
    assert (head.seq, head.hash) == (0, ledger.ledger_id())
    ledger.open_account(account, CAP, by="officer")
    assert known_seq(ledger) == 1


def test_an_older_place_of_the_head_is_signed_like_the_newest_entry(signed: SqlLedger, tmp_path: Path) -> None:
    anchored = open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "anchors")))
    head = anchored.init_anchor()
    newest = list(signed.entries())[-1]
    assert (head.seq, head.key_id, head.signature) == (newest.seq, newest.key_id, newest.signature)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE places SET location = '/mine.csv'", "is not where it was registered"),
        ("UPDATE places SET options = '[['", "is not where it was registered"),
        ("DELETE FROM places", "is not where it was registered"),
        ("UPDATE sources SET version = '2027-01'", "table and ledger log disagree"),
    ],
)
def test_a_source_that_was_changed_in_the_tables_is_not_reserved_or_opened(
    engineers: SqlLedger, request_for: Make, statement: str, message: str
) -> None:
    waiting = engineers.reserve(request_for())
    alter(engineers, statement)
    version = engineers.source("survey").version if "places" not in statement else "2026-11"
    for refused in (
        lambda: engineers.begin(waiting.id),
        lambda: engineers.reserve(request_for("other", version=version)),
    ):
        with pytest.raises(IntegrityError, match=message):
            refused()
    assert engineers.balance("survey").spent.nano_rho == 0


def test_a_place_that_was_changed_after_the_opening_is_not_given_and_the_permit_stays(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make, source: Source
) -> None:
    ledger = open_ledger(root=tmp_path, trust=engineer)
    permit = ledger.begin(ledger.reserve(request_for()).id)
    digest = place_digest("/mine.csv", {}, salt="0")
    alter(
        signed,
        "UPDATE places SET location = '/mine.csv', options = '{}', salt = '0'",
        f"UPDATE sources SET place_digest = '{digest}'",  # noqa: S608 -- a digest
    )
    with pytest.raises(IntegrityError, match="source 'survey': table and ledger log disagree"):
        ledger.redeem(permit)
    signed.move_source(source, by="officer", reason="put right")
    assert ledger.redeem(permit) == source


def test_a_new_place_needs_an_officers_signature(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make, source: Source
) -> None:
    ledger = open_ledger(root=tmp_path, trust=engineer)
    elsewhere = replace(source, location="/elsewhere.csv")
    signed.move_source(elsewhere, by="officer", reason="a new disk")
    permit = ledger.begin(ledger.reserve(request_for()).id)
    assert ledger.redeem(permit) == elsewhere
    ledger.move_source(replace(source, location="/mine.csv"), by="engineer", reason="mine is nicer")
    with pytest.raises(IntegrityError, match="source 'survey' was not signed by an officer"):
        ledger.reserve(request_for("other"))


def test_a_closed_account_cannot_be_opened_again_in_the_table(
    signed: SqlLedger, tmp_path: Path, engineer: Trust, request_for: Make
) -> None:
    signed.close_account("survey", by="officer")
    alter(signed, "UPDATE accounts SET closed = 0")
    with pytest.raises(IntegrityError, match="account 'survey': table and ledger log disagree: it was closed"):
        open_ledger(root=tmp_path, trust=engineer).reserve(request_for())


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
    readable, unread = readable_trust()
    assert (readable.signer is not None, readable.officers) == (True, ())
    assert list(unread) == ["SYNTH_ASSETS_OFFICER_KEYS"]


def test_a_process_elsewhere_finds_what_relative_paths_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute_environment() == {}
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", "o.key")
    monkeypatch.setenv("SYNTH_ASSETS_OFFICER_KEYS", "a.pub:/keys/b.pub")
    for setting, absolute in (("file:heads", f"file:{tmp_path}/heads"), ("https://host/path", "https://host/path")):
        monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", setting)
        assert absolute_environment() == {
            "SYNTH_ASSETS_LEDGER_KEY": f"{tmp_path}/o.key",
            "SYNTH_ASSETS_OFFICER_KEYS": f"{tmp_path}/a.pub:/keys/b.pub",
            "SYNTH_ASSETS_ANCHOR": absolute,
        }


def test_a_ledger_knows_whether_its_heads_are_kept_elsewhere(tmp_path: Path) -> None:
    assert not open_ledger(root=tmp_path, trust=Trust()).anchored
    assert open_ledger(root=tmp_path, trust=Trust(anchor=FileAnchor(tmp_path / "heads"))).anchored
