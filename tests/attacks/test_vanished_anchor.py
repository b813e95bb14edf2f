"""Remove the store of the anchored heads, restore an old backup of the ledger, and continue.

An anchor that is created again where it is missing is empty, so it agrees with every ledger: charges since the
backup are lost without a message. The same holds for a repository that is created again, and for a service that
lost its store.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anchor_service import serve_heads
from asked import a_request
from kit.project import Project

from synth_assets.cli.main import main
from synth_assets.errors import LedgerUnavailable
from synth_assets.ledger import Reservation
from synth_assets.privacy import PrivacyLoss

Vanish = Callable[[], None]


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code or 0))


@pytest.fixture(params=["file", "git", "http"])
def anchor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Vanish]]:
    """An anchor elsewhere, and a function that removes it."""
    folder = tmp_path / "elsewhere"
    if request.param == "file":
        yield f"file:{folder / 'heads.jsonl'}", lambda: shutil.rmtree(folder, ignore_errors=True)
    elif request.param == "git":

        def make() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(["git", "init", "--quiet", str(folder)], check=True)

        make()
        yield f"git:{folder}", make
    else:
        heads: dict[str, bytes] = {}
        with serve_heads(heads) as address:
            yield address, heads.clear


@pytest.fixture
def project(project: Project, anchor: tuple[str, Vanish], monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project with an anchor that an officer set up."""
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", anchor[0])
    run("ledger", "anchor", "init")
    return project


def reserve(project: Project, refresh: str) -> Reservation:
    unit, loss = project.contract.unit(), PrivacyLoss(nano_rho=1000)
    return project.ledger.reserve(a_request("census", refresh=refresh, dataset="people", unit=unit, loss=loss))


@pytest.fixture
def attacked(project: Project, anchor: tuple[str, Vanish], tmp_path: Path) -> Project:
    """The project after a charge, with its anchor removed and the earlier ledger restored."""
    book = project.workspace.state / "ledger.db"
    project.ledger.begin(reserve(project, "first").id)
    shutil.copy(book, tmp_path / "backup.db")
    project.ledger.begin(reserve(project, "second").id)
    shutil.copy(tmp_path / "backup.db", book)
    anchor[1]()
    return project


def test_nothing_is_reserved_or_opened_or_declared(attacked: Project) -> None:
    for _ in range(2):
        with pytest.raises(LedgerUnavailable, match="holds no head of this ledger") as caught:
            reserve(attacked, "third")
        assert "find out who removed it" in caught.value.hint
    assert run("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-5") == 3
    assert attacked.ledger.balance("town").spent.nano_rho == 1000


def test_a_permit_of_before_is_not_handed_over(project: Project, anchor: tuple[str, Vanish]) -> None:
    waiting = reserve(project, "first")
    anchor[1]()
    with pytest.raises(LedgerUnavailable, match="holds no head of this ledger"):
        project.ledger.begin(waiting.id)
    assert project.ledger.balance("town").spent.nano_rho == 0


def test_the_doctor_and_the_verifier_report_it(
    attacked: Project, anchor: tuple[str, Vanish], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ledger", "doctor") == 3
    assert "holds no head of this ledger" in capsys.readouterr().out
    assert run("ledger", "verify", "--anchor", anchor[0]) != 0
