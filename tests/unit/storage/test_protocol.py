"""The laws of a storage, for each that there is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from synth_assets.errors import IntegrityError
from synth_assets.storage import Storage
from synth_assets.storage.bucket import BucketStorage
from synth_assets.storage.folder import FolderStorage

OPENERS: dict[str, Callable[[Path, pytest.FixtureRequest], Storage]] = {
    "folder": lambda folder, _: FolderStorage(folder),
    "memory": lambda folder, _: BucketStorage(f"memory://{folder.name}"),
    "s3": lambda _, request: BucketStorage(f"s3://{request.getfixturevalue('bucket')}/prefix"),
}


@pytest.fixture(params=list(OPENERS))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return OPENERS[request.param](tmp_path, request)


def test_a_file_is_replaced_as_a_whole_and_listed(storage: Storage, tmp_path: Path) -> None:
    path, copy = tmp_path / "here.bin", tmp_path / "copy.bin"
    assert storage.listed("a") == {}
    for content in (b"one", b"another one"):
        path.write_bytes(content)
        storage.put(path, "a/b/file.bin")
        assert storage.read("a/b/file.bin", most=100) == content
        assert storage.get("a/b/file.bin", copy)
        assert copy.read_bytes() == content
        (stored,) = storage.listed("a").items()
        assert (stored[0], stored[1].size) == ("b/file.bin", len(content))
        assert stored[1].modified > 0


def test_what_is_not_there_is_none_and_not_an_error(storage: Storage, tmp_path: Path) -> None:
    assert storage.read("a/nothing", most=1) is None
    assert not storage.get("a/nothing", tmp_path / "copy")


def test_a_file_without_bytes_is_a_file(storage: Storage) -> None:
    assert storage.create("a/empty", b"")
    assert storage.read("a/empty", most=5) == b""


def test_a_file_that_is_too_large_is_refused(storage: Storage) -> None:
    storage.create("a/large", b"12345")
    assert storage.read("a/large", most=5) == b"12345"
    with pytest.raises(IntegrityError, match="more than 4 bytes"):
        storage.read("a/large", most=4)


def test_of_many_who_create_one_file_exactly_one_does(storage: Storage) -> None:
    contents = [bytes([number]) * 1000 for number in range(8)]
    for round_ in range(5):
        name = f"log/{round_}.json"
        with ThreadPoolExecutor(len(contents)) as together:
            created = list(together.map(lambda content, name=name: storage.create(name, content), contents))  # type: ignore[misc]
        assert created.count(True) == 1
        assert storage.read(name, most=1000) == contents[created.index(True)]
        assert not storage.create(name, b"later")
