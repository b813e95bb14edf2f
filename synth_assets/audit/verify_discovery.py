"""Claims about discovered categories: each threshold's map is computed again, and the domain follows from the answers.

Only one kind of mechanism is accepted: OpenDP's thresholded discrete Gaussian
on a map of texts to 64-bit counts, between (L0, L2, Linf) and approximate zCDP.
Its map is rebuilt at ``d_in`` = (m, m, m), where m is the contract's
``max_rows``, and gives both rho and delta.
"""

import json
from collections.abc import Mapping
from typing import Any

from synth_assets.audit.case import Case
from synth_assets.audit.claims import Claim, judged
from synth_assets.columns import LARGEST_DOMAIN
from synth_assets.privacy import threshold_map_of
from synth_assets.release import Discovery, categories_of

__all__ = ["VERIFIERS", "discovery_losses"]

_THRESHOLD = {
    "__function__": "make_noise_threshold",
    "input_domain": ("map_domain", ("atom_domain", "String", None), ("atom_domain", "i64", None)),
    "input_metric": ("l02inf_distance", ("absolute_distance", "i64")),
    "output_measure": ("approximate", ("zero_concentrated_divergence",)),
}


def discovery_losses(case: Case) -> list[tuple[float, float]]:
    """Return rho and delta of each discovery, by its own mechanism."""
    d_in = case.contract.unit().max_rows
    return [threshold_map_of(item.mechanism, max_rows=d_in) for item in case.release.discoveries]


def _maps(case: Case) -> Claim:
    found, d_in = case.release.discoveries, case.contract.unit().max_rows
    faults = [fault for item in found for fault in _faults(item, d_in)]
    if [item.column for item in found] != list(case.contract.discovered_columns):
        faults.append("the columns that were discovered are not those that the contract leaves open")
    if not found:
        return judged("discovery maps", faults, "no column is discovered, and none is open in the contract")
    detail = f"{len(found)} columns, each map recomputed by OpenDP at L0 = L2 = Linf = {d_in}"
    return judged("discovery maps", faults, detail)


def _domain(case: Case) -> Claim:
    """The release's domain is the contract's with exactly the categories that reached their thresholds."""
    found, faults = case.release.discoveries, []
    for item in found:
        if sorted(item.counts, reverse=True) != list(item.counts) or len(item.counts) != len(item.categories):
            faults.append(f"the categories of {item.column} are not in the order of their counts")
        if any(count < item.threshold for count in item.counts):
            faults.append(f"{item.column} has a category below its threshold")
        if len(item.categories) >= LARGEST_DOMAIN:
            faults.append(f"{item.column} has more categories than a column can have")
    if case.release.domain != case.contract.domain(found=categories_of(found)):
        faults.append("the release's columns are not those of the contract")
    many = sum(len(item.categories) for item in found)
    detail = f"{len(case.release.domain.columns)} columns as declared"
    return judged("released domain", faults, f"{detail}, {many} discovered categories in {len(found)} of them")


def _faults(item: Discovery, d_in: int) -> list[str]:
    told = json.loads(item.mechanism)
    if _kind(told) != _THRESHOLD:
        return [f"{item.column} was not discovered by a thresholded discrete Gaussian under zCDP"]
    given, (rho, delta) = told["__kwargs__"], threshold_map_of(item.mechanism, max_rows=d_in)
    faults = []
    if rho > item.rho or delta > item.delta:
        faults.append(f"{item.column} cost rho {rho:.3g} and delta {delta:.3g}, not {item.rho:.3g}, {item.delta:.3g}")
    if (given["scale"], given["threshold"]) != (item.scale, item.threshold):
        faults.append(f"{item.column} has other noise or another threshold than its record says")
    return faults


def _kind(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides the meaning of a map: function, domain, metric and measure, down to the number types."""
    given = told["__kwargs__"]
    domain, metric, measure = given["input_domain"], given["input_metric"], given["output_measure"]
    keys, counts = (domain["__kwargs__"][part] for part in ("key_domain", "value_domain"))
    inner, under = metric["__kwargs__"]["metric"], measure["__kwargs__"]["measure"]
    return {
        "__function__": told["__function__"],
        "input_domain": (domain["__function__"], _atom(keys), _atom(counts)),
        "input_metric": (metric["__function__"], (inner["__function__"], inner["__kwargs__"]["T"])),
        "output_measure": (measure["__function__"], (under["__function__"],)),
    }


def _atom(domain: Mapping[str, Any]) -> tuple[Any, ...]:
    return domain["__function__"], domain["__kwargs__"]["T"], domain["__kwargs__"]["bounds"]


VERIFIERS = (
    ("discovery maps", _maps),
    ("released domain", _domain),
)
