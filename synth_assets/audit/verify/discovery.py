"""Claims about discovered categories: each threshold's cost is computed again, and the domain follows from the answers.

Only one kind of mechanism is accepted: OpenDP's thresholded discrete Gaussian
on a map of texts to 64-bit counts, between (L0, L2, Linf) and approximate zCDP. Its
rho is OpenDP's map at (m, m, m), where m is the contract's ``max_rows``; its delta
is the exact discrete tail under the rule that the record names.

Records of releases up to format 2 name no rule: they let counts equal to the
threshold through, and state the delta of OpenDP 0.16, which is too small. Their
claim holds only where the ledger charged the exact tail, by a correction for instance.
"""

from fractions import Fraction

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, judged
from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.privacy import atto_delta_of, rounded_up, threshold_delta, threshold_map_of
from synth_assets.privacy.mechanism import read_threshold
from synth_assets.release import Discovery, categories_of

__all__ = ["VERIFIERS", "discovery_losses"]


def discovery_losses(case: Case) -> list[tuple[float, float]]:
    """Return rho and delta of each discovery, by its own mechanism: OpenDP's rho and the exact tail."""
    d_in = case.contract.unit().max_rows
    return [
        (threshold_map_of(item.mechanism, max_rows=d_in)[0], rounded_up(_exact_delta(item, d_in)))
        for item in case.release.discoveries
    ]


def _maps(case: Case) -> Claim:
    found, d_in = case.release.discoveries, case.contract.unit().max_rows
    faults = [fault for item in found for fault in _faults(item, d_in)]
    if [item.column for item in found] != list(case.contract.discovered_columns):
        faults.append("the columns that were discovered are not those that the contract leaves open")
    if not found:
        return judged("discovery maps", faults, "no column is discovered, and none is open in the contract")
    faults += _undercharged(case)
    detail = f"{len(found)} columns, each map recomputed by OpenDP at L0 = L2 = Linf = {d_in}"
    return judged("discovery maps", faults, f"{detail}, each delta as the exact discrete tail{_corrected(case)}")


def _undercharged(case: Case) -> list[str]:
    """Compare what thresholds of the old rule really cost with what was charged for them."""
    if all(item.rule == "above" for item in case.release.discoveries):
        return []  # the claim "composition" compares it
    charged = (case.paid.loss + case.paid.corrected).atto_delta
    cost = atto_delta_of(delta for _, delta in discovery_losses(case))
    if cost <= charged:
        return []
    told = f"thresholds cost {cost:,} atto-delta by the exact discrete tail, {charged:,} were charged"
    return [f"{told}: the ledger's correction is not in these entries, see docs/privacy/discovery.md"]


def _corrected(case: Case) -> str:
    added = case.paid.corrected.atto_delta
    return f"; a correction in the ledger added {added:,} atto-delta to the charge" if added else ""


def _domain(case: Case) -> Claim:
    """The release's domain is the contract's with exactly the categories that passed their thresholds."""
    found, faults = case.release.discoveries, []
    for item in found:
        if sorted(item.counts, reverse=True) != list(item.counts) or len(item.counts) != len(item.categories):
            faults.append(f"the categories of {item.column} are not in the order of their counts")
        if any(count < item.threshold + (item.rule == "above") for count in item.counts):
            faults.append(f"{item.column} has a category that its threshold does not let through")
        if len(item.categories) >= LARGEST_DOMAIN:
            faults.append(f"{item.column} has more categories than a column can have")
    if case.release.domain != case.contract.domain(found=categories_of(found)):
        faults.append("the release's columns are not those of the contract")
    many = sum(len(item.categories) for item in found)
    detail = f"{len(case.release.domain.columns)} columns as declared"
    return judged("released domain", faults, f"{detail}, {many} discovered categories in {len(found)} of them")


def _faults(item: Discovery, d_in: int) -> list[str]:
    stored, (rho, stated) = read_threshold(item.mechanism), threshold_map_of(item.mechanism, max_rows=d_in)
    # An old record states OpenDP's delta; what it really cost is held against the charge.
    delta = rounded_up(_exact_delta(item, d_in)) if item.rule == "above" else stated
    faults = []
    if rho > item.rho or delta > item.delta:
        faults.append(f"{item.column} cost rho {rho:.3g} and delta {delta:.3g}, not {item.rho:.3g}, {item.delta:.3g}")
    if (stored.scale, stored.threshold) != (item.scale, item.threshold):
        faults.append(f"{item.column} has other noise or another threshold than its record says")
    return faults


def _exact_delta(item: Discovery, d_in: int) -> Fraction:
    stored = read_threshold(item.mechanism)
    return threshold_delta(scale=stored.scale, threshold=stored.threshold, max_rows=d_in, rule=item.rule)


VERIFIERS = (
    ("discovery maps", _maps),
    ("released domain", _domain),
)
