"""A ledger log with an impossible entry is detected, even if its hashes fit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from synth_assets.ledger.chain import hash_of, link
from synth_assets.ledger.lines import SealedLine
from synth_assets.ledger.replay import Replay, lines_digest, replay
from synth_assets.ledger.types import Entry, Split, State

CAP = {"epsilon": 1.0, "delta": 1e-7, "threshold_delta": 0.0, "nano_rho": 10, "atto_delta": 0}
FACTS = {"name": "a", "source": "s", "population": "p", "window": None, "unit": {}}
FAMILY = {"parent": None, "partitioned_by": None, "partition": None}
SOURCE = {"name": "s", "version": "1"}
SPLIT = Split(share_ppm=100_000, key_digest="k")
IS_SPLIT = ("SPLIT_SET", "a", None, {"share_ppm": 100_000, "key_digest": "k"})
MOVED = {"kind": "csv", "attested_by": None, "place_digest": "d"}

READ = {
    "id": "i",
    "source": "s",
    "version": "1",
    "part": None,
    "dataset": "d",
    "contract_digest": "c",
    "candidate": "e",
    "reason": "r",
    "tool": None,
    "rows": None,
}

Step = tuple[str, str | None, str | None, Mapping[str, Any]]


def opened(name: str = "a", **family: str | None) -> Step:
    return ("ACCOUNT_OPENED", name, None, {**FACTS, "name": name, **FAMILY, **family, "tag": name, "cap": CAP})


def reserved(name: str = "r", *, rho: int = 6, account: str = "a") -> Step:
    loss = {"nano_rho": rho, "atto_delta": 0}
    return ("RESERVED", account, name, {"request": {"loss": loss}, "attempt": 1})


def split_reserved(name: str = "r", *, part: str = "measured", rho: int = 6, split: str | None = None) -> Step:
    """Reserve a part, under the split of :data:`SPLIT` unless another one is given."""
    request = {"loss": {"nano_rho": rho, "atto_delta": 0}, "part": part, "split": split or SPLIT.digest}
    return ("RESERVED", "a", name, {"request": request, "attempt": 1})


def about(kind: str, name: str = "r", **payload: object) -> Step:
    return (kind, "a", name, payload)


def book(*steps: Step) -> Replay:
    """Write steps, then read them."""
    return replay(written(*steps), ledger_id="l")


def written(
    *steps: Step, old: int = 0, tag: str | None = None, parts: Mapping[str | None, str] | None = None
) -> list[Entry]:
    """Write steps as entries whose hashes fit.

    The first ``old`` ones have format 1; ``tag`` instead of the account's; ``parts`` by reservation.
    """
    previous, entries = "l", []
    for seq, (kind, account, reservation_id, payload) in enumerate(steps, start=1):
        facts: dict[str, Any] = {"kind": kind, "account": account, "reservation_id": reservation_id}
        facts |= {"by": "b", "login": "l", "payload": payload, "time": "2026"}
        if seq > old:
            facts |= {"format": 2, "salt": "s", "tag": tag or account, "part": (parts or {}).get(reservation_id)}
        entry = Entry(seq=seq, body_digest="", previous=previous, hash="", **facts)
        body_digest, previous = hash_of(entry)
        entries.append(replace(entry, body_digest=body_digest, hash=previous))
    return entries


CHILDREN = (opened("p"), opened("c", parent="p"), opened("d", parent="p"))
START = (opened(), reserved(), about("OPENED", fence=1))


def test_a_possible_book_gives_states_and_totals() -> None:
    replayed = book(*START, about("REDEEMED", fence=1), about("INTENT", number=0, digest="i", fence=1))
    assert replayed.faults == []
    assert replayed.accounts["a"].spent.nano_rho == 6
    assert replayed.accounts["a"].reserved.nano_rho == 0
    assert replayed.reservations["r"].state is State.OPENED
    assert replayed.reservations["r"].draws == {0: ("i", None)}


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ((opened(), reserved(rho=11)), "reserves more than account 'a' had"),
        ((opened(), reserved(), reserved("q")), "reserves more than account 'a' had"),
        ((opened(), reserved(rho=1), reserved(rho=1)), "reserves what was reserved before"),
        ((reserved(),), "about account 'a', which was never opened"),
        ((opened(), about("ACCOUNT_CLOSED"), reserved()), "reserves more than account 'a' had"),
        ((opened(), about("OPENED", fence=1)), "says OPENED of a reservation that is unknown"),
        ((*START, about("OPENED", fence=2)), "says OPENED of a reservation that is OPENED"),
        ((*START, about("CANCELLED", reason="x")), "says CANCELLED of a reservation that is OPENED"),
        (
            (opened(), reserved(), about("SETTLED", release_digest="x")),
            "says SETTLED of a reservation",
        ),
        ((opened(), reserved(), about("OPENED", fence=3)), "has fence 3 and not 1"),
        ((*START, about("RESUMED", fence=1)), "has fence 1 and not 2"),
        ((*START, about("REDEEMED", fence=2)), "has fence 2 and not 1"),
        ((*START, about("ANSWER", number=0, digest="a")), "answers a draw that is not waiting"),
        (
            (*START, about("INTENT", number=0, digest="i"), about("INTENT", number=1, digest="i")),
            "announces a draw twice or while another has no answer",
        ),
        (
            (*START, about("INTENT", number=0, digest="i"), about("SETTLED", release_digest="x")),
            "releases over a draw without an answer",
        ),
        ((("VERSION_SET", "a", None, {"source": "s", "version": "2"}),), "a source that was never added"),
        ((("SOURCE_MOVED", "a", None, {"source": "s", **MOVED}),), "a source that was never added"),
        ((("SOURCE_ADDED", "a", None, SOURCE), ("SOURCE_MOVED", "a", None, {"source": "s"})), "lacks facts"),
        ((opened(), about("CAP_SET", cap={**CAP, "epsilon": "many"})), "lacks facts"),
        ((about("CAP_SET", cap=CAP),), "about account 'a', which was never opened"),
        ((about("ACCOUNT_CLOSED"),), "about account 'a', which was never opened"),
        ((about("INTENT"),), "lacks facts"),
        ((about("NONSENSE"),), "which means nothing"),
        (
            (
                opened("p"),
                opened("c", parent="p"),
                opened("d", parent="p"),
                reserved(account="c"),
                reserved("q", account="d"),
            ),
            "reserves more than account 'p' had",
        ),
    ],
)
def test_an_impossible_book_is_found_out(steps: tuple[Step, ...], fault: str) -> None:
    assert any(fault in reported for reported in book(*steps).faults)


def test_parts_of_a_declared_partition_do_not_add_up() -> None:
    parts = [opened(name, parent="p", partition=name) for name in "cd"]
    replayed = book(
        opened("p", partitioned_by="f"), *parts, reserved(account="c", rho=9), reserved("q", account="d", rho=9)
    )
    assert replayed.faults == []
    assert replayed.tree().total("p").nano_rho == 9


def test_a_cancelled_reservation_is_given_back_and_a_source_changes() -> None:
    steps = (
        opened(),
        ("SOURCE_ADDED", "a", None, SOURCE),
        ("VERSION_SET", "a", None, {"source": "s", "version": "2"}),
        ("SOURCE_MOVED", "a", None, {"source": "s", **MOVED, "reason": "a new disk"}),
        ("CAP_SET", "a", None, {"cap": {**CAP, "nano_rho": 3}}),
        reserved(rho=3),
        about("CANCELLED", reason="x"),
    )
    replayed = book(*steps)
    assert replayed.faults == []
    assert replayed.accounts["a"].reserved.nano_rho == 0
    assert replayed.sources["s"] == {**SOURCE, **MOVED, "version": "2"}


def test_time_that_falls_is_found() -> None:
    replayed = Replay(ledger_id="l")
    replayed.time = "2027"
    for entry in written(opened()):
        replayed.follow(entry)
    assert replayed.faults == ["entry 1 is dated before the one before"]


def test_a_sealed_line_that_does_not_follow_is_found() -> None:
    replayed = Replay(ledger_id="l")
    replayed.follow_sealed(sealed(1, "l", link(seq=1, previous="l", body_digest="b", tag="t")))
    assert replayed.faults == []
    assert replayed.sealed_tags == {"t": 1}
    replayed.follow_sealed(sealed(2, "x", "y"))
    assert replayed.faults == ["entry 2 does not follow entry 1"]


def sealed(seq: int, previous: str, hash_: str) -> SealedLine:
    return SealedLine(
        seq=seq, body_digest="b", previous=previous, hash=hash_, key_id=None, signature=None, format=2, tag="t"
    )


def migrated(lines: int = 3, window: str | None = None) -> Step:
    payload = {
        "name": "a",
        "tag": "a",
        "window": window,
        "lines": lines,
        "lines_digest": lines_digest(range(1, lines + 1)),
    }
    return ("MIGRATED", "a", None, payload)


def test_a_migrated_book_gives_old_accounts_tags_and_corrects_their_charges() -> None:
    more = {"nano_rho": 3, "atto_delta": 1, "reason": "x"}
    steps = (*START, migrated(window="a=2026-01-01T00:00:00/2027-01-01T00:00:00"), about("CORRECTED", **more))
    replayed = replay(written(*steps, old=3), ledger_id="l")
    assert replayed.faults == []
    account = replayed.accounts["a"]
    assert (account.tag, account.migrated, account.old_lines) == ("a", True, [1, 2, 3])
    assert account.facts["window"] == "a=2026-01-01T00:00:00/2027-01-01T00:00:00"
    assert (account.spent.nano_rho, account.spent.atto_delta) == (9, 1)
    assert replayed.reservations["r"].corrected.nano_rho == 3
    assert account.corrections == [{**more, "reservation": "r"}]


@pytest.mark.parametrize(
    ("steps", "old", "fault"),
    [
        ((*START, migrated(lines=2)), 3, "says that 2 older lines are of account 'a': others are here"),
        ((*START, migrated(), migrated()), 3, "migrates an account again"),
        ((*START, about("CORRECTED", nano_rho=1.5, atto_delta=0, reason="x")), 0, "lacks facts"),
        ((opened(), opened()), 0, "opens an account again"),
        ((opened(), ("ACCOUNT_OPENED", "b", None, opened()[3])), 0, "opens an account again, or under another name"),
        ((opened(), ("ACCOUNT_OPENED", "b", None, {**opened("b")[3], "tag": "a"})), 0, "the tag of another one"),
        (
            (opened(window="x=2026-01-01/2026-02-01"), opened("b", parent="a")),
            0,
            "opens an account whose window is not inside that of 'a'",
        ),
        (
            (opened(window="x=2026-01-01/2026-02-01"), opened("b", parent="a", window="x=2026-01-15/2026-02-02")),
            0,
            "opens an account whose window is not inside that of 'a'",
        ),
    ],
)
def test_an_impossible_migration_or_family_is_found_out(steps: tuple[Step, ...], old: int, fault: str) -> None:
    assert any(fault in reported for reported in replay(written(*steps, old=old), ledger_id="l").faults)


def test_an_entry_with_the_tag_of_another_account_is_found() -> None:
    assert replay(written(*START, tag="a"), ledger_id="l").faults == []
    faults = replay(written(opened(), reserved(), tag="b"), ledger_id="l").faults
    assert "entry 2 does not carry the tag of account 'a'" in faults


def test_a_part_that_nobody_knows_is_a_fault() -> None:
    (entry,) = written(opened())
    assert any("'p' as a part of its" in fault for fault in replay([replace(entry, part="p")], ledger_id="l").faults)


def test_charges_add_up_within_a_part_and_the_account_pays_the_larger_one() -> None:
    steps = (
        opened(),
        IS_SPLIT,
        split_reserved(rho=6),
        about("OPENED", fence=1),
        split_reserved("h", part="held_out", rho=4),
        about("OPENED", "h", fence=1),
        split_reserved("i", part="held_out", rho=5),
    )
    parts = {"r": "measured", "h": "held_out", "i": "held_out"}
    replayed = replay(written(*steps, parts=parts), ledger_id="l")
    account = replayed.accounts["a"]
    assert replayed.faults == []
    assert (account.paid.nano_rho, account.total.nano_rho, replayed.tree().total("a").nano_rho) == (6, 9, 9)
    assert replayed.reservations["h"].part == "held_out"


def test_a_request_under_another_split_is_charged_to_all_units() -> None:
    steps = (opened(), IS_SPLIT, split_reserved(split="another"), about("OPENED", fence=1))
    replayed = replay(written(*steps), ledger_id="l")
    assert (replayed.faults, replayed.accounts["a"].spent.nano_rho) == ([], 6)
    assert replayed.reservations["r"].part is None


@pytest.mark.parametrize(
    ("steps", "parts", "fault"),
    [
        ((opened(), IS_SPLIT, IS_SPLIT), {}, "splits an account again"),
        ((opened(), IS_SPLIT, split_reserved()), {}, "names None as a part"),
        ((opened(), IS_SPLIT, split_reserved(split="another")), {"r": "measured"}, "names 'measured' as a part"),
        ((opened(), split_reserved()), {"r": "measured"}, "names 'measured' as a part"),
        ((opened(), IS_SPLIT, split_reserved(part="both")), {"r": "both"}, "lacks facts"),
        ((opened(), ("SPLIT_SET", "a", None, {"share_ppm": "many", "key_digest": "k"})), {}, "lacks facts"),
        (
            (opened(), IS_SPLIT, split_reserved(rho=6), split_reserved("s", rho=6)),
            {"r": "measured", "s": "measured"},
            "reserves more than account 'a' had",
        ),
    ],
)
def test_an_impossible_part_is_found_out(steps: tuple[Step, ...], parts: dict[str | None, str], fault: str) -> None:
    assert any(fault in reported for reported in replay(written(*steps, parts=parts), ledger_id="l").faults)


def test_formats_never_go_back() -> None:
    new, old = written(*START), written(*START, old=3)
    replayed = Replay(ledger_id="l")
    for entry in (new[0], new[1], old[2]):
        replayed.follow(entry)
    assert "entry 3 is of format 1, after one of format 2" in replayed.faults


def test_windows_are_parts_however_they_are_spelled() -> None:
    spelled = (
        "x=2026-01-01/2026-02-01",
        "x=2026-01-01T00:00:00/2026-02-01T00:00",
        " x =2026-01-01/2026-02-01T00:00:00",
    )
    parts = [opened(name, parent="p", window=window) for name, window in zip("cde", spelled, strict=True)]
    charges = [reserved(name * 2, account=name, rho=3) for name in "cde"]
    replayed = book(opened("p", partitioned_by="window"), *parts, *charges)
    assert replayed.faults == []
    assert replayed.tree().total("p").nano_rho == 9


def test_what_curators_read_is_kept_with_who_and_when() -> None:
    state = book(opened(), ("CURATED", "a", None, {"reason": "r"}), ("CURATOR_READ", "a", None, READ))
    assert state.faults == []
    assert state.accounts["a"].curator_reads == [{**READ, "by": "b", "time": "2026", "entry": 3}]


def test_exact_figures_of_an_account_that_is_not_open_to_curators_are_a_fault() -> None:
    mark, read = ("CURATED", "a", None, {"reason": "r"}), ("CURATOR_READ", "a", None, READ)
    closed = ("ACCOUNT_CLOSED", "a", None, {})
    for steps in ((opened(), read), (opened(), read, mark), (opened(), mark, closed, read)):
        assert any("not open to curators" in fault for fault in book(*steps).faults)
    assert book(read).faults != []
    for strange in ({"candidate": "e"}, {**READ, "note": "n"}, {**READ, "rows": 5}, {**READ, "tool": "t", "rows": "5"}):
        strange_read = ("CURATOR_READ", "a", None, strange)
        assert any("lacks facts" in fault for fault in book(opened(), mark, strange_read).faults)
