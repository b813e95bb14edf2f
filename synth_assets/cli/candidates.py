"""Which candidate a command means: the one it names, or the newest."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.errors import UsageError

if TYPE_CHECKING:
    from synth_assets.candidate import Candidate

__all__ = ["candidate_option", "chosen_candidate"]

candidate_option = click.option("--candidate", help="Digest of a candidate; default: the newest one.")


def chosen_candidate(candidates: Path, digest: str | None) -> "Candidate":
    """Return the newest candidate in a folder, of those whose digest begins as given.

    Raises:
        UsageError: there is none.
    """
    from synth_assets.candidate import load_candidate

    folders = sorted(candidates.glob(f"{digest or '[0-9a-f]'}*"), key=lambda path: path.stat().st_mtime)
    if not folders:
        raise UsageError(f"there is no candidate {digest or ''} in {candidates}", hint="`synth-assets run` makes one")
    return load_candidate(folders[-1])
