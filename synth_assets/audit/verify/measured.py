"""Claims about measured figures: their answers were paid for, are of this candidate, and are those that were drawn."""

from collections.abc import Iterator

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, judged
from synth_assets.evaluation.record import Evaluation
from synth_assets.ledger import State
from synth_assets.ledger.states import ReservationState
from synth_assets.release import Release
from synth_assets.release.answers import Audited, recomputed_loss
from synth_assets.release.noted import unnoted_draws
from synth_assets.strategy.evaluation_plan import refresh_of

__all__ = ["VERIFIERS"]


def _paid(case: Case) -> Claim:
    """Each part's answers were charged to it, within the contract's slice, for exactly these questions and facts."""
    evaluation, name = case.evaluation, "measured answers"
    if evaluation is None:
        wanted = sorted(case.contract.gates)
        return judged(name, [f"gate {gate!r} has no answer" for gate in wanted], "the contract has no gates")
    parts = evaluation.answers.items()
    faults = [fault for part, release in parts for fault in _faults(case, evaluation, part, release)]
    if (evaluation.candidate, evaluation.release) != (case.candidate.digest, case.release.digest):
        faults.append("the answers are about another candidate or another release")
    answers = [answer for release in evaluation.answers.values() for answer in release.answers]
    attempts = {part: len(_attempts(case, part)) for part in evaluation.answers}
    most = case.contract.privacy.evaluation_attempts
    made = ", ".join(f"{count} of {most} attempts on {part or 'all'} people" for part, count in attempts.items())
    return judged(
        name, faults, f"{len(answers)} answers about exactly this candidate, each map recomputed by OpenDP; {made}"
    )


def _faults(case: Case, evaluation: Evaluation, part: str | None, release: Release) -> Iterator[str]:
    held = case.book.reservations.get(release.reservation)
    who = f"the answers of {part or 'all'} people"
    if held is None or held.state is not State.SETTLED or held.release_digest != release.digest:
        yield f"{who} were not settled by a reservation of this account"
        return
    charge = case.contract.evaluation_loss(part)
    wanted = evaluation.fingerprint(part, case.contract, domain=case.release.domain)
    if held.request["fingerprint"] != wanted or release.fingerprint != wanted:
        yield f"{who} were paid for with other questions or facts, or about another candidate"
    if held.part != part or held.account != case.paid.account or release.source != case.release.source:
        yield f"{who} were charged to another part or account, or are of another source"
    if not held.loss.fits(charge):
        yield f"{who} cost more than the contract lets one candidate cost"
    yield from _prices(case, held, release, who=who)
    spent = sum(attempt.loss.nano_rho for attempt in _attempts(case, part))
    if spent > case.contract.evaluation_slice(part).nano_rho:
        yield f"all attempts on {part or 'all'} people cost more than the contract's slice"


def _prices(case: Case, held: ReservationState, release: Release, *, who: str) -> Iterator[str]:
    audited = Audited(contract=case.contract, domain=case.release.domain, charged=held.loss)
    yield from (fault for answer in release.answers for fault in answer.faults(audited))
    total = recomputed_loss(release.answers, max_rows=audited.max_rows)
    if not total.fits(held.loss):
        yield f"{who} cost {total.nano_rho:,} nano-rho, and {held.loss.nano_rho:,} was charged"
    for fault in unnoted_draws(release.answers, held.draws, max_rows=audited.max_rows):
        yield f"{who}: {fault}"


def _attempts(case: Case, part: str | None) -> list[ReservationState]:
    """Return everything that was reserved for candidates of this release, on one part."""
    return [
        held
        for held in case.book.reservations.values()
        if held.request["refresh"] == refresh_of(case.release.digest)
        and held.part == part
        and held.state is not State.CANCELLED
    ]


VERIFIERS = (("measured answers", _paid),)
