"""Have exact figures of a candidate computed for the curator's store; nothing but where they are comes back.

The questions are those that an evaluation asks. The ledger records the reading before a
row is read, and later versions of the account list it: no epsilon covers what is decided
on exact figures. So this is a command of its own, which no contract and no asset can ask for.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from synth_assets.candidate import Candidate
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.questions import plans_of, pose, refuse_gates, refuse_other_version
from synth_assets.ledger import CuratorRequest, Ledger
from synth_assets.obtain.curator import obtain_for_curator
from synth_assets.obtain.job import CuratorJob
from synth_assets.obtain.preflight import preflight
from synth_assets.release import Release
from synth_assets.workspace import Workspace

__all__ = ["curate"]

Progress = Callable[[str], None]
_ID_BYTES = 8


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
    source = replace(ledger.source(contract.source), location="", options={})
    if not ledger.curated(source.account):
        raise UsageError(
            f"account {source.account!r} is not open to curators, so nobody reads exact figures of it",
            hint=f"an officer opens it, for good: synth-assets budget curate {source.account} --reason ...",
        )
    if not contract.gates:
        raise UsageError(f"contract {contract.name!r} has no gates to compute", hint="see docs/checks.md")
    refuse_gates(contract)
    refuse_other_version(contract, release, ledger)
    preflight(source, contract, account=ledger.account(source.account), split=ledger.split(source.account))
    ground = Ground(contract, release, candidate, progress=progress)
    asked, questions = pose(ground)
    plans = plans_of(ground, questions, facts="", workspace=workspace)
    for plan in plans:
        plan.check()
    request = CuratorRequest(
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
    job = CuratorJob(
        root=workspace.root,
        requests=tuple(replace(request, part=plan.part) for plan in plans),
        questions=tuple(plan.arguments() for plan in plans),
        facts={name: one.facts for name, one in asked.items()},
    )
    return obtain_for_curator(job, workspace=workspace)
