"""Exact figures by the command: right, in the curator's store alone, and listed in every later version."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from kit.people import CITIES, ROWS, make_contract
from kit.project import Project, command, make_checked_project
from kit.stores import stores_in

from synth_assets.audit import Status, verify_bundle
from synth_assets.errors import UsageError
from synth_assets.ledger import CuratorRequest

pytestmark = pytest.mark.integration

GATE = "jensen_shannon.city"
PRIVACY = {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-6}, "evaluation_share": 0.2}
READ = ("curate", "defs/people", "--reason", "a complaint")


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with a gate; its account is not marked."""
    root = tmp_path_factory.mktemp("gated")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("SYNTH_ASSETS_ROOT", str(root))
        patch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
        yield make_checked_project(root, contract=make_contract(privacy=PRIVACY, gates={GATE: {"max": 0.5}}))


def divergence(counts: np.ndarray, others: np.ndarray) -> float:
    shares, synthetic = counts / counts.sum(), others / others.sum()
    middle = (shares + synthetic) / 2
    return float(sum((half * np.log2(half / middle)).sum() / 2 for half in (shares, synthetic)))


def readings(project: Project) -> list[str]:
    return [entry.payload["candidate"] for entry in project.ledger.entries("town") if entry.kind == "CURATOR_READ"]


def test_an_exact_figure_is_in_the_curators_store_and_nowhere_else(
    gated: Project, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UsageError, match="not open to curators"):
        command(*READ)
    assert readings(gated) == []
    command("budget", "curate", "town", "--reason", "a complaint")
    spent = gated.ledger.balance("town").spent
    candidate = gated.candidate(1)
    with caplog.at_level(logging.DEBUG):
        assert command(*READ, "--candidate", candidate.digest) is None
    shown = "".join(capfd.readouterr()) + caplog.text
    (file,) = gated.workspace.curator.rglob("*.json")
    assert str(file) in shown
    assert [file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777] == [0o600, 0o700]

    value = json.loads(file.read_text())["figures"][GATE]["value"]
    real = np.bincount([CITIES.index(line.split(",")[2]) for line in ROWS.splitlines()], minlength=3)
    cities = pl.read_parquet(candidate.folder / "*.parquet")["city"].to_list()
    assert value == pytest.approx(divergence(real, np.bincount([CITIES.index(city) for city in cities])), abs=1e-9)

    needle = repr(value).split("e")[0][:10]
    assert needle in file.read_text()
    assert needle not in shown
    assert [path for path in gated.public_files() if needle.encode() in path.read_bytes()] == []
    assert list((gated.workspace.private / "scratch").iterdir()) == []
    assert gated.ledger.balance("town").spent == spent
    assert readings(gated) == [candidate.digest]


def test_every_later_version_lists_it_and_is_conditional(checked: Project, tmp_path: Path) -> None:
    before = checked.promote(checked.evidence(0), **stores_in(tmp_path))
    statement = json.loads((before.bundle / "privacy.json").read_text())
    assert "conditional" not in statement
    claims = {claim.name: claim for claim in verify_bundle(before.bundle)}
    assert claims["exact figures"].status is Status.VERIFIED

    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    request = CuratorRequest(
        id="0123",
        source="census",
        version="2026-11",
        part=None,
        dataset="people",
        contract_digest=checked.contract.digest(),
        candidate="d" * 64,
        by="Ada",
        reason="a complaint",
    )
    checked.ledger.open_to_curator(request)
    after = checked.promote(checked.evidence(1), **stores_in(tmp_path))
    statement = json.loads((after.bundle / "privacy.json").read_text())
    (reading,) = statement["conditional"]
    assert (reading["by"], reading["candidate"], reading["reason"]) == ("Ada", "d" * 64, "a complaint")
    told = f"decisions on exact figures of candidate {'d' * 12}, which Ada read on {reading['time'][:10]}"
    assert told in statement["unprotected_quantities"]
    assert told in (after.bundle / "report.html").read_text()
    claims = {claim.name: claim for claim in verify_bundle(after.bundle)}
    assert Status.FAILED not in {claim.status for claim in claims.values()}
    assert claims["exact figures"].status is Status.ATTESTED
    assert claims["exact figures"].detail.startswith("CONDITIONAL: Ada read exact figures of candidate dddddddddddd")
