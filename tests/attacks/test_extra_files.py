"""A version carries files that its manifest does not list: beside the bundle, below the data, as links, as pipes.

Only regular files of the bundle and `*.parquet` directly in `data/` were compared with
the manifest. Rows of a private table could be in the other files, and a link out of the
folder was followed.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.promotion import Promotion


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _moved(path: Path, elsewhere: Path) -> None:
    """Replace a file by a link to the same bytes."""
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


EXTRAS: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "a CSV beside the shards": ("data", lambda v, _: (v / "data" / "rows.csv").write_text("name\nspy\n")),
    "a Parquet file below the data": (
        "data",
        lambda v, _: shutil.copy(v / "data" / "part-00000.parquet", _folder(v / "data" / "more")),
    ),
    "a hidden file in the data": ("data", lambda v, _: (v / "data" / ".rows").write_text("spy")),
    "a file beside the bundle": ("version folder", lambda v, _: (v / "README.md").write_text("trust me")),
    "a folder beside the bundle": ("version folder", lambda v, _: _folder(v / "private")),
    "an empty folder in the bundle": ("files", lambda v, _: _folder(v / "bundle" / "checks" / "more")),
    "a link in the bundle": ("files", lambda v, _: (v / "bundle" / "passwd").symlink_to("/etc/passwd")),
    "a link for a file of the bundle": ("files", lambda v, t: _moved(v / "bundle" / "contract.json", t / "c.json")),
    "a link for a folder of the bundle": ("files", lambda v, t: _moved(v / "bundle" / "checks", t / "checks")),
    "a link for a shard": ("data", lambda v, t: _moved(v / "data" / "part-00000.parquet", t / "p.parquet")),
    "a pipe in the bundle": ("files", lambda v, _: os.mkfifo(v / "bundle" / "pipe")),
    "a pipe in the data": ("data", lambda v, _: os.mkfifo(v / "data" / "pipe.parquet")),
}


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


@pytest.mark.parametrize("name", EXTRAS)
def test_what_the_manifest_does_not_list_fails(version: Path, tmp_path: Path, name: str) -> None:
    claim, add = EXTRAS[name]
    assert exit_code(verify_bundle(version / "bundle")) == 0
    add(version, tmp_path)
    claims = verify_bundle(version / "bundle")
    assert exit_code(claims) == 1, name
    assert claim in {claim.name for claim in claims if claim.status is Status.FAILED}
