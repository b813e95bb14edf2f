"""Commit a promotion for all machines that share a storage.

The version's files are put first, then the entry in the log of promotions is created: the commit point.
``current.json`` of this machine follows. Whoever is killed before the entry has promoted nothing.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from synth_assets.candidate.model import CANDIDATES
from synth_assets.errors import IntegrityError, Refused
from synth_assets.generator.store import FITTED
from synth_assets.promotion.current import VERSION, Promotion, fetch_version, newest_pointer
from synth_assets.promotion.log import add_entry, newest_number
from synth_assets.release.store import RELEASES
from synth_assets.storage import open_storage, share
from synth_assets.storage.address import refuse_unsafe
from synth_assets.workspace import VERSIONS, WORKING_COPY, Workspace

__all__ = ["bring_version", "commit", "promotions_so_far", "put_again"]


def promotions_so_far(workspace: Workspace, dataset: str) -> int:
    """Return the number of the newest promotion in the shared storage; 0 if there is none."""
    storage = open_storage(workspace)
    return 0 if storage is None else newest_number(storage, dataset)


def commit(promotion: Promotion, *, after: int, workspace: Workspace) -> Promotion:
    """Make a version the promoted one for all machines, if none was promoted meanwhile; return what is promoted then.

    Args:
        promotion: whose version is whole on this machine.
        after: from :func:`promotions_so_far`, before the promotion was prepared.
        workspace: the project's folders.

    Raises:
        Refused: another machine promoted another candidate meanwhile.
        StorageUnavailable: the storage cannot be used, or would let two promotions win.
    """
    storage = open_storage(workspace)
    if storage is None or (after and _newest(promotion.dataset, workspace) == promotion):
        return promotion
    refuse_unsafe(storage)
    share(VERSION, promotion.folder, workspace=workspace)
    if add_entry(storage, promotion.dataset, after + 1, promotion.as_json()):
        return promotion
    winner = _newest(promotion.dataset, workspace)
    if winner is not None and (winner.candidate, winner.evidence) == (promotion.candidate, promotion.evidence):
        fetch_version(winner.folder, workspace=workspace)
        return replace(winner, reused=True)
    raise Refused(
        f"another machine promoted {'another candidate' if winner is None else f'version {winner.version[:12]}'} of "
        f"{promotion.dataset!r} while this promotion was prepared, so this one was not committed",
        hint="look at that version first; then materialize `promoted` again, which puts this candidate in its place",
    )


def put_again(promotion: Promotion, *, workspace: Workspace) -> list[str]:
    """Put into the shared storage what a promoted version is made of, as far as it is whole here; return what was put.

    That repairs whatever of it was altered there: a name stands for one content.

    Raises:
        StorageUnavailable: the storage cannot be used.
    """
    artefacts = (
        (VERSION, promotion.folder),
        (CANDIDATES, workspace.candidates(promotion.dataset) / promotion.candidate),
        (FITTED, workspace.generators(promotion.dataset) / promotion.generator),
        (RELEASES, workspace.releases / promotion.release),
    )
    whole: list[str] = []
    for kind, folder in artefacts if workspace.storage_url else ():
        with suppress(IntegrityError):  # another machine may have it
            share(kind, folder, workspace=workspace)
            whole.append(kind.name)
    return whole


def _newest(dataset: str, workspace: Workspace) -> Promotion | None:
    """Return what is promoted; an entry that is not readable counts as none, and the next one replaces it."""
    with suppress(IntegrityError):
        return newest_pointer(workspace, dataset)
    return None


def bring_version(path: Path, *, workspace: Workspace) -> Path | None:
    """Return the folder of a version that is missing here, brought from the shared storage.

    Args:
        path: where it would be: ``data/promoted/<dataset>/version`` for the promoted one, or the path of any version.
        workspace: the project's folders.

    Returns:
        ``None`` if that is not the path of a version, or nothing was promoted.

    Raises:
        IntegrityError: the storage does not hold it whole, or a byte of it was altered.
        StorageUnavailable: the storage cannot be used.
    """
    path = path.absolute()
    if path.name == WORKING_COPY and path == workspace.working_copy(path.parent.name):
        promotion = newest_pointer(workspace, path.parent.name)
        return None if promotion is None else fetch_version(promotion.folder, workspace=workspace)
    if path.parent == workspace.promoted(path.parents[1].name) / VERSIONS:
        return fetch_version(path, workspace=workspace)
    return None
