"""Claims about checks: the policy said yes for good reasons, and the file itself still passes.

Every check that follows from the contract is judged again by the functions of
the gate itself, ``checks.judgement``, on facts that are counted here on the Parquet
files, without Great Expectations. So this cannot be weaker than the gate. What
people wrote by hand is taken from results that are bound to the suite's entries:
a suite out of a bundle is not run.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, judged, missing, not_checkable, verified
from synth_assets.checks import CheckResult, Decision, SuiteEntry, decide
from synth_assets.checks.context import NOTHING
from synth_assets.checks.kinds.registry import CLAIMS, KINDS

__all__ = ["VERIFIERS", "decision_on", "faults_of_results", "required_of"]

_NO_DATA = "the Parquet files are not beside the bundle: give --data"
_ROWS = "row count"
_ROUNDING = 2e-6
"""Distances are stored with six digits."""


def _blocking(case: Case) -> Claim:
    """Recompute the policy: every required check has a result for exactly this candidate and entry, and passed."""
    required, decision = required_of(case), decision_on(case)
    faults = list(decision.reasons)
    if case.decision[0] != {"promote": decision.promote, "reasons": list(decision.reasons)}:
        faults.append("decision.json says something else than the results")
    warned = sum(not result.passed for result in case.results)
    passed = f"{len(required)} blocking checks passed on exactly this candidate, by the suite in this bundle"
    return judged("blocking checks", faults, f"{passed}; {warned} of {len(case.results)} checks warned")


def required_of(case: Case) -> dict[str, str]:
    """Return the digest of the entry of each check that blocks promotion, by name."""
    return {entry.check: entry.digest() for entry in case.suite if entry.severity == "critical"}


def decision_on(case: Case) -> Decision:
    """Recompute what the policy makes of the results."""
    return decide(_bound(case), required=required_of(case), candidate=case.candidate.digest)


def _bound(case: Case) -> list[CheckResult]:
    """Return the results; those of the first format have no digest and are bound by the arguments that they name."""
    if case.manifest["format_version"] > 1:
        return case.results
    entries = {entry.check: entry for entry in case.suite}
    return [_bind(result, entries.get(result.name)) for result in case.results]


def _bind(result: CheckResult, entry: SuiteEntry | None) -> CheckResult:
    if result.entry or entry is None:
        return result
    same = (result.expectation, result.kwargs, result.severity) == (entry.type, dict(entry.kwargs), entry.severity)
    return replace(result, entry=entry.digest()) if same else result


def _results(case: Case) -> Claim:
    """Compare each stored result with the entry it is of, and with what is computed here."""
    if case.data is None:
        return missing("check results", _NO_DATA)
    faults, stored = faults_of_results(case), {result.name for result in case.results}
    count = sum(again.name in stored for again in case.recomputed)  # an older bundle has none of later checks
    return judged("check results", faults, f"{count} results are what is counted here, and are of the suite's entries")


def faults_of_results(case: Case) -> list[str]:
    """Say which stored results are of no entry, of another entry, or not what is counted here."""
    stored = {result.name: result for result in _bound(case)}
    digests = {entry.check: entry.digest() for entry in case.suite}
    faults = [f"the result of {name!r} is of no check of the suite" for name in sorted(set(stored) - set(digests))]
    faults += [
        f"the result of {name!r} was judged by other arguments than the suite in this bundle has"
        for name, result in stored.items()
        if name in digests and result.entry != digests[name]
    ]
    faults += [
        f"the result of {again.name!r} is not what is counted here"
        for again in case.recomputed
        if again.name in stored and not _agree(stored[again.name], again)
    ]
    return faults


def _agree(stored: CheckResult, again: CheckResult) -> bool:
    """Compare verdict and figures, without those that its kind observes since the result was stored."""
    then = _as_stored(stored, again)
    return stored.passed == then.passed and _same(stored.observed, then.as_json()["observed"])


def _as_stored(stored: CheckResult, again: CheckResult) -> CheckResult:
    """Return a result without the figures that its kind observes since it was stored, and judged without them."""
    kind = KINDS[again.expectation]
    if not set(again.observed).intersection(kind.later).difference(stored.observed):
        return again
    passed, observed, sentence = kind.as_of(stored.observed, again.observed, again.kwargs)
    return replace(again, passed=passed, observed=observed, description=sentence)


def _same(stored: Any, again: Any) -> bool:
    """Compare JSON values; numbers but for rounding."""
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        return set(stored) == set(again) and all(_same(stored[name], again[name]) for name in again)
    if isinstance(stored, list) and isinstance(again, list):
        return len(stored) == len(again) and all(map(_same, stored, again))
    if isinstance(stored, float) and isinstance(again, float):
        return math.isclose(stored, again, abs_tol=_ROUNDING)
    return bool(stored == again)


def _written(case: Case) -> Claim:
    names = [entry.check for entry in case.suite if not entry.generated]
    if not names:
        return verified("hand-written checks", "the suite has none")
    return attested(
        "hand-written checks",
        f"that {', '.join(names)} gave the results in this bundle is the operator's word: "
        "promotion ran them on the rows, and the results are bound to the suite's entries",
    )


def _compared(case: Case) -> Claim:
    """Name what checks compared with besides: its figures are in the bundle, whose they are is somebody's word."""
    name, asked, context = "compared with", case.contract.checks, case.context
    if asked.drift is None and not asked.relationships:
        return judged(name, ["context.json is of no check"] if context != NOTHING else [], "nothing but the release")
    parts = [f"{target} of version {other.version[:12]}" for target, other in context.others.items()]
    before = {"version": context.version, "release": context.release} if asked.drift is not None else {}
    parts += [
        f"{word} {earlier.digest[:12]} before" if earlier else f"no {word} before" for word, earlier in before.items()
    ]
    return attested(
        name,
        f"{', '.join(parts) or 'no other dataset'}: that the figures in context.json are theirs is the operator's word",
    )


def _judged_again(claim: str) -> tuple[str, Callable[[Case], Claim]]:
    """Make the claim that the blocking checks behind it pass when they are judged here, in one pass for all claims.

    What only warns kept nothing from being promoted, so it does not fail a version either; the detail says it. What
    blocks is judged by what it observed then: a version was promoted by that.
    """

    def verifier(case: Case) -> Claim:
        if case.data is None:
            return not_checkable(claim, _NO_DATA)
        stored = {result.name: result for result in case.results}
        results = [
            _as_stored(stored.get(result.name, result), result) if result.severity == "critical" else result
            for result in case.recomputed
            if KINDS[result.expectation].claim == claim
        ]
        blocking = [result for result in results if result.severity == "critical"]
        faults = [_said(result, claim) for result in blocking if not result.passed]
        if claim == _ROWS and case.counts.rows != case.candidate.rows:
            faults.append(f"{case.counts.rows:,} rows, and the candidate's manifest says {case.candidate.rows:,}")
        return judged(claim, faults, "; ".join(_said(result, claim) for result in results) or "there is none")

    return claim, verifier


def _said(result: CheckResult, claim: str) -> str:
    """Say what a check saw, with its name where the claim does not say it already, and that it warns."""
    warns = "" if result.passed or result.severity == "critical" else "warns, and does not block: "
    name = "" if result.name.replace("_", " ") == claim else f"{result.name}: "
    return f"{name}{warns}{result.description}"


VERIFIERS = (
    ("blocking checks", _blocking),
    ("check results", _results),
    ("hand-written checks", _written),
    ("compared with", _compared),
    *map(_judged_again, CLAIMS),
)
