"""Claims about paying: the chain of entries, the reservation behind the release, its attempts, the cap."""

from synth_assets.audit.case import Case
from synth_assets.audit.claims import Claim, judged, not_checkable, verified
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger import State
from synth_assets.privacy import PrivacyLoss

__all__ = ["VERIFIERS"]

_PAID = (State.OPENED, State.SETTLED)


def _chain(case: Case) -> Claim:
    faults, head = case.verdict.faults, f"{case.verdict.entries} entries, head {case.verdict.hash[:12]}"
    return judged("ledger chain", faults, f"{head}: each is bound to the one before, and every step is allowed")


def _reservation(case: Case) -> Claim:
    paid, asked, contract = case.paid, case.paid.request, case.contract
    parts = [asked["fingerprint"], asked["source"], asked["version"], asked["refresh"], paid.attempt]
    wanted = {
        "is not settled with this release": (paid.state is State.SETTLED, paid.release_digest == case.release.digest),
        "has another id than its request makes": (case.release.reservation == sha256_bytes(canonical_json(parts)),),
        "was made for another contract": (asked["fingerprint"] == contract.fingerprint(),),
        "was made for another source": (asked["source"] == contract.source == case.release.source,),
        "was made for another version of the source": (asked["version"] == case.release.version,),
    }
    faults = [f"the reservation {fault}" for fault, held in wanted.items() if not all(held)]
    detail = f"{case.release.reservation[:12]}, attempt {paid.attempt}, charged to account {paid.account!r} and settled"
    return judged("reservation", faults, f"{detail} with this release")


def _draws(case: Case) -> Claim:
    """Every draw in the release was announced and answered, and no other was."""
    released, told = {item.draw for item in case.release.answers}, case.paid.draws
    waiting = [number for number, (_, answer) in told.items() if answer is None]
    faults = [f"draw {number} has no answer" for number in waiting]
    faults += [f"draw {number} of the release was never announced" for number in sorted(released - set(told))]
    faults += [f"draw {number} was announced and is not in the release" for number in sorted(set(told) - released)]
    return judged("draws", faults, f"{len(told)} announced and answered, {len(released)} in the release")


def _attempts(case: Case) -> Claim:
    """Failed attempts at the same release were charged too, and are told."""
    told = case.read("privacy.json")["attempts"]
    charged = [item for item in told if item["charged"]]
    found = {
        name: held for name, held in case.book.reservations.items() if name in {item["reservation"] for item in told}
    }
    faults = [
        f"attempt {item['attempt']} is told otherwise than in the ledger"
        for item in told
        if item["reservation"] not in found
        or item["charged"] != (found[item["reservation"]].state in _PAID)
        or item["nano_rho"] != found[item["reservation"]].loss.nano_rho
    ]
    numbers = sorted(item["attempt"] for item in told)
    if numbers != list(range(1, len(numbers) + 1)) or case.paid.attempt not in numbers:
        faults.append(f"attempts {numbers} are not 1, 2, 3 ...")
    total = sum(item["nano_rho"] for item in charged)
    return judged("attempts", faults, f"{len(told)} made, {len(charged)} charged, {total:,} nano-rho together")


def _cap(case: Case) -> Claim:
    account = case.book.accounts[str(case.paid.account)]
    cap = PrivacyLoss(nano_rho=account.cap["nano_rho"], atto_delta=account.cap["atto_delta"])
    spent = _in_integers(account.spent)
    faults = [] if account.spent.fits(cap) else [f"{spent} spent is above the cap of {_in_integers(cap)}"]
    stated = f"epsilon {account.cap['epsilon']:g} at delta {account.cap['delta']:g}"
    return judged("cap", faults, f"{spent} of {_in_integers(cap)} spent ({stated}); accounts below it are sealed here")


def _signature(case: Case) -> Claim:
    if case.key is None:
        return not_checkable("signature", "no key was given: a ledger that was written anew as a whole is not detected")
    notes = f" ({'; '.join(case.verdict.notes)})" if case.verdict.notes else ""
    return judged(
        "signature", case.verdict.faults, f"the ledger's newest signed entry is signed by the given key{notes}"
    )


def _anchor(case: Case) -> Claim:
    if case.anchor is None:
        return not_checkable("anchor", "no anchor was given: an old backup put back is not detected")
    if case.verdict.faults:
        return judged("anchor", case.verdict.faults, "")
    return verified("anchor", f"the heads kept at {case.anchor} are in the ledger's chain")


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
    ("signature", _signature),
    ("anchor", _anchor),
)
