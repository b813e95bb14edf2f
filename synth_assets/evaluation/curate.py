"""Have exact figures of a candidate computed, or a tool run on exact rows; nothing but where the result is comes back.

The questions are those that an evaluation asks, or whatever a curator's tool does. The ledger records the reading
before a row is read, and later versions of the account list it: no epsilon covers what is decided
on exact figures. So this is a command of its own, which no contract and no asset can ask for.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from synth_assets.candidate import Candidate
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.evaluation.ground import Ground, label_of
from synth_assets.evaluation.questions import plans_of, pose, refuse_gates, refuse_other_version
from synth_assets.evaluation.tools.environment import refuse_python
from synth_assets.evaluation.tools.registry import Tool
from synth_assets.ledger import CuratorRequest, Ledger, Source
from synth_assets.ledger.messages import check_text
from synth_assets.obtain.curator import obtain_for_curator
from synth_assets.obtain.job import CuratorJob, ToolJob
from synth_assets.obtain.on_warehouse import KIND as WAREHOUSE
from synth_assets.obtain.preflight import preflight
from synth_assets.privacy import PARTS
from synth_assets.release import Release
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.workspace import Workspace

__all__ = ["WARNING", "curate", "curate_with_tool"]

Progress = Callable[[str], None]
_ID_BYTES = 8
_SEED_BITS = 31
WARNING = (
    "CURATOR: made from exact rows of real people without noise. No epsilon covers figures, models or decisions that "
    "come of it; it stays in this store, and later versions of the account say that it was made"
)
"""What everything that a tool leaves behind is marked with."""


def curate(  # noqa: PLR0913 - who asks for what, where and why
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    workspace: Workspace,
    ledger: Ledger,
    by: str,
    reason: str,
    progress: Progress = lambda _: None,
) -> Path:
    """Return the file in the curator's store that holds exact figures for the gates of a contract.

    Args:
        contract: its gates are asked.
        candidate: what is asked about.
        release: what it came from.
        workspace: the project's folders.
        ledger: the ledger that records it.
        by: who reads.
        reason: why, for the officer and for readers of later versions.
        progress: called with a message about the progress.

    Raises:
        UsageError: the account is not open to curators, the contract has no gates, one cannot be asked, or the
            source is at another version than the release. Nothing was recorded or read.
        Fault: as for :func:`~synth_assets.obtain.curator.obtain_for_curator`, and the other errors there.
    """
    source = _readable_source(contract, release, ledger=ledger)
    if not contract.gates:
        raise UsageError(f"contract {contract.name!r} has no gates to compute", hint="see docs/checks.md")
    refuse_gates(contract)
    ground = Ground(contract, release, candidate, progress=progress)
    asked, questions = pose(ground)
    plans = plans_of(ground, questions, facts="", workspace=workspace)
    for plan in plans:
        plan.check()
    request = _request(contract, candidate, source=source, by=by, reason=reason)
    job = CuratorJob(
        root=workspace.root,
        requests=tuple(replace(request, part=plan.part) for plan in plans),
        questions=tuple(plan.arguments() for plan in plans),
        facts={name: one.facts for name, one in asked.items()},
    )
    return obtain_for_curator(job, workspace=workspace)


def curate_with_tool(  # noqa: PLR0913 - who runs what on what, where and why
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    tool: Tool,
    python: Path,
    rows: int,
    minutes: int,
    workspace: Workspace,
    ledger: Ledger,
    by: str,
    reason: str,
) -> Path:
    """Run a tool on exact rows, and return the folder in the curator's store that holds what it left behind.

    Args:
        contract: its columns are handed out.
        candidate: its rows are handed out too.
        release: what it came from.
        tool: which one.
        python: the interpreter of its environment.
        rows: the most rows of each table.
        minutes: after how many it is ended.
        workspace: the project's folders.
        ledger: the ledger that records it.
        by: who reads.
        reason: why, for the officer and for readers of later versions.

    Raises:
        UsageError: the account is not open to curators, the tool cannot run here or needs what the contract lacks,
            or the source is at another version than the release. Nothing was recorded or read.
        Fault: as for :func:`~synth_assets.obtain.curator.obtain_for_curator`, and the other errors there.
    """
    source = _readable_source(contract, release, ledger=ledger)
    split = ledger.split(source.account) is not None
    if tool.control and not split:
        raise UsageError(
            f"{tool.name} compares with held-out people, and account {source.account!r} has none",
            hint="an officer splits a new account: synth-assets budget open ... --holdout; see docs/privacy/holdout.md",
        )
    label = _label(contract, release, needed=tool.target)
    refuse_python(python, tool)
    digest = tool.digest()
    request = replace(
        _request(contract, candidate, source=source, by=by, reason=reason), tool=tool.named(digest), rows=rows
    )
    job = ToolJob(
        root=workspace.root,
        requests=tuple(replace(request, part=part) for part in (PARTS if split else (None,))),
        script=tool.script,
        digest=digest,
        python=python,
        minutes=minutes,
        domain=release.domain.as_json(),
        task={
            "dataset": contract.name,
            "candidate": candidate.digest,
            "columns": release.domain.as_json(),
            "target": contract.target,
            "positive": contract.evaluation.positive,
            "label": None if label is None else label.as_json(),
            "rows": rows,
            "seed": secrets.randbits(_SEED_BITS),
            "tool": request.tool,
            "reading": request.id,
            "warning": WARNING,
        },
    )
    return obtain_for_curator(job, workspace=workspace)


def _readable_source(contract: DatasetContract, release: Release, *, ledger: Ledger) -> Source:
    """Return the contract's source without its place, if curators may read it for this release.

    Raises:
        UsageError: they may not.
    """
    source = replace(ledger.source(contract.source), location="", options={})
    if not ledger.curated(source.account):
        raise UsageError(
            f"account {source.account!r} is not open to curators, so nobody reads exact figures of it",
            hint=f"an officer opens it, for good: synth-assets budget curate {source.account} --reason ...",
        )
    if source.kind == WAREHOUSE:
        raise UsageError(
            f"rows of source {source.name!r} stay in the database, so nobody is given exact figures of them",
            hint="an officer can register it as `sql_rows`",
        )
    refuse_other_version(contract, release, ledger)
    preflight(source, contract, account=ledger.account(source.account), split=ledger.split(source.account))
    return source


def _label(contract: DatasetContract, release: Release, *, needed: bool) -> CodeAxis | None:
    """Return what a model would predict; a tool that does not predict does without."""
    try:
        return label_of(contract, release.domain)
    except UsageError:
        if needed:
            raise
        return None


def _request(
    contract: DatasetContract, candidate: Candidate, *, source: Source, by: str, reason: str
) -> CuratorRequest:
    check_text("by", by)
    check_text("reason", reason)
    return CuratorRequest(
        id=secrets.token_hex(_ID_BYTES),
        source=source.name,
        version=source.version,
        part=None,
        dataset=contract.name,
        contract_digest=contract.digest(),
        candidate=candidate.digest,
        by=by,
        reason=reason,
    )
