"""What a contract's gates ask about a candidate: questions by part, and the plans and arrays that carry them."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from synth_assets.contract import DatasetContract
from synth_assets.errors import Fault, UsageError
from synth_assets.evaluation.asked import gate_faults, parts_of
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Asked, Query
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.ledger import Ledger
from synth_assets.release import Release
from synth_assets.rowwise.material import write_material
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.workspace import Workspace

__all__ = ["Part", "plans_of", "pose", "refuse_gates", "refuse_other_version"]

Part = str | None


def refuse_gates(contract: DatasetContract) -> None:
    """Refuse gates that ask for what cannot be measured.

    Raises:
        UsageError: names the first, and what to write.
    """
    for where, message, hint in gate_faults(contract):
        raise UsageError(f"{'.'.join(where)}: {message}", hint=hint)


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


def pose(ground: Ground) -> tuple[dict[str, Asked], dict[Part, list[Query]]]:
    """Return what each gate asks about a candidate, and all questions by part, each once.

    Raises:
        UsageError: a gate cannot be asked of this candidate.
    """
    asked = {name: _ask(name, ground) for name in ground.contract.gates}
    return asked, _questions(asked)


def plans_of(
    ground: Ground, questions: Mapping[Part, Sequence[Query]], *, facts: str, workspace: Workspace
) -> list[EvaluationPlan]:
    """Return the plan of each part's questions, each question with the same share of the part's charge.

    Args:
        ground: what is asked about.
        questions: from :func:`pose`.
        facts: digest of what figures need besides the answers.
        workspace: where the arrays are kept that axes are made of.
    """
    materials = _keep(ground, workspace.evaluations(ground.contract.name) / "materials")
    return [
        EvaluationPlan(
            contract=ground.contract,
            part=part,
            release=ground.release.digest,
            candidate=ground.candidate.digest,
            charge=ground.contract.evaluation_loss(part),
            questions=tuple((query, 1) for query in queries),
            facts=facts,
            materials=materials,
        )
        for part, queries in questions.items()
    ]


def _ask(name: str, ground: Ground) -> Asked:
    metric, arguments = parse(name)
    return metric.ask(arguments, ground, parts_of(metric, ground.contract))


def _questions(asked: Mapping[str, Asked]) -> dict[Part, list[Query]]:
    """Return the questions of all gates by part, each once: gates that need the same one share its answer."""
    questions: dict[Part, dict[str, Query]] = {}
    for posed in (posed for one in asked.values() for posed in one.questions):
        query = questions.setdefault(posed.part, {}).setdefault(posed.query.name, posed.query)
        if query is not posed.query and query.descriptor() != posed.query.descriptor():
            raise Fault(f"two figures ask different questions under the name {query.name!r}", hint="check the metrics")
    return {part: list(queries.values()) for part, queries in questions.items()}


def _keep(ground: Ground, folder: Path) -> Path | None:
    """Write the arrays that axes are made of; they are public and named by their digest."""
    if not ground.materials:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    list(map(partial(write_material, below=folder), ground.materials.values()))
    return folder
