"""What is wrong with a bucket is said in one message, with a hint and without a secret."""

import secrets
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from synth_assets.errors import StorageUnavailable, UsageError
from synth_assets.storage.bucket import BucketStorage

SECRET = "CANARY-of-a-secret"


def _without_credentials(patch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.delenv(name)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patch.setenv("HOME", "/nonexistent")


def _without_server(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "no bucket": (lambda _: None, "there is no bucket for the storage s3://nobodys-bucket", "correct its name"),
    "no credentials": (_without_credentials, "wants credentials, and there are none", "AWS_ACCESS_KEY_ID"),
    "no server": (_without_server, "cannot be reached", "AWS_ENDPOINT_URL"),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_has_one_message_with_a_hint(
    fault: str, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks, message, hint = FAULTS[fault]
    breaks(monkeypatch)
    name = "nobodys-bucket" if fault == "no bucket" else bucket
    storage = BucketStorage(f"s3://{name}/{secrets.token_hex(4)}")
    _forget(storage)
    (tmp_path / "file").write_bytes(b"1")
    asked: list[Callable[[], object]] = [
        lambda: storage.read("a", most=10),
        lambda: storage.get("a", tmp_path / "copy"),
        lambda: storage.put(tmp_path / "file", "a"),
        lambda: storage.create("a", b"1"),
        lambda: storage.listed("a"),
    ]
    for ask in asked:
        with pytest.raises(StorageUnavailable) as raised:
            ask()
        assert message in str(raised.value)
        assert hint in raised.value.hint
        told = "".join(traceback.format_exception(raised.value))
        assert SECRET not in told
        assert "tester" not in told
        assert raised.value.__context__ is None


def test_refused_credentials_are_said_without_the_key(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    class Refusing:
        def cat_file(self, *_: object, **__: object) -> bytes:
            raise PermissionError(f"The AWS Access Key Id {SECRET} does not exist in our records")

    storage = BucketStorage(f"s3://{bucket}/x")
    monkeypatch.setattr(storage, "_files", Refusing())  # the local server knows no wrong key
    with pytest.raises(StorageUnavailable, match="refuses these credentials") as raised:
        storage.read("a", most=1)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("address", ["s3://key:CANARY-of-a-secret@bucket/prefix", "s3://bucket/prefix?versionId=1"])
def test_an_address_with_credentials_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError, match="more than a bucket and a prefix") as raised:
        BucketStorage(address)
    assert SECRET not in str(raised.value)


def test_an_unknown_kind_of_address_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing here knows addresses of kind 'foo'"):
        BucketStorage("foo://bucket")


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module("fsspec")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    with pytest.raises(UsageError, match="takes s3fs, which is not installed") as raised:
        BucketStorage("s3://bucket/prefix")
    assert raised.value.hint == "pip install 'synth-assets[s3]'"


def _forget(storage: BucketStorage) -> None:
    """Let the library look for credentials and the server again, as a new process does."""
    from s3fs import S3FileSystem

    storage._files = S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
