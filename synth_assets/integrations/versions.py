"""Promotion with DVC and MLflow as its followers: what the Dagster asset calls."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from synth_assets.audit.assurance import records_of
from synth_assets.candidate import Candidate
from synth_assets.candidate.at_hand import candidate_at_hand, generator_at_hand, release_at_hand, scenario_at_hand
from synth_assets.candidate.scenarios import refuse_impossible
from synth_assets.checks import CheckResult, Judged, judge_again, recompute_checks
from synth_assets.checks.judgement import judge_generated
from synth_assets.contract import DatasetContract
from synth_assets.evaluation.evaluate import evaluate
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.ledger import Ledger
from synth_assets.promotion import Promotion, context_of, context_of_scenario, write_page
from synth_assets.promotion.promote import promote, refuse_failed_tests
from synth_assets.release import Release
from synth_assets.workspace import Workspace

__all__ = ["measure_candidate", "promote_candidate"]


def promote_candidate(  # noqa: PLR0913 - the parts of a promotion, by keyword
    contract: DatasetContract,
    digest: str,
    results: Sequence[CheckResult],
    *,
    workspace: Workspace,
    ledger: Ledger,
    scenarios: Mapping[str, tuple[str, Sequence[CheckResult]]] | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Promotion:
    """Promote a candidate if every blocking check passes on exactly it, when it is computed again here.

    Args:
        contract: the dataset.
        digest: the candidate's.
        results: the verdicts that were recorded; nothing rests on them alone.
        workspace: the project's folders.
        ledger: says what was paid.
        scenarios: digest and recorded verdicts of the table of each of the contract's scenarios, by name.
        executor: counts shards; this process counts them one by one if omitted.
        progress: called with one line on what was promoted.

    Raises:
        CheckRefused: a check failed, is missing, looked at another candidate or at another suite than
            today's, or its recorded verdict is not what it says when it is computed again.
        LedgerUnavailable: the ledger's anchor does not have what paid for the release or for an answer, and cannot
            be given it now.
    """
    candidate = candidate_at_hand(workspace, contract.name, digest)
    release = release_at_hand(workspace, candidate.release)
    suite = workspace.root / contract.suite_path
    context = context_of(contract, candidate, workspace=workspace)
    for paid in (release, *(context.evaluation.answers.values() if context.evaluation is not None else ())):
        ledger.ensure_anchored(paid.reservation)
    judged = judge_again(
        contract, candidate, release, suite=suite, recorded=results, context=context, executor=executor
    )
    judged_scenarios = [
        _judged_scenario(contract, table, recorded, candidate=candidate, workspace=workspace, executor=executor)
        for table, recorded in (scenarios or {}).values()
    ]
    promotion = promote(
        contract,
        candidate=candidate,
        release=release,
        generator=generator_at_hand(workspace, contract.name, candidate.generator),
        judged=judged,
        workspace=workspace,
        ledger_lines=ledger.export_entries(ledger.source(contract.source).account),
        versions=DvcVersionStore(workspace.root),
        registry=MlflowRegistry(workspace.mlflow_url, root=workspace.root),
        anchored=ledger.anchored,
        scenarios=judged_scenarios,
    )
    progress("this version was promoted before" if promotion.reused else f"promoted version {promotion.version[:12]}")
    return promotion


def _judged_scenario(  # noqa: PLR0913 - as above
    contract: DatasetContract,
    digest: str,
    recorded: Sequence[CheckResult],
    *,
    candidate: Candidate,
    workspace: Workspace,
    executor: Executor | None,
) -> tuple[Candidate, Judged]:
    """Return the table of a scenario, and what the gate makes of it when it is computed here."""
    table = scenario_at_hand(workspace, contract.name, digest)
    context = context_of_scenario(contract, table, candidate=candidate, workspace=workspace)
    release, suite = release_at_hand(workspace, table.release), workspace.root / contract.suite_path
    return table, judge_again(
        contract, table, release, suite=suite, recorded=recorded, context=context, executor=executor
    )


def measure_candidate(  # noqa: PLR0913 - who asks for what, where and why
    contract: DatasetContract,
    candidate: Candidate,
    *,
    workspace: Workspace,
    ledger: Ledger,
    by: str,
    run_id: str | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[CheckResult]:
    """Judge a candidate by the contract's gates: real people are asked only if the public checks passed.

    Its page is written with what is known then.

    Args:
        contract: the dataset.
        candidate: what is asked about.
        workspace: the project's folders.
        ledger: the ledger to charge.
        by: who asks.
        run_id: the Dagster run, if there is one.
        executor: counts shards for the public checks; this process counts them one by one if omitted.
        progress: called with a message about the progress.

    Returns:
        The results of all gates. If a blocking public check fails, nobody was asked and nothing was charged.

    Raises:
        UsageError, BudgetRefused, MeasurementFailed: as ``evaluate``.
        CheckRefused, UsageError: it could not be promoted whatever people say; nobody was asked.
    """
    release = release_at_hand(workspace, candidate.release)
    suite, context = workspace.root / contract.suite_path, context_of(contract, candidate, workspace=workspace)
    results, basis = recompute_checks(contract, candidate, release, suite=suite, context=context, executor=executor)
    public = [result for result in results if result.kind == "PUBLIC" and result.severity == "critical"]
    failed = [result for result in public if not result.passed]
    if failed:
        reason = f"nobody was asked and nothing was charged: public check {failed[0].name!r} failed"
        results = [replace(one, description=reason) if one.kind == "MEASURED" else one for one in results]
    elif context.evaluation is None:
        _refuse_unpromotable(contract, candidate, release, workspace=workspace)
        evaluation = evaluate(
            contract,
            candidate,
            release,
            workspace=workspace,
            ledger=ledger,
            by=by,
            reason=f"gates of {contract.name}",
            run_id=run_id,
            progress=progress,
        )
        basis = replace(basis, context=replace(context, evaluation=evaluation))
        again = {result.name: result for result in judge_generated(basis)}
        results = [again.get(result.name, result) for result in results]
    write_page(basis, candidate, results, workspace=workspace, warn=progress)
    return [result for result in results if result.kind == "MEASURED"]


def _refuse_unpromotable(
    contract: DatasetContract, candidate: Candidate, release: Release, *, workspace: Workspace
) -> None:
    """Refuse what would keep a candidate from being promoted and is known before anybody is asked."""
    refuse_failed_tests(records_of(workspace, dataset=contract.name), contract=contract)
    refuse_impossible(contract, generator_at_hand(workspace, contract.name, candidate.generator), release)
