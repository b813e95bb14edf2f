"""Check, before charging, that git does not track the private zone.

The journal of draws and the curator's store are in the state folder. If they were
committed and pushed, everybody who clones the project could read them, which no
charge covers. Only git's rules and its index are read, and neither depends on
private values. Without git, or outside a repository, there is nothing to check.
"""

import os
import subprocess
from pathlib import Path

from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace, make_folder

__all__ = ["git_would_add", "refuse_tracked"]

_PRIVATE = ("private", "curator")
_IGNORE = ".gitignore"


def refuse_tracked(workspace: Workspace) -> None:
    """Refuse a measurement while git tracks a file of the state folder, or would with the next ``git add``.

    Raises:
        UsageError: it does; the message says what to change. Nothing was reserved.
    """
    # A link to another folder is followed: git could add the files there.
    state = make_folder(workspace.state).resolve()
    if _git(state, "rev-parse", "--is-inside-work-tree") != ["true"]:
        return
    tracked = [name for name in _git(state, "ls-files", "--cached", "--", ".") if name != _IGNORE]
    if tracked:
        raise UsageError(
            f"git tracks {len(tracked)} files of {workspace.state.name}, the private zone among them",
            hint=f"git rm -r -q --cached {workspace.state.name}, commit, and take pushed copies for disclosed",
        )
    if len(_git(state, "check-ignore", *_PRIVATE)) < len(_PRIVATE):
        raise UsageError(
            f"git would add {workspace.state.name}, the private zone, with the next `git add .`",
            hint=f"write a line with * alone into {workspace.state.name}/{_IGNORE}",
        )


def git_would_add(file: Path) -> bool:
    """Return whether ``git add .`` would stage a file, or has: it is in a work tree, and no rule ignores it."""
    folder = file.resolve().parent
    inside = _git(folder, "rev-parse", "--is-inside-work-tree") == ["true"]
    return inside and not _git(folder, "check-ignore", "--", file.name)


def _git(folder: Path, *arguments: str) -> list[str]:
    """Return the lines that git prints in ``folder``; none if it is not installed or prints nothing."""
    # Variables that a hook or a caller set could point git at another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # A repository of another owner is checked too, because its owner could add our files; none of its programs is run.
    settings = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
    try:
        completed = subprocess.run(
            ["git", *settings, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return []
    return completed.stdout.splitlines()
