"""Whether DVC will take a promoted version, looked at before budget is spent.

Nothing is written. What would fail is DVC's own code on the project's own
files, so DVC itself is asked: its configuration, its files, its cache and what
it ignores. Making the repository is :func:`make_repository`, which a person has
to ask for.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.contract import DatasetContract
from synth_assets.contract.partitions import named_members
from synth_assets.errors import Fault, UsageError
from synth_assets.integrations.dvc_stages import read_stages, readable_contracts, with_stage_of
from synth_assets.ledger.doctor import Finding
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from dvc.repo import Repo

__all__ = ["cache_folder", "dvc_findings", "git_folder", "has_repository", "make_repository"]

_WHAT = "DVC"


def has_repository(root: Path) -> bool:
    """Tell whether the project's folder holds a DVC repository."""
    return (root / ".dvc").is_dir()


def git_folder(root: Path) -> Path | None:
    """Return the folder of the git repository that holds ``root``, if any; its program need not be installed."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def make_repository(root: Path) -> None:
    """Make a DVC repository in the project's folder, which lies in a git repository, as ``dvc init`` does.

    Raises:
        Fault: DVC refused.
    """
    _quiet()
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        Repo.init(str(root), subdir=git_folder(root) != root).close()
    except DvcException as error:
        raise Fault(f"DVC did not make a repository: {_first_line(error)}", hint="run `dvc init` by hand") from error


def cache_folder(root: Path) -> Path | None:
    """Return where DVC keeps the content of versions; ``None`` while there is no repository that can be opened."""
    try:
        with _opened(root) as repo:
            return Path(repo.cache.local.path)
    except Exception:  # noqa: BLE001 - whatever is wrong is a finding of dvc_findings
        return None


def dvc_findings(contract: DatasetContract, root: Path) -> list[Finding]:
    """Say what DVC will refuse about the next version of a dataset; one good finding when nothing."""
    if not has_repository(root):
        return [_fault("this project has no DVC repository, which keeps every promoted version", _how_to_make(root))]
    findings = [*_on_repository(contract, root), *_on_stage(contract, root)]
    return findings or [Finding(what=_WHAT, state="good", detail="the repository takes a new version")]


def _how_to_make(root: Path) -> str:
    folder = git_folder(root)
    if folder is not None:
        command = "dvc init" if folder == root else "dvc init --subdir"
        return f"run `{command}` in the project's folder, once, and commit what it adds"
    first = "`git init`" if shutil.which("git") else "install git, then `git init`"
    return f"{first} and `dvc init` in the project's folder; or, without git, `dvc init --no-scm`"


def _on_repository(contract: DatasetContract, root: Path) -> Iterator[Finding]:
    """Open the repository and read its files as promotion will."""
    output = Workspace(root=root).working_copy(contract.name)
    try:
        with _opened(root) as repo:
            if repo.dvcignore.is_ignored_dir(str(output)):
                yield _fault(f".dvcignore leaves {_shown(output, root)} out", "take that line out of .dvcignore")
                return
            yield from _on_outputs(repo, output, root)
            if repo.scm.is_ignored(str(root / "dvc.yaml")):
                yield _fault("git ignores dvc.yaml, which DVC then refuses", "take that line out of .gitignore")
    except Exception as error:  # noqa: BLE001 - what makes DVC raise anything at all will do so after paying, too
        yield _fault(
            f"DVC cannot read its repository: {_first_line(error)}", "see `dvc status`, and `dvc config --list`"
        )


def _on_outputs(repo: "Repo", output: Path, root: Path) -> Iterator[Finding]:
    """Find what DVC tracks already that would hold, or lie in, the output: it then refuses every command."""
    for tracked in repo.index.outs:
        path = Path(tracked.fs_path)
        if path != output and (output.is_relative_to(path) or path.is_relative_to(output)):
            file = _shown(Path(tracked.stage.path), root)
            yield _fault(
                f"DVC tracks {_shown(path, root)} by {file}, so {_shown(output, root)} cannot be an output too",
                f"`dvc remove {file}`, or keep that data outside data/promoted",
            )


def _on_stage(contract: DatasetContract, root: Path) -> Iterator[Finding]:
    """Promotion writes the stage from the contract's own file, which it must find, into a file that it must keep."""
    names = {file: placed.name for file, placed in named_members(readable_contracts(root), {contract.name})}
    named = [file for file, name in names.items() if name == contract.name]
    if len(named) > 1:
        files = " and ".join(_shown(file, root) for file in named)
        yield _fault(f"{files} are both named {contract.name!r}", "give each dataset a name of its own")
    try:
        present = contract.name in read_stages(root)
        with_stage_of(root, contract.name)
    except UsageError as error:
        yield _fault(error.message, error.hint)
        return
    if not (named or present):
        yield _fault(
            f"no file defs.yaml below the project's folder holds the contract {contract.name!r}, so it gets no stage",
            "keep the contract in a folder of its own, as defs.yaml with `type: synth_assets.SyntheticDataset`",
        )


def _opened(root: Path) -> "Repo":
    _quiet()
    from dvc.repo import Repo

    return Repo(str(root), config=None if git_folder(root) else {"core": {"no_scm": True}})


def _quiet() -> None:
    os.environ.setdefault("DVC_NO_ANALYTICS", "1")
    logging.getLogger("dvc").setLevel(logging.WARNING)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _fault(detail: str, hint: str) -> Finding:
    return Finding(what=_WHAT, state="fault", detail=detail, hint=hint)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
