"""The head of a candidate's page: that it is a candidate, what its checks make of it, and what it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.checks import CheckResult
from synth_assets.checks.suite import effective_suite
from synth_assets.privacy import epsilon_of

__all__ = ["CANDIDATE", "Verdict", "verdict_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all checks together make of a candidate.

    Attributes:
        state: ``Refused``, ``Not decided`` or ``Passed``.
        because: the rest of the sentence: which check failed, or that real people were not asked.
        reasons: the results behind it: blocking checks that failed.
    """

    state: Literal["Refused", "Not decided", "Passed"]
    because: str
    reasons: tuple[CheckResult, ...] = ()


def verdict_on(results: Sequence[CheckResult]) -> Verdict:
    """Say what the results of all checks make of a candidate; warnings do not count."""
    against = [result for result in results if result.severity == "critical" and not result.passed]
    failed, unasked = ([result for result in against if result.asked is asked] for asked in (True, False))
    if failed:
        word = "check" if len(failed) == 1 else "checks"
        silent = ", so real people were not asked" if unasked else ""
        because = f"the blocking {word} {_joined(failed)} failed{silent}."
        return Verdict(state="Refused", because=because, reasons=tuple(failed))
    if unasked:
        return Verdict(state="Not decided", because="its public checks passed, and real people were not asked yet.")
    return Verdict(state="Passed", because="every blocking check passed, so it may be promoted.")


def _joined(results: Sequence[CheckResult]) -> str:
    *names, last = map(_name, results)
    return f"{', '.join(names)} and {last}" if names else last


def _context(facts: ReportFacts) -> dict[str, Any]:
    order = {entry.check: position for position, entry in enumerate(effective_suite(facts.contract, facts.suite))}
    results = sorted(facts.results, key=lambda result: order.get(result.name, len(order)))
    composition = facts.statement["composition"]
    return {
        "contract": facts.contract,
        "candidate": facts.candidate,
        "columns": [*facts.release.domain.names, *facts.contract.derived],
        "results": results,
        "verdict": verdict_on(results),
        "warnings": [one for one in results if not one.passed and one.severity != "critical"],
        "people": _people(facts),
        "delta": composition["delta"],
        "epsilon": epsilon_of(facts.published, delta=composition["delta"]),
        "parents": _parents(facts.identity),
        "name": _name,
    }


def _people(facts: ReportFacts) -> str:
    if facts.evaluation is not None:
        return "yes"
    return "no" if facts.contract.gates else "no gates"


def _parents(identity: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(word, identity[word]) for word in ("candidate", "release", "generator", "contract")]


def _name(result: CheckResult) -> str:
    """Name a check, and a gate by its figure."""
    return str(result.kwargs["figure"]) if result.kind == "MEASURED" else result.name.replace("_", " ")


CANDIDATE = Section(template=files(__package__).joinpath("candidate.html"), context=_context)
