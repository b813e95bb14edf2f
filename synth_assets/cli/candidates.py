"""Which candidate a command means: the one it names, or the newest."""

from typing import TYPE_CHECKING

import click

from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.candidate import Candidate

__all__ = ["candidate_option", "chosen_candidate"]

candidate_option = click.option("--candidate", help="Digest of a candidate; default: the newest one.")


def chosen_candidate(workspace: Workspace, dataset: str, digest: str | None) -> "Candidate":
    """Return the newest candidate of a dataset, of those whose digest begins as given.

    Raises:
        UsageError: there is none.
    """
    from synth_assets.candidate.at_hand import candidate_at_hand
    from synth_assets.candidate.model import CANDIDATES
    from synth_assets.storage import digests_in

    folder = workspace.candidates(dataset)
    digests = [name for name in digests_in(CANDIDATES, folder, workspace=workspace) if name.startswith(digest or "")]
    if not digests:
        which = f"candidate {digest}" if digest else "candidate"
        raise UsageError(f"there is no {which} of {dataset!r}", hint="`synth-assets run` makes one")
    return candidate_at_hand(workspace, dataset, digests[-1])
