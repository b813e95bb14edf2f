"""The gate: what a promotion rests on is what it computed itself, on the candidate that it promotes.

Verdicts that were recorded, in Dagster's event log or in a bundle, only *say*
that a check ran. They are needed, so that what people saw and what is promoted
agree, but nothing rests on them: every check that follows from the contract is
counted again, and what people wrote by hand runs again on the rows. An audit
recomputes with the same functions, so that it is never weaker than the gate.
See docs/adr/0820-judged-again.md.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from synth_assets.candidate import Candidate
from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.counts import CandidateCounts
from synth_assets.checks.judgement import basis_of, judge_generated
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.policy import CheckResult, Decision, decide
from synth_assets.checks.public import judge_rows, refuse_strangers
from synth_assets.checks.suite import effective_suite, required_checks
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["Judged", "judge_again", "recompute_checks"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What the gate made of a candidate.

    Attributes:
        results: what the decision rests on: computed here, or the recorded ones if they refused already.
        decision: whether to promote, and if not, why.
        counts: what was counted in the candidate's rows; ``None`` if nothing was.
        context: what the candidate was compared with besides its release.
    """

    results: tuple[CheckResult, ...]
    decision: Decision
    counts: CandidateCounts | None = None
    context: Context = NOTHING


def judge_again(  # noqa: PLR0913 - what a decision rests on, by keyword
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    suite: Path,
    recorded: Sequence[CheckResult],
    context: Context = NOTHING,
    executor: Executor | None = None,
) -> Judged:
    """Decide about a candidate on results that are computed here.

    Args:
        contract: what the generated checks follow from.
        candidate: the candidate that is to be promoted.
        release: the release that it came from.
        suite: the JSON file with the hand-written checks; need not exist.
        recorded: verdicts that were recorded earlier.
        context: the version and release before, and other datasets, where checks compare with them; and the
            scenario that is judged, if it is one.
        executor: counts shards, with the same results; this process counts them one by one if omitted.

    Returns:
        The decision with what it rests on. It is a refusal if the recorded verdicts do
        not speak for this candidate and today's suite (then nothing is computed), if a
        computed one does not, or if the two differ.

    Raises:
        UsageError: the candidate came from another release, the release from another
            contract, or the suite is faulty.
    """
    required = required_checks(contract, suite, scenario=context.scenario)
    decision = decide(recorded, required=required, candidate=candidate.digest)
    if not decision.promote:
        return Judged(results=tuple(recorded), decision=decision, context=context)
    computed, basis = recompute_checks(contract, candidate, release, suite=suite, context=context, executor=executor)
    reasons = [
        *decide(computed, required=required, candidate=candidate.digest).reasons,
        *_differences(recorded, computed),
    ]
    decision = Decision(promote=not reasons, reasons=tuple(reasons))
    return Judged(results=tuple(computed), decision=decision, counts=basis.counts, context=context)


def recompute_checks(  # noqa: PLR0913 - as above
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    suite: Path,
    context: Context = NOTHING,
    executor: Executor | None = None,
) -> tuple[list[CheckResult], Basis]:
    """Return the result of every check, in the suite's order, and what they were judged by.

    Great Expectations, with its seconds of import, is needed for hand-written checks alone.

    Raises:
        UsageError: as :func:`judge_again`.
    """
    refuse_strangers(contract, candidate, release, scenario=context.scenario)
    entries = effective_suite(contract, suite, scenario=context.scenario)
    written = [entry for entry in entries if not entry.generated]
    basis = basis_of(contract, candidate, release, context=context, executor=executor)
    generated = judge_generated(basis)
    return [*generated, *(judge_rows(written, candidate).values() if written else ())], basis


def _differences(recorded: Sequence[CheckResult], computed: Sequence[CheckResult]) -> list[str]:
    """Name the checks whose recorded verdict is not the computed one; what judged something else is not compared."""
    again = {_about(result): result for result in computed}
    pairs = [(result, again.get(_about(result), result)) for result in recorded]
    return [
        f"check {result.name!r} is recorded as {_word(result)}, but computed again it {_word(now)}"
        for result, now in pairs
        if now.passed != result.passed
    ]


def _about(result: CheckResult) -> tuple[str, str, str]:
    """Return what a verdict is about: a check, the candidate and the arguments."""
    return result.name, result.candidate, result.entry


def _word(result: CheckResult) -> str:
    return "passed" if result.passed else "failed"
