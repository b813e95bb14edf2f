"""Claims about paying: the chain of entries, the reservation behind the release, its attempts, the cap."""

from collections.abc import Mapping
from typing import Any

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, judged, not_checkable
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger import State
from synth_assets.ledger.follow import Verdict
from synth_assets.ledger.readings import described
from synth_assets.ledger.splits import share_in_ppm
from synth_assets.listing import some_of
from synth_assets.privacy import MEASURED, PrivacyLoss

__all__ = ["VERIFIERS"]

_PAID = (State.OPENED, State.SETTLED)
_MOST_READINGS = 10


def _chain(case: Case) -> Claim:
    faults, head = case.verdict.faults, f"{case.verdict.entries} entries, head {case.verdict.hash[:12]}"
    return judged("ledger chain", faults, f"{head}: each is bound to the one before, and every step is allowed")


def _reservation(case: Case) -> Claim:
    paid, asked, contract = case.paid, case.paid.request, case.contract
    parts = [asked["fingerprint"], asked["source"], asked["version"], asked["refresh"], paid.attempt]
    wanted = {
        "is not settled with this release": (paid.state is State.SETTLED, paid.release_digest == case.release.digest),
        "has another id than its request makes": (case.release.reservation == sha256_bytes(canonical_json(parts)),),
        "was made for another contract": (
            asked["fingerprint"] == case.release.fingerprint,
            contract.layout_of(case.release.fingerprint) is not None,
        ),
        "was made for another source": (asked["source"] == contract.source == case.release.source,),
        "was made for another version of the source": (asked["version"] == case.release.version,),
    }
    faults = [f"the reservation {fault}" for fault, held in wanted.items() if not all(held)]
    detail = f"{case.release.reservation[:12]}, attempt {paid.attempt}, charged to account {paid.account!r} and settled"
    return judged("reservation", faults, f"{detail} with this release")


def _draws(case: Case) -> Claim:
    """Every draw in the release was announced and answered, and no other was."""
    released, announced = {answer.draw for answer in case.release.answers}, case.paid.draws
    waiting = [number for number, (_, answer) in announced.items() if answer is None]
    faults = [f"draw {number} has no answer" for number in waiting]
    faults += [f"draw {number} of the release was never announced" for number in sorted(released - set(announced))]
    faults += [f"draw {number} was announced and is not in the release" for number in sorted(set(announced) - released)]
    return judged("draws", faults, f"{len(announced)} announced and answered, {len(released)} in the release")


def _attempts(case: Case) -> Claim:
    """Failed attempts at the same release were charged too, and are told."""
    stated = case.read("privacy.json")["attempts"]
    charged = [attempt for attempt in stated if attempt["charged"]]
    reservations = {
        name: held
        for name, held in case.book.reservations.items()
        if name in {attempt["reservation"] for attempt in stated}
    }
    faults = [
        f"attempt {attempt['attempt']} is told otherwise than in the ledger"
        for attempt in stated
        if attempt["reservation"] not in reservations
        or attempt["charged"] != (reservations[attempt["reservation"]].state in _PAID)
        or attempt["nano_rho"] != reservations[attempt["reservation"]].loss.nano_rho
    ]
    numbers = sorted(attempt["attempt"] for attempt in stated)
    if numbers != list(range(1, len(numbers) + 1)) or case.paid.attempt not in numbers:
        faults.append(f"attempts {numbers} are not 1, 2, 3 ...")
    total = sum(attempt["nano_rho"] for attempt in charged)
    return judged("attempts", faults, f"{len(stated)} made, {len(charged)} charged, {total:,} nano-rho together")


def _cap(case: Case) -> Claim:
    account = case.book.accounts[str(case.paid.account)]
    cap = PrivacyLoss(nano_rho=account.cap["nano_rho"], atto_delta=account.cap["atto_delta"])
    spent = _in_integers(account.paid)
    faults = [] if account.paid.fits(cap) else [f"{spent} spent is above the cap of {_in_integers(cap)}"]
    stated = f"epsilon {account.cap['epsilon']:g} at delta {account.cap['delta']:g}"
    corrected = f"; {len(account.corrections)} corrections of older charges are in it" if account.corrections else ""
    when = f"as of entry {case.verdict.entries}"
    detail = f"{spent} of {_in_integers(cap)} spent {when} ({stated}){corrected}; accounts below it are sealed here"
    return judged("cap", faults, detail)


def _holdout(case: Case) -> Claim:
    """The release was charged to the part of its account that the contract says it reads."""
    account, part, share = case.book.accounts[str(case.paid.account)], case.paid.part, case.contract.privacy.holdout
    if not share and part is None:
        return judged("holdout", [], "nobody was held out: all units are charged")
    faults = []
    if account.split is None or part != MEASURED:
        faults.append(f"the contract holds out {share:g} of the units, and the ledger charged {part or 'all of them'}")
    elif not share or account.split.share_ppm != share_in_ppm(share):
        faults.append(f"the contract holds out {share:g} of the units, and the account's split {account.split.share:g}")
    detail = f"{share:g} of the units are held out by a key whose digest the ledger has, and the others are charged"
    return judged("holdout", faults, f"{detail}; that no other row was read is the operator's word")


def _conditional(case: Case) -> Claim:
    """Exact figures that curators read are listed; the epsilon does not cover a decision that followed."""
    name, read = "exact figures", case.book.accounts[str(case.paid.account)].curator_reads
    if case.read("privacy.json").get("conditional", []) != read:
        return judged(name, ["what curators read is told otherwise than in the ledger"], "")
    if not read:
        return judged(name, [], f"none of this account were read as of entry {case.verdict.entries}")
    readings = some_of([_reading(reading) for reading in read], most=_MOST_READINGS, separator="; ")
    detail = "the epsilon does not cover what was decided on them, and that nothing was is the curators' word"
    return attested(name, f"CONDITIONAL: {readings}; {detail}")


def _reading(reading: Mapping[str, Any]) -> str:
    return f"{reading['by']} read {described(reading)} on {reading['time'][:10]}"


def _sealed(case: Case) -> Claim:
    """No line of the bundle's own account is sealed: a charge or a draw could hide in it."""
    book, account = case.book, case.book.accounts[str(case.paid.account)]
    tags = {shown.tag: name for name, shown in book.accounts.items() if shown.tag is not None}
    hidden = [(seq, tags[tag]) for tag, seq in book.sealed_tags.items() if tag in tags]
    faults = [f"entry {seq} is sealed and is of account {name!r}" for seq, name in hidden]
    count = sum(line.get("sealed") is True for line in case.lines)
    if book.sealed_untagged and not account.migrated and not faults:
        return not_checkable(
            "sealed lines",
            f"{book.sealed_untagged} were written before lines carried a tag of their account, and the ledger was not "
            "migrated since: charges of this account may be among them",
        )
    return judged("sealed lines", faults, f"{count} are sealed, none of them is of account {case.paid.account!r}")


def _signature(case: Case) -> Claim:
    if case.key is None:
        return not_checkable("signature", "no key was given: a ledger that was written anew as a whole is not detected")
    return _covered(case, "signature", case.signed, case.signed.signed, "a signature of the given key")


def _anchor(case: Case) -> Claim:
    if case.anchor is None:
        return not_checkable("anchor", "no anchor was given: an old backup put back is not detected")
    return _covered(case, "anchor", case.anchored, case.anchored.anchored, "an anchored head")


def _covered(case: Case, name: str, verdict: Verdict, until: int, what: str) -> Claim:
    """Say whether the line that settled this release is covered: lines behind the last cover can be made up."""
    faults, settled = list(verdict.faults), case.paid.settled_at
    if not settled or until < settled:
        faults.append(f"entry {settled or '?'} settled this release, and {what} covers entries up to {until} only")
    later = f"; the ledger has gone on to entry {verdict.known} since" if verdict.known > verdict.entries else ""
    return judged(name, faults, f"{what} covers entries up to {until}; entry {settled} settled this release{later}")


def _in_integers(loss: PrivacyLoss) -> str:
    """Say a loss in integers."""
    thresholds = f" and {loss.atto_delta:,} atto-delta" if loss.atto_delta else ""
    return f"{loss.nano_rho:,} nano-rho{thresholds}"


VERIFIERS = (
    ("ledger chain", _chain),
    ("reservation", _reservation),
    ("draws", _draws),
    ("attempts", _attempts),
    ("cap", _cap),
    ("holdout", _holdout),
    ("exact figures", _conditional),
    ("sealed lines", _sealed),
    ("signature", _signature),
    ("anchor", _anchor),
)
