"""``fidelity``: the marginals are near the released ones, beyond what noise and sampling explain."""

from collections.abc import Iterator, Mapping
from typing import Any

from synth_assets.checks.closeness import describe_closeness, distance_in_words
from synth_assets.checks.coverage import Coverage, hidden_by_noise
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.fidelity import compare
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract
from synth_assets.listing import some_of

__all__ = ["FIDELITY"]

_TYPE = "expect_candidate_marginals_near_release"
_WORST = 5
_RULES = 3
_MOVED = 0.01
"""Share of the rows that rules changed, from which on a table that is too far may be so because of them."""


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    kwargs = {"max_excess_distance": contract.checks.max_excess_distance}
    description = "Marginals are near the released ones, beyond what noise and sampling explain."
    yield generated("fidelity", type_=_TYPE, kwargs=kwargs, description=description)


def _facts(basis: Basis) -> Facts:
    distances = compare(basis.release, basis.counts.tables)
    coverage = Coverage.of(basis.release)
    worst = sorted(distances, key=lambda distance: (distance.sure_excess, distance.squared), reverse=True)
    threshold = basis.contract.checks.max_excess_distance
    return {
        "fidelity": {
            **describe_closeness(distances, basis.release, rows=basis.counts.rows, threshold=threshold),
            "worst": [distance.as_json() for distance in worst[:_WORST]],
            "tables": [[*distance.attributes, distance.level, round(distance.excess, 6)] for distance in distances],
            "covers": coverage.as_json(),
            "says": str(coverage),
            "hidden": hidden_by_noise(basis.release),
            **_rules(basis),
        }
    }


def _rules(basis: Basis) -> Facts:
    """Return what rules changed, if the candidate's manifest says so."""
    drawn, set_aside = basis.counts.as_drawn, list(basis.counts.set_aside)
    if drawn is None:
        return {}
    by_rule = {name: broken for name, broken in drawn.broken.items() if broken}
    return {"rules": {"changed": drawn.changed, "broken_as_drawn": by_rule, "set_aside": set_aside}}


def _judge(facts: Facts, *, max_excess_distance: float) -> Verdict:
    """The excess distance to the released marginals, and that of each column's own, is not surely above the limit."""
    fidelity, limit = facts["fidelity"], max_excess_distance
    sure, column_sure = fidelity["sure_excess"], fidelity["worst_column_sure_excess"]
    passed = sure <= limit and column_sure <= limit
    sentence = f"{distance_in_words(fidelity)}, limit {limit:g}"
    if passed:
        return passed, fidelity, sentence
    return passed, fidelity, "; ".join([f"too far: {sentence}", *_because_of_rules(fidelity)])


def _because_of_rules(fidelity: Mapping[str, Any]) -> Iterator[str]:
    """Say which rules moved rows, which a generator and its budget are not to be blamed for."""
    rules = fidelity.get("rules")
    if rules is None:
        return
    rows = fidelity["rows"]
    held = {name: broken for name, broken in rules["broken_as_drawn"].items() if name not in rules["set_aside"]}
    if rules["changed"] >= _MOVED * rows:
        most = sorted(held, key=lambda name: -held[name])
        listed = some_of([f"{name} {held[name]:,}" for name in most], most=_RULES)
        yield (
            f"rules moved rows: {rules['changed']:,} of {rows:,} broke one as they were drawn ({listed}) and were "
            "changed or drawn again, which moves a table away if real rows do not keep the rule"
        )
    if rules["set_aside"]:
        yield f"set aside, because too few rows could keep it: {some_of(rules['set_aside'], most=_RULES)}"


FIDELITY = CheckKind(
    type=_TYPE,
    claim="fidelity",
    entries=_entries,
    facts=_facts,
    judge=_judge,
    later=("covers", "says", "hidden", "rules"),
    fact="fidelity",
    measure=lambda observed, kwargs: (
        float(max(observed["sure_excess"], observed["worst_column_sure_excess"])),
        float(kwargs["max_excess_distance"]),
    ),
)
