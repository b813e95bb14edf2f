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
from synth_assets.audit.verify.discovery import discovery_losses
from synth_assets.files import canonical_json
from synth_assets.privacy import ATTO, PrivacyLoss, atto_delta_of, epsilon_of, map_of, nano_rho_of, rounded_down
from synth_assets.privacy.mechanism import read_gaussian
from synth_assets.release import NoisyScores, l2_sensitivity
from synth_assets.release.answers import answer_digest
from synth_assets.release.statement import ALWAYS_UNPROTECTED, describe_mechanisms, describe_spending

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
_PAIR = 2
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


def _scores(case: Case) -> Claim:
    """Scores by which pairs were chosen: one Gaussian vector, at the L2 sensitivity of so many distances."""
    faults = [f"scores of draw {item.draw} {fault}" for item in case.release.scores for fault in _faults(item, case)]
    count = sum(len(item.cliques) for item in case.release.scores)
    return judged(
        "score maps",
        faults,
        f"{count} scores as the ledger noted them, the map of their vector recomputed by OpenDP"
        if count
        else "all pairs were measured, none was scored",
    )


def _faults(item: NoisyScores, case: Case) -> list[str]:
    d_in = l2_sensitivity(cliques=len(item.cliques), max_rows=case.contract.unit().max_rows)
    faults, columns = [], set(case.release.domain.names)
    if item.d_in != d_in:
        faults.append(f"have d_in {item.d_in}, {len(item.cliques)} pairs make it {d_in}")
    if map_of(item.mechanism, d_in=d_in) > item.rho:
        faults.append(f"cost more than {item.rho:.3g} rho")
    if read_gaussian(item.mechanism).scale != item.scale:
        faults.append("have other noise than their scale says")
    pairs = {frozenset(clique) for clique in item.cliques if len(columns & set(clique)) == len(clique) == _PAIR}
    if not len(pairs) == len(item.cliques) == len(item.scores):
        faults.append("are not one for each of their pairs")
    # The answer's digest binds the number of scores, and so d_in: leaving some out cannot make the rest look cheaper.
    if case.paid.draws.get(item.draw, ("", None))[1] != answer_digest(case.release, item.draw):
        faults.append("are not the answer that the ledger noted")
    return faults


def _score_losses(case: Case) -> list[float]:
    max_rows = case.contract.unit().max_rows
    return [
        map_of(item.mechanism, d_in=l2_sensitivity(cliques=len(item.cliques), max_rows=max_rows))
        for item in case.release.scores
    ]


def _maps(case: Case) -> Claim:
    d_in, faults = case.contract.unit().max_rows, []
    losses = _losses(case)
    for item in case.marginals:
        if losses[item.mechanism] > item.rho:
            faults.append(f"{item.attributes} cost {losses[item.mechanism]:.3g} rho, not {item.rho:.3g}")
        elif read_gaussian(item.mechanism).scale != item.scale:
            faults.append(f"{item.attributes} has other noise than its scale says")
    count = f"{len(case.marginals)} tables of {len(losses)} mechanisms"
    return judged("privacy maps", faults, f"{count}, each map recomputed by OpenDP at d_in = {d_in}")


def _losses(case: Case) -> dict[str, float]:
    """Return the rho of each mechanism of a table, by OpenDP's map."""
    d_in = case.contract.unit().max_rows
    return {mechanism: map_of(mechanism, d_in=d_in) for mechanism in {item.mechanism for item in case.marginals}}


def _composition(case: Case) -> Claim:
    charged = case.paid.loss + case.paid.corrected
    losses = _losses(case)
    found = discovery_losses(case)
    total = PrivacyLoss(
        nano_rho=nano_rho_of(
            [*(losses[item.mechanism] for item in case.marginals), *_score_losses(case), *(rho for rho, _ in found)]
        ),
        atto_delta=atto_delta_of(delta for _, delta in found),
    )
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
    unit, delta = case.contract.unit(), case.contract.privacy.spend.delta
    scored = [
        item.scale / l2_sensitivity(cliques=len(item.cliques), max_rows=unit.max_rows) for item in case.release.scores
    ]
    found = [item.scale / unit.max_rows for item in case.release.discoveries]
    measured = [item.scale / unit.max_rows for item in case.release.marginals]
    multipliers = Counter([*found, *scored, *measured])
    rho = sum(count / (2 * each**2) for each, count in multipliers.items())
    if rho > (case.paid.loss + case.paid.corrected).rho * (1 + _ROUNDING) + _ROUNDING:
        return failed("second accountant", "the release holds less noise than was paid for")
    if len(multipliers) > _MOST_NOISES or rho > _MOST_RHO:
        return missing("second accountant", "the release holds less noise, or more kinds of it, than it can compose")
    # What thresholds let through is outside the noise: their deltas add to the one that the noise is judged at.
    used = atto_delta_of(each for _, each in discovery_losses(case))
    left = rounded_down(Fraction(delta) - Fraction(used, ATTO))
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
    found = case.statement
    if canonical_json(case.read("privacy.json")) != canonical_json(found):
        return failed("privacy statement", "privacy.json says something else than release, contract and ledger")
    account = found["account"]
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
    noted = {number: answer for number, (_, answer) in case.paid.draws.items()}
    drawn = sorted({item.draw for item in case.release.answers})
    faults = [
        f"draw {number} is not the answer that the ledger noted"
        for number in drawn
        if noted.get(number) != answer_digest(case.release, number)
    ]
    return judged("answers", faults, f"the released numbers of {len(drawn)} draws are those that the ledger noted")


def _release_statement(case: Case) -> Claim:
    """Compare the statement that the measurement wrote with the records beside it; its prose is taken as written."""
    stated, release, unit = case.release.privacy, case.release, case.contract.unit()
    found, scores = release.discoveries, release.scores
    wanted = {
        "privacy_unit": {**unit.as_json(), "description": unit.describe()},
        "neighbours": unit.neighbours,
        "dp_variant": "zCDP",
        "d_in": unit.max_rows,
        "reservation": release.reservation,
        "account": case.paid.account,
        "mechanisms": describe_mechanisms(release.marginals, discoveries=found, scores=scores, max_rows=unit.max_rows),
        "spent_on": describe_spending(release.marginals, discoveries=found, scores=scores),
    }
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
    attempts = {item["reservation"]: (item["attempt"], item["nano_rho"]) for item in stated["attempts"]}
    noted = {name: (held.attempt, held.loss.nano_rho) for name, held in case.book.reservations.items()}
    ours = [item["reservation"] for item in stated["attempts"] if item["outcome"] == "this release"]
    return (
        all(isinstance(text, str) for text in [*texts, stated["source"]["attested_by"] or ""])
        and set(stated["domain_sources"]) == set(case.contract.columns)
        and ours == [case.release.reservation]
        and len(attempts) == len(stated["attempts"])
        and all(noted.get(name) == facts for name, facts in attempts.items())
        and set(stated["source"]) == {"name", "version", "attested_by"}
    )


def _same_loss(stated: Mapping[str, Any], case: Case) -> bool:
    loss, delta = case.paid.loss, case.contract.privacy.spend.delta
    wanted = {
        "nano_rho": loss.nano_rho,
        "rho": loss.rho,
        "nano_rho_of_mechanisms": nano_rho_of(item.rho for item in case.release.answers),
        "atto_delta": loss.atto_delta,
        "atto_delta_of_mechanisms": atto_delta_of(item.delta for item in case.release.discoveries),
        "epsilon": stated["epsilon"],
        "delta": delta,
    }
    return stated == wanted and abs(stated["epsilon"] - epsilon_of(loss, delta=delta)) <= _ROUNDING


VERIFIERS = (
    ("d_in", _sensitivity),
    ("privacy maps", _maps),
    ("score maps", _scores),
    ("composition", _composition),
    ("epsilon", _epsilon),
    ("second accountant", _second_accountant),
    ("privacy statement", _statement),
    ("rollback", _rollback),
    ("release statement", _release_statement),
    ("answers", _answers),
)
