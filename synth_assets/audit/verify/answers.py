"""Claims about paid answers, one per kind: each price is computed again from descriptor, mechanism and contract.

A mechanism's JSON is parsed against its one known shape, OpenDP builds the
measurement anew from its scale, and gives its map at the stability bound that
follows from the answer's descriptor and the contribution bound. What is
particular to a kind stands in its module of ``release.kinds``.
"""

from collections.abc import Callable
from functools import partial

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, judged
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import Answer
from synth_assets.release.answers import Audited
from synth_assets.release.kinds import KINDS

__all__ = ["verifiers"]


def verifiers() -> tuple[tuple[str, Callable[[Case], Claim]], ...]:
    """Return name and verifier of the claim of each kind that is registered."""
    kinds = KINDS.values()
    return (*((kind.claim, partial(_priced, kind=kind)) for kind in kinds), ("released domain", _domain))


def _priced(case: Case, *, kind: type[Answer]) -> Claim:
    """Judge all answers of a kind."""
    answers = case.release.of_kind(kind)
    charged = case.paid.loss + case.paid.corrected
    audited = Audited(contract=case.contract, domain=case.release.domain, charged=charged)
    faults = [fault for answer in answers for fault in answer.faults(audited)]
    faults += kind.faults_together(answers, audited)
    if not answers:
        return judged(kind.claim, faults, kind.absent)
    return judged(kind.claim, faults, f"{kind.verified(answers, audited)}{_corrected(case, answers)}")


def _corrected(case: Case, answers: tuple[Answer, ...]) -> str:
    """Say what a correction in the ledger added to the charge of answers that have a delta."""
    if case.paid.corrected == PrivacyLoss(nano_rho=0) or not any(answer.delta for answer in answers):
        return ""
    return f"; a correction in the ledger added {case.paid.corrected.atto_delta:,} atto-delta to the charge"


def _domain(case: Case) -> Claim:
    """The release's domain is the contract's, with exactly the categories that were discovered."""
    categories, columns = case.release.categories(), case.release.domain.columns
    faults = []
    if case.release.domain != case.declared_domain:
        faults.append("the release's columns are not those of the contract")
    many = sum(map(len, categories.values()))
    detail = f"{len(columns)} columns as declared, {many} discovered categories in {len(categories)} of them"
    return judged("released domain", faults, detail)
