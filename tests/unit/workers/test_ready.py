"""Workers are asked before anything is paid whether they can read and write, and have our version."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from synth_assets.workers import ready
from synth_assets.workers.pool import Pool


def test_workers_that_share_the_folder_are_ready(tmp_path: Path) -> None:
    with Pool(lambda: ThreadPoolExecutor(1)) as pool:
        assert ready.is_ready(pool, tmp_path)


@pytest.mark.parametrize("name", ["another folder", "another version", "no worker"])
def test_others_are_not(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "another folder":  # of the same name, on another machine
        monkeypatch.setattr(ready, "_answer", lambda *_: "elsewhere")
    elif name == "another version":
        versions = iter(["0.1", *["0.2"] * 9])
        monkeypatch.setattr(ready, "version", lambda _: next(versions))

    def opened() -> ThreadPoolExecutor:
        if name == "no worker":
            raise OSError
        return ThreadPoolExecutor(1)

    with Pool(opened) as pool:
        assert not ready.is_ready(pool, tmp_path)
