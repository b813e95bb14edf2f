"""The public side of a curator's reading: start the process that reads, and say where its result is.

It returns a path and never opens it. What the process says is a status, as for a measurement.
"""

from pathlib import Path

from synth_assets.errors import Fault, IntegrityError, LedgerBusy, LedgerUnavailable, Refused, SynthAssetsError
from synth_assets.obtain.job import CuratorJob, Status, ToolJob
from synth_assets.obtain.start import compute_for_curator
from synth_assets.obtain.tracked import refuse_tracked
from synth_assets.workspace import Workspace

__all__ = ["obtain_for_curator"]

_DOCTOR = "synth-assets ledger doctor"
_READ_NOTHING: dict[int, tuple[type[SynthAssetsError], str, str]] = {
    Status.LEDGER_UNAVAILABLE: (LedgerUnavailable, "the ledger cannot be used, so no row was read", _DOCTOR),
    Status.LEDGER_BUSY: (LedgerBusy, "the ledger is busy, so no row was read", "try again"),
    Status.SOURCE_UNREACHABLE: (Fault, "the source cannot be reached; nothing was read", "ask who registered it"),
    Status.REFUSED: (Refused, "the ledger refused the reading", "a curator uses an officer's login"),
    Status.ALTERED: (IntegrityError, "the ledger is not what was signed, anchored or registered", _DOCTOR),
}
_FAILED = (
    Fault,
    "nothing was computed; that it was asked for is in the ledger if rows could be read",
    "the curator's store has the details",
)


def obtain_for_curator(job: CuratorJob | ToolJob, *, workspace: Workspace) -> Path:
    """Have exact figures computed, or a tool run; return the file or folder in the curator's store.

    Raises:
        UsageError: git tracks the private zone. Nothing was recorded or read.
        LedgerUnavailable: the ledger or its anchor cannot be used; neither is one that is busy (LedgerBusy).
        Refused: the ledger refuses the reading.
        IntegrityError: the ledger is not what was signed, anchored or registered.
        Fault: the source cannot be reached, or anything after the reading was recorded.
    """
    refuse_tracked(workspace)
    status = compute_for_curator(job, workspace=workspace)
    if status == Status.DONE:
        return workspace.curator / job.path
    error, message, hint = _READ_NOTHING.get(status, _FAILED)
    raise error(message, hint=hint)
