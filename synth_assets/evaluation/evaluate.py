"""Ask a contract's gates about a candidate: plan, refuse what cannot tell, pay, and keep the answers.

Asking again about the same candidate returns what was answered; nothing is drawn or charged twice. Another candidate
of the same release is another attempt, which the contract's slice for evaluations must cover.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from synth_assets.candidate import Candidate
from synth_assets.candidate.at_hand import release_at_hand
from synth_assets.contract import DatasetContract
from synth_assets.contract.gates import Gate
from synth_assets.errors import UsageError
from synth_assets.evaluation.asked import WHO, limits_of
from synth_assets.evaluation.estimate.gates import Gate as Limit
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Asked, Query
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.evaluation.optimistic import VAGUE_HINT
from synth_assets.evaluation.planned import planned_figure
from synth_assets.evaluation.questions import (
    Part,
    plans_of,
    pose,
    refuse_gates,
    refuse_other_version,
)
from synth_assets.evaluation.record import Evaluation, Measured, facts_digest, read_evaluation, write_evaluation
from synth_assets.ledger import Ledger, State
from synth_assets.obtain.release import obtain, request_for
from synth_assets.release import Release
from synth_assets.storage import fetch_file, share_file
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.workspace import Workspace

__all__ = ["evaluate", "evaluation_of", "vagueness"]

Progress = Callable[[str], None]


def evaluation_of(contract: DatasetContract, candidate: Candidate, *, workspace: Workspace) -> Evaluation | None:
    """Return what was measured about a candidate for the gates of a contract; ``None`` if that is not all of them.

    Answers that were paid for with other questions or facts than those that are stored are not returned either: asking
    again is free if they were paid for.

    Raises:
        IntegrityError: what is stored is not an evaluation, or an answer is missing or altered.
    """
    path = workspace.evaluations(contract.name) / f"{candidate.digest}.json"
    fetch_file(path, workspace=workspace)
    evaluation = read_evaluation(path, load=partial(release_at_hand, workspace))
    if evaluation is None or not set(contract.gates) <= set(evaluation.gates):
        return None
    about = (evaluation.candidate, evaluation.release) == (candidate.digest, candidate.release)
    asked = all(
        release.fingerprint == evaluation.fingerprint(part, contract, domain=release.domain)
        for part, release in evaluation.answers.items()
    )
    return evaluation if about and asked else None


def evaluate(  # noqa: PLR0913 - who asks for what, where and why
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    workspace: Workspace,
    ledger: Ledger,
    by: str,
    reason: str,
    run_id: str | None = None,
    progress: Progress = lambda _: None,
) -> Evaluation:
    """Return what real people say of a candidate, measuring it if it was not measured before.

    Args:
        contract: its gates are asked.
        candidate: what is asked about; it must have passed the public checks.
        release: what it came from.
        workspace: the project's folders.
        ledger: the ledger to charge.
        by: who asks.
        reason: why, for the officer.
        run_id: the Dagster run, if there is one.
        progress: called with a message about the progress.

    Raises:
        UsageError: a gate asks for what cannot be measured, or its noise would be above a third of the room that its
            limit leaves, or the candidate was sampled under another contract or from another release, or the source is
            at another version than the release. Nothing was charged.
        BudgetRefused: the contract's slice for evaluations is used up, or the account does not cover it.
        MeasurementFailed: as for a release, see ``obtain``.
    """
    known = evaluation_of(contract, candidate, workspace=workspace)
    if known is not None:
        progress("this candidate was measured before; that cost nothing now")
        return known
    refuse_gates(contract)
    _refuse_other_parents(contract, candidate, release)
    refuse_other_version(contract, release, ledger)
    ground = Ground(contract, release, candidate, progress=progress)
    asked, questions = pose(ground)
    plans = _planned(asked, questions, ground)
    _refuse_vague(contract, plans)
    gates = {name: Measured(facts=asked[name].facts, plan=plans[name]) for name in asked}
    asking = plans_of(ground, questions, facts=facts_digest(gates), workspace=workspace)
    answers: dict[Part, Release] = {}
    with _held(asking, ledger, by=by, reason=reason, run_id=run_id):
        for plan in asking:
            progress(f"asking {len(plan.questions)} questions of {WHO[plan.part]}, for rho {plan.loss().rho:g}")
            obtained = obtain(
                plan, workspace=workspace, ledger=ledger, by=by, reason=reason, run_id=run_id, progress=progress
            )
            answers[plan.part] = obtained.release
    evaluation = Evaluation(candidate=candidate.digest, release=release.digest, answers=answers, gates=gates)
    path = workspace.evaluations(contract.name) / f"{candidate.digest}.json"
    write_evaluation(evaluation, path)
    share_file(path, workspace=workspace)
    return evaluation


def _refuse_other_parents(contract: DatasetContract, candidate: Candidate, release: Release) -> None:
    if (candidate.contract, candidate.release) != (contract.digest(), release.digest):
        raise UsageError(
            f"candidate {candidate.digest[:12]} was sampled under another contract or from another release, so it "
            "could not be promoted",
            hint="sample a new candidate: that is free",
        )


@contextmanager
def _held(
    plans: Sequence[EvaluationPlan], ledger: Ledger, *, by: str, reason: str, run_id: str | None
) -> Iterator[None]:
    """Reserve all parts before the first is read, so that none is charged if another is refused; give back the rest."""
    source = ledger.source(plans[0].contract.source)
    request = partial(
        request_for, source=source, by=by, reason=reason, run_id=run_id, split=ledger.split(source.account)
    )
    for plan in plans:
        plan.check()
    held: list[str] = []
    try:
        held.extend(ledger.reserve(request(plan)).id for plan in plans)
        yield
    finally:
        for reservation in held:
            if ledger.reservation(reservation).state is State.RESERVED:
                with suppress(UsageError):  # another process that asks the same opened it at this moment
                    ledger.cancel(reservation)


def _planned(asked: Mapping[str, Asked], questions: Mapping[Part, list[Query]], ground: Ground) -> dict[str, Plan]:
    rho = {part: ground.contract.evaluation_loss(part).rho / len(queries) for part, queries in questions.items()}
    return {name: planned_figure(*parse(name), asked=one, ground=ground, rho=rho) for name, one in asked.items()}


def _refuse_vague(contract: DatasetContract, plans: Mapping[str, Plan]) -> None:
    """Refuse gates whose noise is too large for their limit, or which even a good candidate would fail."""
    vague = [
        f"{name}: {fault}"
        for name, limit in limits_of(contract).items()
        if (fault := vagueness(limit, contract.gates[name], plans[name]))
    ]
    if vague:
        raise UsageError(
            "these gates could not tell a good candidate from a bad one, so nothing was asked or charged:\n  "
            + "\n  ".join(vague),
            hint=VAGUE_HINT,
        )


def vagueness(limit: Limit, gate: Gate, plan: Plan) -> str | None:
    """Return why a gate cannot tell good from bad; bounds of a figure of few people are wide whatever its value is."""
    if not limit.decides(plan.deviation):
        return f"its noise of {plan.deviation:.3g} is above a third of {limit.room:.3g}, which the limit leaves"
    luckiest = plan.luckiest
    if luckiest is None or not gate.keeps(low=luckiest.value, high=luckiest.value):
        return None  # the synthetic rows say themselves that it is bad
    if gate.keeps(low=luckiest.low, high=luckiest.high):
        return None
    return (
        "it would fail nine times in ten even if real people are like the synthetic rows, for which it is "
        f"{luckiest.value:.3g}, with bounds from {luckiest.low:.3g} to {luckiest.high:.3g} at best: is a group small?"
    )
