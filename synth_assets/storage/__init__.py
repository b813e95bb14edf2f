"""Storage that machines share: artefacts go there when they are made, and come from there when they are needed.

What the rooms read and write are the folders of the workspace. Where ``SYNTH_ASSETS_STORAGE`` names a folder or a
bucket, this room copies an artefact there after it was made, and brings it from there, checked by its digests,
before it is read on another machine. The private zone is never copied.
"""

from synth_assets.storage.address import open_storage, storage_finding
from synth_assets.storage.protocol import Storage, Stored
from synth_assets.storage.transfer import (
    described,
    digests_in,
    fetch,
    fetch_file,
    share,
    share_file,
)

__all__ = [
    "Storage",
    "Stored",
    "described",
    "digests_in",
    "fetch",
    "fetch_file",
    "open_storage",
    "share",
    "share_file",
    "storage_finding",
]
