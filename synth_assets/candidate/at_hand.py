"""Load what a step begins with, by its digest: from this machine's folders, or brought from shared storage.

What only one step reads and writes, such as fits and rows that are compared, is loaded from its folder by that step.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.candidate.model import CANDIDATES, Candidate, load_candidate
from synth_assets.release import Release, load_release
from synth_assets.release.store import RELEASES
from synth_assets.storage import fetch
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.generator import FittedGenerator

__all__ = ["candidate_at_hand", "generator_at_hand", "release_at_hand", "scenario_at_hand"]


def release_at_hand(workspace: Workspace, digest: str) -> Release:
    """Return a release.

    Raises:
        IntegrityError: it is neither here nor in the shared storage, or altered.
        StorageUnavailable: the storage cannot be used. So do all functions here.
    """
    folder = workspace.releases / digest
    fetch(RELEASES, folder, workspace=workspace)
    return load_release(folder)


def generator_at_hand(workspace: Workspace, dataset: str, digest: str) -> "FittedGenerator":
    """Return a fitted generator; it raises as :func:`release_at_hand` does."""
    from synth_assets.generator.store import FITTED, find_generator

    folder = workspace.generators(dataset) / digest
    fetch(FITTED, folder, workspace=workspace)
    return find_generator(folder)


def candidate_at_hand(workspace: Workspace, dataset: str, digest: str) -> Candidate:
    """Return a candidate; it raises as :func:`release_at_hand` does."""
    return _table(workspace.candidates(dataset) / digest, workspace)


def scenario_at_hand(workspace: Workspace, dataset: str, digest: str) -> Candidate:
    """Return the table of a scenario; it raises as :func:`release_at_hand` does."""
    return _table(workspace.scenarios(dataset) / digest, workspace)


def _table(folder: Path, workspace: Workspace) -> Candidate:
    fetch(CANDIDATES, folder, workspace=workspace)
    return load_candidate(folder)
