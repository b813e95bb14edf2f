"""Settle a release without the anchor, and pass it on nevertheless.

The anchor had the opening and not the settling, so the ledger could be restored to a state before the release was
settled, or never name the release that was paid, without contradicting the anchor. Now settling is anchored. If the
anchor fails at that moment, the release exists and is paid once; nothing is drawn again, and the release is not passed
on before the anchor has its settling.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from anchor_service import serve_heads
from kit.project import Project

from synth_assets.candidate import load_candidate
from synth_assets.checks import run_checks
from synth_assets.cli.main import main
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import LedgerUnavailable
from synth_assets.integrations.versions import promote_candidate
from synth_assets.ledger import Ledger, open_ledger
from synth_assets.ledger.anchor import Head, open_anchor
from synth_assets.ledger.trust import Trust
from synth_assets.release import load_release
from synth_assets.workspace import Workspace


def never(_method: str, _newest: str) -> bool:
    return False


class Service:
    """A service that keeps heads, and can be set to fail at a given moment."""

    def __init__(self, url: str) -> None:
        self.heads: dict[str, bytes] = {}
        self.url = url
        self.out_of_order: Callable[[str, str], bool] = never

    def refuses(self, method: str) -> bool:
        """Decide by the method, and the kind of the newest entry of the ledger."""
        newest = list(open_ledger(self.url, trust=Trust()).entries())[-1].kind
        return self.out_of_order(method, newest)


def when_settled(method: str, newest: str) -> bool:
    return (method, newest) == ("POST", "SETTLED")


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code or 0))


@pytest.fixture
def service(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service(project.workspace.ledger_url)
    with serve_heads(service.heads, refuses=service.refuses) as address:
        monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", address)
        run("ledger", "anchor", "init")
        yield service


def anchored(service: Service) -> int:
    (head,) = service.heads.values()
    return int(json.loads(head)["seq"])


def settled(ledger: Ledger) -> int:
    (seq,) = [entry.seq for entry in ledger.entries() if entry.kind == "SETTLED"]
    return seq


def answers(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.workspace.private.rglob("*.answer.json")}


@pytest.mark.slow
def test_the_anchor_sees_what_was_settled(project: Project, service: Service) -> None:
    project.obtain()
    assert anchored(service) >= settled(project.ledger)


@pytest.mark.slow
def test_a_release_whose_settling_the_anchor_refused_is_paid_once_and_does_not_leave(
    project: Project, service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.out_of_order = when_settled
    messages: list[str] = []
    first = project.obtain(progress=messages.append)
    drawn = answers(project)
    assert read_contract(project.definition).fingerprint() == project.contract.fingerprint()

    assert run("synthesize", str(project.definition), "--out", str(tmp_path / "out")) == 3
    assert "the anchor" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert "promotion waits" in messages[-1]

    service.out_of_order = never
    again = project.obtain()
    assert again.reused
    assert again.release.digest == first.release.digest
    assert answers(project) == drawn
    assert project.charges == 1
    project.ledger.ensure_anchored(again.reservation.id)
    assert anchored(service) >= settled(project.ledger)


@pytest.mark.slow
def test_a_measurement_that_cannot_be_settled_is_not_lost(project: Project, service: Service) -> None:
    releases = project.workspace.releases
    service.out_of_order = lambda method, _: method == "GET" and releases.exists() and any(releases.iterdir())
    with pytest.raises(LedgerUnavailable, match="is measured and paid for") as caught:
        project.obtain()
    assert "what was drawn is not drawn again" in caught.value.hint
    service.out_of_order = never
    charges, drawn = project.charges, answers(project)

    again = project.obtain()
    assert drawn.items() <= answers(project).items()
    assert project.charges == charges == 1
    assert anchored(service) >= settled(project.ledger)
    assert not again.reused


def test_promotion_waits_for_the_anchor(finished: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    contract, workspace = read_contract(finished.definition), Workspace.current()
    candidate = load_candidate(next(workspace.candidates("people").iterdir()))
    release = load_release(workspace.releases / candidate.release)
    results = run_checks(contract, candidate, release, suite=workspace.root / contract.suite_path)
    book = open_ledger(workspace.ledger_url, trust=Trust())
    service = Service(workspace.ledger_url)
    (before,) = [entry for entry in book.entries() if entry.seq == settled(book) - 1]
    head = Head(ledger_id=book.ledger_id(), seq=before.seq, hash=before.hash)
    service.heads[f"/anchors/{head.ledger_id}"] = json.dumps(asdict(head)).encode()
    with serve_heads(service.heads, refuses=service.refuses) as address:
        monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", address)
        assert open_anchor(address).newest(head.ledger_id) == head
        service.out_of_order = lambda method, _: method == "POST"
        with pytest.raises(LedgerUnavailable, match="the anchor"):
            promote(contract, candidate.digest, results, workspace)
        service.out_of_order = never
        promote(contract, candidate.digest, results, workspace)
        assert anchored(service) >= settled(book)


def promote(contract: object, digest: str, results: object, workspace: Workspace) -> None:
    ledger = open_ledger(workspace.ledger_url)
    promote_candidate(contract, digest, results, workspace=workspace, ledger=ledger)  # type: ignore[arg-type]
