"""``fidelity``: the marginals are near the released ones, beyond what noise and sampling explain."""

from collections.abc import Iterator

from synth_assets.checks.closeness import describe_closeness, distance_in_words
from synth_assets.checks.coverage import Coverage
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.fidelity import compare
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract

__all__ = ["FIDELITY"]

_TYPE = "expect_candidate_marginals_near_release"
_WORST = 5


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
        }
    }


def _judge(facts: Facts, *, max_excess_distance: float) -> Verdict:
    """The excess distance to the released marginals, and that of each column's own, is not surely above the limit."""
    fidelity, limit = facts["fidelity"], max_excess_distance
    sure, column_sure = fidelity["sure_excess"], fidelity["worst_column_sure_excess"]
    passed = sure <= limit and column_sure <= limit
    return passed, fidelity, f"{'' if passed else 'too far: '}{distance_in_words(fidelity)}, limit {limit:g}"


FIDELITY = CheckKind(
    type=_TYPE, claim="fidelity", entries=_entries, facts=_facts, judge=_judge, later=("covers", "says")
)
