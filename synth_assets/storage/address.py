"""Which storage a workspace shares, and whether it can be used."""

from functools import cache
from pathlib import Path

from synth_assets.errors import StorageUnavailable, SynthAssetsError
from synth_assets.storage.bucket import BucketStorage
from synth_assets.storage.folder import FolderStorage
from synth_assets.storage.protocol import Storage
from synth_assets.workspace import Workspace

__all__ = ["open_storage", "refuse_unsafe", "storage_finding"]

_PROBE = "probe/conditional-put"
_FILE = "file://"


def open_storage(workspace: Workspace) -> Storage | None:
    """Return the storage that a workspace shares with other machines; ``None`` if it has its folders only.

    Raises:
        UsageError: the address is not one, or a package for it is missing.
    """
    return _opened(workspace.storage_url) if workspace.storage_url else None


@cache
def _opened(address: str) -> Storage:
    if address.startswith(_FILE) or "://" not in address:
        return FolderStorage(Path(address.removeprefix(_FILE)))
    return BucketStorage(address)


def refuse_unsafe(storage: Storage) -> None:
    """Refuse a storage where two promotions at once could both win: it must not create a file that is there.

    Raises:
        StorageUnavailable: it did, or it cannot be used.
    """
    storage.create(_PROBE, b"")
    if storage.create(_PROBE, b""):
        raise StorageUnavailable(
            f"the storage {storage.shown} ignores the condition of a put (If-None-Match)",
            hint="use a server that knows conditional puts, as Amazon's does since 2024",
        )


def storage_finding(workspace: Workspace) -> SynthAssetsError | None:
    """Return why the shared storage cannot be used; ``None`` if it can, or if there is none."""
    try:
        storage = open_storage(workspace)
        if storage is not None:
            refuse_unsafe(storage)
    except SynthAssetsError as error:
        return error
    return None
