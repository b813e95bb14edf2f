"""A bucket behind fsspec: S3 and what speaks like it, tested; Google's and Azure's have the same condition, not tested.

A put is whole by itself. ``create`` is a put on condition that there is no such file (``If-None-Match: *``), which
fsspec calls the mode ``create``.

Messages name the address and the kind of the fault. What a library or a server says is dropped: it can hold the id of
a key.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from synth_assets.errors import IntegrityError, StorageUnavailable, UsageError
from synth_assets.storage.protocol import Stored

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["BucketStorage"]

T = TypeVar("T")
_EXTRAS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
"""The package behind an address; of these the extra ``s3`` brings the first."""
_USER = re.compile(r"(?<=//)[^/@]*@")
_MODIFIED = ("LastModified", "last_modified", "updated", "mtime", "created")
"""What file systems call the time of the last change."""
_NO_BUCKET = {"NoSuchBucket", "InvalidBucketName", "ParamValidationError"}
_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}
_EMPTY = {"InvalidRange", "416"}
"""What S3 says of a part of a file that has no bytes."""
_UNREACHABLE = {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"}


class BucketStorage:
    """Keeps files in a bucket.

    Args:
        address: such as ``s3://bucket/prefix``. Credentials and endpoint are those of the environment
            (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, a role), and are refused in an address.

    Raises:
        UsageError: there is no such kind of address, it holds credentials, or the package for it is not installed.
    """

    def __init__(self, address: str) -> None:
        self.shown = _USER.sub("", address).rstrip("/")
        if self.shown != address.rstrip("/") or "?" in address:
            raise UsageError(
                "SYNTH_ASSETS_STORAGE holds more than a bucket and a prefix",
                hint="credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into a role",
            )
        self._files, self._base = _file_system(self.shown)

    def read(self, name: str, *, most: int) -> bytes | None:
        """See :class:`~synth_assets.storage.protocol.Storage`."""

        def look() -> bytes:
            try:
                return bytes(self._files.cat_file(f"{self._base}/{name}", end=most + 1))
            except OSError as error:
                if _EMPTY & set(_kinds(error)):
                    return b""
                raise

        content = self._found(look)
        if content is not None and len(content) > most:
            raise IntegrityError(f"{name} in {self.shown} has more than {most:,} bytes", hint="it is not one of ours")
        return content

    def get(self, name: str, path: Path) -> bool:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        return self._found(lambda: bool(self._files.get_file(f"{self._base}/{name}", str(path))) or True) or False

    def put(self, path: Path, name: str) -> None:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        self._asked(self._files.put_file, str(path), f"{self._base}/{name}")

    def create(self, name: str, content: bytes) -> bool:
        """See :class:`~synth_assets.storage.protocol.Storage`.

        A put that is repeated because its answer was lost meets what it wrote itself and returns ``False``: compare.
        """
        target = f"{self._base}/{name}"

        def write() -> bool:
            try:
                self._files.pipe_file(target, content, mode="create")
            except FileExistsError:
                return False
            return True

        return self._asked(write)

    def listed(self, below: str) -> dict[str, Stored]:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        folder = f"{self._base}/{below}"
        files = self._found(self._files.find, folder, detail=True) or {}
        prefix = f"{folder.strip('/')}/"
        return {name.strip("/").removeprefix(prefix): _stored(facts) for name, facts in files.items()}

    def _found(self, function: Callable[..., T], *args: Any, **options: Any) -> T | None:
        """Return what a function returns, or ``None`` if it found no such file."""

        def look() -> T | None:
            try:
                return function(*args, **options)
            except FileNotFoundError as error:
                if _NO_BUCKET & set(_kinds(error)):
                    raise
                return None

        return self._asked(look)

    def _asked(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """Return what a function returns; a fault is raised behind the handler, so that nothing refers to the first."""
        try:
            return function(*args, **options)
        except Exception as error:  # noqa: BLE001 - each library has errors of its own
            kinds = list(_kinds(error))
        raise _fault(self.shown, kinds)


def _file_system(address: str) -> "tuple[AbstractFileSystem, str]":
    protocol = address.partition("://")[0]
    try:
        from fsspec.core import url_to_fs

        files, base = url_to_fs(address, use_listings_cache=False)
    except ImportError:
        package = _EXTRAS.get(protocol, "fsspec")
        install = "pip install 'synth-assets[s3]'" if package == "s3fs" else f"pip install {package}"
    except ValueError:
        raise UsageError(
            f"SYNTH_ASSETS_STORAGE is {address!r}, and nothing here knows addresses of kind {protocol!r}",
            hint="give a folder, or a bucket such as s3://bucket/prefix",
        ) from None
    else:
        return files, str(base).rstrip("/")
    raise UsageError(f"the storage {address} takes {package}, which is not installed", hint=install)


def _stored(facts: Mapping[str, Any]) -> Stored:
    modified = next((facts[name] for name in _MODIFIED if facts.get(name) is not None), 0.0)
    return Stored(
        size=int(facts["size"]), modified=modified.timestamp() if isinstance(modified, datetime) else float(modified)
    )


def _kinds(error: BaseException | None) -> Iterator[str]:
    """Yield what an error and its causes are called: by their classes, and by the codes of a server."""
    while error is not None:
        yield from (kind.__name__ for kind in type(error).__mro__)
        response = getattr(error, "response", None)
        if isinstance(response, Mapping):
            yield str(response.get("Error", {}).get("Code"))
        error = error.__cause__


def _fault(shown: str, kinds: list[str]) -> StorageUnavailable:
    named = set(kinds)
    if named & _NO_BUCKET:
        return StorageUnavailable(f"there is no bucket for the storage {shown}", hint="make it, or correct its name")
    if named & _NO_CREDENTIALS:
        return StorageUnavailable(
            f"the storage {shown} wants credentials, and there are none",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give this machine a role",
        )
    if "PermissionError" in named:
        return StorageUnavailable(
            f"the storage {shown} refuses these credentials",
            hint="they must be valid, and may list the bucket, get and put; nothing is ever deleted",
        )
    if named & _UNREACHABLE or "TimeoutError" in named:
        return StorageUnavailable(
            f"the storage {shown} cannot be reached",
            hint="check the network, and AWS_ENDPOINT_URL if it is not Amazon's",
        )
    return StorageUnavailable(f"the storage {shown} failed ({kinds[0]})", hint="try again; see its server's log")
