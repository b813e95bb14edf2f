"""Write the page of a candidate, passed or refused, so that a person can see why.

The page decides nothing: no fault of it, not even a full disk, changes a verdict or loses what was paid for.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from synth_assets.audit.report import candidate_page
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.kind import Basis
from synth_assets.files import write_bytes
from synth_assets.workspace import Workspace

__all__ = ["write_page"]


def write_page(
    basis: Basis,
    candidate: Candidate,
    results: Sequence[CheckResult],
    *,
    workspace: Workspace,
    warn: Callable[[str], None],
) -> Path | None:
    """Write a candidate's page, over the one that was written when less was known; return where it is.

    Args:
        basis: what the checks were judged by.
        candidate: what they looked at.
        results: one per check.
        workspace: the project's folders.
        warn: called with one line if the page cannot be written; then ``None`` is returned.
    """
    path = workspace.page(candidate.dataset, candidate.digest)
    try:
        page = candidate_page(basis, candidate, results, suite=workspace.root / basis.contract.suite_path)
        write_bytes(path, page.encode())
    except Exception as error:  # noqa: BLE001 - nothing rests on the page, so nothing may fail with it
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        warn(f"the page of candidate {candidate.digest[:12]} was not written ({why}); its verdicts stand")
        return None
    return path
