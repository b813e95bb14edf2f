"""What a contract's gates ask about a candidate: questions by part, and the plans and arrays that carry them."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.evaluation.asked import gate_faults, parts_of
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Asked, Query
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.ledger import Ledger
from synth_assets.release import Release
from synth_assets.rowwise.material import write_material
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.workspace import Workspace

__all__ = ["Part", "ask", "keep_materials", "plan_of", "questions_of", "refuse_gates", "refuse_other_version"]

Part = str | None


def refuse_gates(contract: DatasetContract) -> None:
    """Refuse gates that ask for what cannot be measured.

    Raises:
        UsageError: names the first, and what to write.
    """
    for name, message, hint in gate_faults(contract):
        raise UsageError(f"gates.{name}: {message}", hint=hint)


def refuse_other_version(contract: DatasetContract, release: Release, ledger: Ledger) -> None:
    """Refuse a release of another version than the source's.

    Raises:
        UsageError: says which.
    """
    source = ledger.source(contract.source)
    if source.version != release.version:
        raise UsageError(
            f"the release is of version {release.version}, and source {source.name!r} is at {source.version}: its rows "
            "are not those that the candidate is to be like",
            hint="ask for a release of the new version, with `refresh: {release: new_version}`",
        )


def ask(name: str, ground: Ground) -> Asked:
    """Return what a gate asks about a candidate. Raises UsageError when it cannot be asked of this one."""
    metric, arguments = parse(name)
    return metric.ask(arguments, ground, parts_of(metric, ground.contract))


def questions_of(asked: Mapping[str, Asked]) -> dict[Part, list[Query]]:
    """Return the questions of all gates by part, each once: gates that need the same one share its answer."""
    questions: dict[Part, dict[str, Query]] = {}
    for posed in (posed for one in asked.values() for posed in one.questions):
        questions.setdefault(posed.part, {}).setdefault(posed.query.name, posed.query)
    return {part: list(queries.values()) for part, queries in questions.items()}


def plan_of(ground: Ground, part: str | None, queries: Sequence[Query], *, materials: Path | None) -> EvaluationPlan:
    """Return the plan that holds the questions to one part, each with the same share of its charge."""
    return EvaluationPlan(
        contract=ground.contract,
        part=part,
        release=ground.release.digest,
        candidate=ground.candidate.digest,
        charge=ground.contract.evaluation_loss(part),
        questions=tuple((query, 1) for query in queries),
        materials=materials,
    )


def keep_materials(ground: Ground, *, workspace: Workspace) -> Path | None:
    """Write the arrays that axes are made of; they are public and named by their digest."""
    if not ground.materials:
        return None
    folder = workspace.evaluations(ground.contract.name) / "materials"
    folder.mkdir(parents=True, exist_ok=True)
    list(map(partial(write_material, below=folder), ground.materials.values()))
    return folder
