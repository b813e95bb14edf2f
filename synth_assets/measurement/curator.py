"""Exact figures of a candidate for the curator's store: computed without noise, recorded before, charged to nobody.

The ledger's entry comes first; without it no row is read. The figures go into one
file that only its owner can read, and nothing but a status leaves this process. A figure
that cannot be made of the rows is written as missing, so that the status says nothing of them.
No plan runs here: a plan gets answers of a measurer that adds noise, and this module hands it none.
"""

import math
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from synth_assets.errors import UsageError
from synth_assets.evaluation.asked import beta_of
from synth_assets.evaluation.metric import Answers, Query
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.evaluation.planned import EXACT_SCALE, answer_to
from synth_assets.files import write_json
from synth_assets.ledger import CuratorPermit, CuratorRequest, Ledger, open_ledger
from synth_assets.ledger.windows import Window, parse_window
from synth_assets.measurement.process import BEFORE_ROWS, begin, failed, status_of
from synth_assets.obtain.job import CuratorJob, Status
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.answers import Answer
from synth_assets.source.bounding import SECRET_BYTES
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.queries import exact_values
from synth_assets.source.readers import open_for_curator
from synth_assets.source.register import is_reachable
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.workspace import Workspace

__all__ = ["main", "permits_for", "rows_for_curator", "run_curator_job", "window_of"]

_WARNING = "exact figures: no epsilon covers what is decided on them; they stay in this store"


def main() -> int:
    """Read a job from standard input, do it and return its status."""
    job, _ = begin(CuratorJob.from_line)
    return run_curator_job(job, scratch=Path.cwd())


def run_curator_job(job: CuratorJob, *, scratch: Path) -> Status:
    """Record the reading, then compute the figures and write them to the curator's store.

    Args:
        job: what to compute.
        scratch: a folder of this process in the private zone.
    """
    workspace = Workspace(root=job.root)
    plans = [EvaluationPlan.from_arguments(arguments) for arguments in job.questions]
    try:
        _check(job, plans)
        permits = permits_for(job.requests, open_ledger(workspace.ledger_url))
    except BEFORE_ROWS as error:
        return status_of(error)
    if permits is None:
        return Status.SOURCE_UNREACHABLE
    try:
        figures = _figures(job, plans, permits, scratch=scratch)
        _write(job, figures, store=workspace.curator)
    except BaseException:  # noqa: BLE001 - the error may depend on private rows, so all errors have one status
        return failed()
    return Status.DONE


def _check(job: CuratorJob, plans: Sequence[EvaluationPlan]) -> None:
    """Refuse a job that asks for something else than the ledger would record."""
    asked = [(plan.contract.source, plan.contract.name, plan.candidate, plan.part) for plan in plans]
    recorded = [(request.source, request.dataset, request.candidate, request.part) for request in job.requests]
    if not asked or asked != recorded:
        raise UsageError("the questions are not those that would be recorded", hint="use synth-assets curate")


def permits_for(requests: Sequence[CuratorRequest], ledger: Ledger) -> list[CuratorPermit] | None:
    """Record every part's reading before any row; ``None`` if the source cannot be reached.

    Raises:
        SynthAssetsError: one of :data:`~synth_assets.measurement.process.BEFORE_ROWS`.
    """
    source = ledger.source(requests[0].source)
    if source.location and not is_reachable(source):
        return None
    return [ledger.open_to_curator(request) for request in requests]


def _figures(
    job: CuratorJob, plans: Sequence[EvaluationPlan], permits: Sequence[CuratorPermit], *, scratch: Path
) -> dict[str, Any]:
    answers: Answers = {
        (plan.part, query.name): answer
        for plan, permit in zip(plans, permits, strict=True)
        for query, answer in _answers(plan, _kernel(plan, permit, scratch=scratch))
    }
    beta, gates = beta_of(plans[0].contract), plans[0].contract.gates
    return {
        name: {"value": _value(name, job.facts[name], answers, beta=beta), "min": gate.min, "max": gate.max}
        for name, gate in gates.items()
    }


def _answers(plan: EvaluationPlan, kernel: LocalKernel) -> Iterator[tuple[Query, Answer]]:
    for query, _ in plan.questions:
        values = exact_values([query], kernel)[0]
        yield query, answer_to(query, values, scale=EXACT_SCALE, d_in=plan.contract.unit().max_rows)


def _value(gate: str, facts: Any, answers: Answers, *, beta: float) -> float | None:
    metric, arguments = parse(gate)
    try:
        value = float(metric.figure(arguments, facts, answers, beta=beta).value)
    except Exception:  # noqa: BLE001 - whether it can be made may depend on private rows
        return None
    return value if math.isfinite(value) else None


def _kernel(plan: EvaluationPlan, permit: CuratorPermit, *, scratch: Path) -> LocalKernel:
    unit, window = plan.contract.unit(), window_of(permit)
    batches = partial(rows_for_curator, permit, unit=unit)
    return LocalKernel(batches, unit=unit, secret=secrets.token_bytes(SECRET_BYTES), scratch=scratch, window=window)


def window_of(permit: CuratorPermit) -> Window | None:
    """Return the window outside which there are no rows, if the account has one."""
    return None if permit.window is None else parse_window(permit.window)


def rows_for_curator(permit: CuratorPermit, names: Sequence[str], *, unit: PrivacyUnit) -> Iterator[pa.RecordBatch]:
    """Stream columns of a part, and those that say whose rows they are and of what time."""
    window = window_of(permit)
    extra = [name for name in (unit.column, window.column if window else None) if name is not None]
    return open_for_curator(permit).batches(list(dict.fromkeys([*names, *extra])))


def _write(job: CuratorJob, figures: dict[str, Any], *, store: Path) -> None:
    """Write one file for its owner alone; this process creates files and folders so (see ``begin``)."""
    requests = [asdict(request) for request in job.requests]
    write_json(store / job.path, {"warning": _WARNING, "requests": requests, "figures": figures})
