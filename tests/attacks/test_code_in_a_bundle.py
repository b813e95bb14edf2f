"""A bundle's mechanism runs code in the auditor's process.

`opendp.deserialize` calls whatever function the JSON names, with whatever
arguments, and unpickles Polars plans. `audit verify` called it on the JSON in the
release, so a bundle could run commands as the auditor and still be VERIFIED.
"""

import base64
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from resealed import change_answers, change_release

from synth_assets.audit import Status, verify_bundle
from synth_assets.promotion import Promotion

MODULE = "antigravity_of_a_bundle"
"""A module that the test puts on the path; a bundle must not be able to import it."""


class Command:
    """Unpickling it runs a command; making a plan that contains it does not."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.command,)


def pickled_plan(marker: Path) -> dict[str, Any]:
    plan = pl.LazyFrame({"a": [1]}).map_batches(Command(f"touch {marker}"))
    return {"__lazyframe__": base64.b64encode(plan.serialize()).decode(), "__version__": "0.16.0"}


def named_function(_: Path) -> dict[str, Any]:
    """Name a function of OpenDP that imports a module by name."""
    call = {"__function__": "import_optional_dependency", "__module__": "_lib", "__version__": "0.16.0"}
    return {**call, "__kwargs__": {"name": MODULE}}


PAYLOADS = [pickled_plan, named_function]


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that exists once code from the bundle has run."""
    path = tmp_path / "it-ran"
    (tmp_path / f"{MODULE}.py").write_text(f"open({str(path)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    return path


def _copy(promotion: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promotion.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _loaded(text: str, payload: dict[str, Any]) -> str:
    """Return a mechanism that OpenDP rebuilds as before, with an additional payload."""
    return json.dumps({**json.loads(text), "note": payload})


def _statuses(bundle: Path) -> dict[str, Status]:
    return {claim.name: claim.status for claim in verify_bundle(bundle)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_mechanism_of_a_table_runs_nothing_and_fails(
    promoted: Promotion, tmp_path: Path, marker: Path, payload: Callable[[Path], dict[str, Any]]
) -> None:
    def load(release: dict[str, Any]) -> None:
        release["mechanisms"] = [_loaded(text, payload(marker)) for text in release["mechanisms"]]

    statuses = _statuses(change_release(_copy(promoted, tmp_path), load))
    assert not marker.exists()
    assert MODULE not in sys.modules
    assert statuses["privacy maps"] is statuses["composition"] is Status.FAILED


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_mechanism_of_a_discovered_column_runs_nothing_and_fails(
    promoted_discovery: Promotion, tmp_path: Path, marker: Path, payload: Callable[[Path], dict[str, Any]]
) -> None:
    def load(records: list[dict[str, Any]]) -> None:
        records[0]["mechanism"] = _loaded(records[0]["mechanism"], payload(marker))

    statuses = _statuses(change_answers(_copy(promoted_discovery, tmp_path), "thresholds", load))
    assert not marker.exists()
    assert statuses["discovery maps"] is statuses["composition"] is Status.FAILED


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_alone_runs_nothing_either(
    promoted: Promotion, tmp_path: Path, marker: Path, payload: Callable[[Path], dict[str, Any]]
) -> None:
    text = json.dumps(payload(marker))
    bundle = change_release(_copy(promoted, tmp_path), lambda release: release.update(mechanisms=[text]))
    statuses = _statuses(bundle)
    assert not marker.exists()
    assert statuses["privacy maps"] is Status.FAILED


def test_the_payloads_do_run_where_they_are_deserialized(marker: Path) -> None:
    """Show that the test can fail: this is what a verification must never call."""
    from opendp.mod import deserialize

    for payload in PAYLOADS:
        marker.unlink(missing_ok=True)
        deserialize(json.dumps(payload(marker)))
        assert marker.exists()
