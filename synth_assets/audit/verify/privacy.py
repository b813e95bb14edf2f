"""Claims about privacy arithmetic: each map, their sum, and epsilon, computed again.

A mechanism's JSON is parsed against its one known shape, OpenDP builds the
measurement anew from its scale, and gives its map at the d_in that follows from the
contract; nothing out of a bundle is deserialized. The second accountant is ``dp-accounting``: it takes
the tables for Gaussian mechanisms and composes their privacy loss
distributions, which is tighter than what we state and shares no code with it.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, failed, judged, missing, not_checkable, verified
from synth_assets.files import canonical_json
from synth_assets.privacy import ATTO, PrivacyLoss, epsilon_of, rounded_down
from synth_assets.release.answers import loss_of
from synth_assets.release.description import ALWAYS_UNPROTECTED, describe_mechanisms, describe_spending
from synth_assets.release.noted import unnoted_draws

__all__ = ["VERIFIERS"]

_PROSE = {
    "attempts",
    "composition",
    "deployment_model",
    "domain_sources",
    "preprocessing",
    "purpose",
    "tuning",
    "unprotected_quantities",
}
"""Parts of a release's statement that are words, and are taken as written."""
_ROUNDING = 1e-9
_MOST_NOISES = 64
_MOST_RHO = 50.0
"""Composing distributions takes time and memory that grow with both; a release has a handful of noises and less rho."""


def _sensitivity(case: Case) -> Claim:
    unit = case.contract.unit()
    stated = case.release.privacy.get("d_in", unit.max_rows)
    if stated != unit.max_rows:
        return failed("d_in", f"the release says {stated}, {unit.describe()} makes it {unit.max_rows}")
    account, source = case.book.accounts[str(case.paid.account)], case.book.sources.get(case.release.source)
    units = [case.paid.request["unit"], account.facts["unit"], *([source["unit"]] if source else [])]
    if any(canonical_json(each) != canonical_json(unit.as_json()) for each in units):
        return failed("d_in", "the ledger's account, its source or the request has another unit")
    return verified("d_in", f"{unit.max_rows}: all rows of a unit may fall in one cell ({unit.describe()})")


def _composition(case: Case) -> Claim:
    charged = case.paid.loss + case.paid.corrected
    total = case.recomputed_loss
    detail = f"{total.nano_rho:,} nano-rho measured, {charged.nano_rho:,} charged"
    if total.atto_delta or charged.atto_delta:
        detail = f"{detail}; {total.atto_delta:,} atto-delta of thresholds, {charged.atto_delta:,} charged"
    if case.paid.corrected != PrivacyLoss(nano_rho=0):
        detail = f"{detail}, of which a correction in the ledger is {case.paid.corrected.atto_delta:,}"
    return verified("composition", detail) if total.fits(charged) else failed("composition", detail)


def _epsilon(case: Case) -> Claim:
    spend, paid = case.contract.privacy.spend, case.paid
    charged, allowed = paid.loss + paid.corrected, case.contract.cap().loss()
    epsilon = epsilon_of(charged, delta=spend.delta)
    detail = f"{charged.nano_rho:,} nano-rho is epsilon {epsilon:.6f} at delta {spend.delta:g}; asked {spend.epsilon:g}"
    if charged != paid.loss:
        detail = f"{detail}, before the ledger corrected what an older version charged too little"
    stated = case.read("privacy.json")["composition"]["epsilon"]
    if not paid.loss.fits(allowed) or abs(stated - epsilon) > _ROUNDING:
        return failed("epsilon", f"{detail}; privacy.json says {stated}")
    return verified("epsilon", detail)


def _second_accountant(case: Case) -> Claim:
    delta, max_rows = case.contract.privacy.spend.delta, case.contract.unit().max_rows
    multipliers = Counter(answer.scale / answer.sensitivity(max_rows) for answer in case.release.answers)
    rho = sum(count / (2 * each**2) for each, count in multipliers.items())
    if rho > (case.paid.loss + case.paid.corrected).rho * (1 + _ROUNDING) + _ROUNDING:
        return failed("second accountant", "the release holds less noise than was paid for")
    if len(multipliers) > _MOST_NOISES or rho > _MOST_RHO:
        return missing("second accountant", "the release holds less noise, or more kinds of it, than it can compose")
    # What thresholds let through is outside the noise: their deltas add to the one that the noise is judged at.
    left = rounded_down(Fraction(delta) - Fraction(case.recomputed_loss.atto_delta, ATTO))
    theirs = _composed_epsilon(tuple(sorted(multipliers.items())), left)
    ours = epsilon_of(case.paid.loss + case.paid.corrected, delta=delta)
    detail = f"dp-accounting says epsilon {theirs:.4f}, ours is {ours:.4f}, at delta {delta:g}"
    return verified("second accountant", detail) if theirs <= ours else failed("second accountant", detail)


@lru_cache(maxsize=64)
def _composed_epsilon(multipliers: tuple[tuple[float, int], ...], delta: float) -> float:
    """Compose so many Gaussians of each noise multiplier by their privacy loss distributions."""
    import dp_accounting
    from dp_accounting.pld import PLDAccountant

    accountant = PLDAccountant()
    for multiplier, count in multipliers:
        accountant.compose(dp_accounting.SelfComposedDpEvent(dp_accounting.GaussianDpEvent(multiplier), count))
    return float(accountant.get_epsilon(delta))


def _statement(case: Case) -> Claim:
    statement = case.statement
    if canonical_json(case.read("privacy.json")) != canonical_json(statement):
        return failed("privacy statement", "privacy.json says something else than release, contract and ledger")
    account = statement["account"]
    spent = PrivacyLoss(**account["spent"])
    return verified(
        "privacy statement",
        f"follows from release, contract and ledger; account {account['name']!r} has spent {spent.rho:.6f} rho",
    )


def _rollback(case: Case) -> Claim:
    stated = case.read("privacy.json").get("rollback")
    if stated is None:
        return not_checkable("rollback", "the statement is of the first format, which does not say")
    return attested("rollback", f"an old copy of the ledger that is put back is {stated}")


def _answers(case: Case) -> Claim:
    """Every released number is part of an answer whose digest the ledger noted when it was drawn."""
    answers, max_rows = case.release.answers, case.contract.unit().max_rows
    drawn = {answer.draw for answer in answers}
    faults = list(unnoted_draws(answers, case.paid.draws, max_rows=max_rows))
    return judged("answers", faults, f"the released numbers of {len(drawn)} draws are those that the ledger noted")


def _release_statement(case: Case) -> Claim:
    """Compare the statement that the measurement wrote with the records beside it; its prose is taken as written."""
    stated, release, unit = case.release.privacy, case.release, case.contract.unit()
    wanted = {
        "privacy_unit": {**unit.as_json(), "description": unit.describe()},
        "neighbours": unit.neighbours,
        "dp_variant": "zCDP",
        "d_in": unit.max_rows,
        "reservation": release.reservation,
        "account": case.paid.account,
        "mechanisms": describe_mechanisms(release.answers, max_rows=unit.max_rows),
        "spent_on": describe_spending(release.answers),
    }
    if case.paid.part is not None:
        wanted["holdout"] = {"share": case.contract.privacy.holdout, "part": case.paid.part}
    faults = [
        f"{word} is not what the records say"
        for word, value in wanted.items()
        if canonical_json(stated.get(word)) != canonical_json(value)
    ]
    source, registered = stated["source"], case.book.sources.get(release.source, {})
    if (source["name"], source["version"]) != (release.source, release.version):
        faults.append("source is not what the records say")
    if registered.get("account", case.paid.account) != case.paid.account:
        faults.append("the source is bound to another account than the one that paid")
    if set(stated) != {*wanted, *_PROSE, "source", "privacy_loss"} or not _is_prose(stated, case):
        faults.append("it has other parts than a statement")
    if not _same_loss(stated["privacy_loss"], case):
        faults.append("privacy_loss is not what the records and the ledger say")
    if not set(ALWAYS_UNPROTECTED) <= set(stated["unprotected_quantities"]):
        faults.append("unprotected_quantities leaves out what no release protects")
    return judged("release statement", faults, "mechanisms, losses and units are those of the records and the ledger")


def _is_prose(stated: Mapping[str, Any], case: Case) -> bool:
    """Tell whether what is taken as written is at least written as such."""
    lists = [*stated["preprocessing"], *stated["unprotected_quantities"], *stated["domain_sources"].values()]
    texts = [*lists, *(stated[word] for word in ("deployment_model", "purpose", "composition", "tuning"))]
    attempts = {attempt["reservation"]: (attempt["attempt"], attempt["nano_rho"]) for attempt in stated["attempts"]}
    noted = {name: (held.attempt, held.loss.nano_rho) for name, held in case.book.reservations.items()}
    ours = [attempt["reservation"] for attempt in stated["attempts"] if attempt["outcome"] == "this release"]
    return (
        all(isinstance(text, str) for text in [*texts, stated["source"]["attested_by"] or ""])
        and set(stated["domain_sources"]) == set(case.contract.columns)
        and ours == [case.release.reservation]
        and len(attempts) == len(stated["attempts"])
        and all(noted.get(name) == facts for name, facts in attempts.items())
        and set(stated["source"]) == {"name", "version", "attested_by"}
    )


def _same_loss(stated: Mapping[str, Any], case: Case) -> bool:
    loss, delta, measured = case.paid.loss, case.contract.privacy.spend.delta, loss_of(case.release.answers)
    wanted = {
        "nano_rho": loss.nano_rho,
        "rho": loss.rho,
        "nano_rho_of_mechanisms": measured.nano_rho,
        "atto_delta": loss.atto_delta,
        "atto_delta_of_mechanisms": measured.atto_delta,
        "epsilon": stated["epsilon"],
        "delta": delta,
    }
    return stated == wanted and abs(stated["epsilon"] - epsilon_of(loss, delta=delta)) <= _ROUNDING


VERIFIERS = (
    ("d_in", _sensitivity),
    ("composition", _composition),
    ("epsilon", _epsilon),
    ("second accountant", _second_accountant),
    ("privacy statement", _statement),
    ("rollback", _rollback),
    ("release statement", _release_statement),
    ("answers", _answers),
)
