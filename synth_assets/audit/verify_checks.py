"""Claims about checks: the policy said yes for good reasons, and the file itself still passes.

Schema, row count, domain, nulls, rules and fidelity are computed again on the
Parquet files by counting, without Great Expectations. Checks that people wrote
by hand are taken from their results.
"""

from collections.abc import Callable

from synth_assets.audit.case import Case
from synth_assets.audit.claims import Claim, judged, not_checkable
from synth_assets.checks import decide, required_checks
from synth_assets.checks.counts import CandidateCounts
from synth_assets.checks.fidelity import compare, mean_excess

__all__ = ["VERIFIERS"]

_NO_DATA = "the Parquet files are not beside the bundle: give --data"


def _blocking(case: Case) -> Claim:
    """Recompute the policy: every required check has a result for exactly this candidate, and passed."""
    severities = required_checks(case.contract, case.bundle / "expectations.json")
    required = [name for name, severity in severities.items() if severity == "critical"]
    decision = decide(case.results, required=required, candidate=case.candidate.digest)
    faults = list(decision.reasons)
    if case.read("decision.json") != {"promote": decision.promote, "reasons": list(decision.reasons)}:
        faults.append("decision.json says something else than the results")
    warned = sum(not item.passed for item in case.results)
    passed = f"{len(required)} blocking checks passed on exactly this candidate"
    return judged("blocking checks", faults, f"{passed}; {warned} of {len(case.results)} checks warned")


def _schema(case: Case, counts: CandidateCounts) -> Claim:
    faults = [] if counts.as_declared else ["columns or types are not the contract's"]
    columns = len(case.contract.table_schema())
    return judged("schema", faults, f"{columns} columns are the contract's, in order, type and nullability")


def _rows(case: Case, counts: CandidateCounts) -> Claim:
    wanted = case.contract.rows or case.candidate.rows
    faults = [] if counts.rows == case.candidate.rows == wanted else [f"{counts.rows:,} rows instead of {wanted:,}"]
    return judged("row count", faults, f"{counts.rows:,} rows, as the contract or the candidate says")


def _domain(case: Case, counts: CandidateCounts) -> Claim:
    faults = [f"{count:,} values of {name} are outside" for name, count in counts.outside.items() if count]
    never = [name for name, spec in case.contract.columns.items() if not spec.nullable]
    faults += [f"{counts.nulls[name]:,} nulls in {name}" for name in never if counts.nulls.get(name)]
    return judged("domain", faults, "every value lies in the release's domain; derived values follow from the others")


def _rules(case: Case, counts: CandidateCounts) -> Claim:
    faults = [f"rule {name!r} is broken in {count:,} rows" for name, count in counts.violations.items() if count]
    return judged("rules", faults, f"{len(case.contract.rules)} rules hold in every row")


def _fidelity(case: Case, counts: CandidateCounts) -> Claim:
    estimate, sure = mean_excess(compare(case.release, counts.tables))
    limit = case.contract.checks.max_excess_distance
    detail = f"distance beyond noise and sampling {estimate:.4f}, surely {sure:.4f}; limit {limit:g}"
    return judged("fidelity", [detail] if sure > limit else [], detail)


def _on_data(name: str, judge: Callable[[Case, CandidateCounts], Claim]) -> tuple[str, Callable[[Case], Claim]]:
    """Make a verifier of one that needs the data; all of them share one pass over it."""

    def verifier(case: Case) -> Claim:
        return not_checkable(name, _NO_DATA) if case.data is None else judge(case, case.counts)

    return name, verifier


VERIFIERS = (
    ("blocking checks", _blocking),
    _on_data("schema", _schema),
    _on_data("row count", _rows),
    _on_data("domain", _domain),
    _on_data("rules", _rules),
    _on_data("fidelity", _fidelity),
)
