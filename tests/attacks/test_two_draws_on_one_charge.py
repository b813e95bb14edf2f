"""Restore a copy of the ledger that was taken just after a reservation was opened, and run again.

The ledger then knows the charge and none of the draws that were made under it. If the measuring process trusts it,
noise is drawn again on the same counts under the same charge, and the mean of the two releases reveals more than
was paid for. The copies here are taken by the source itself, a callable, while the real measuring process reads it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from kit.people import make_contract
from kit.project import Project, make_project

from synth_assets.cli.main import main
from synth_assets.errors import SynthAssetsError
from synth_assets.obtain.release import ObtainedRelease

ROWS = """
import shutil
from pathlib import Path
import pandas as pd

BOOK, COPIES = Path({book!r}), Path({copies!r})

def rows():
    if BOOK.exists():
        shutil.copy(BOOK, COPIES / f"{{len(list(COPIES.iterdir()))}}.db")
    ages, cities = [row % 20 for row in range(200)], ["north", "south"] * 100
    return pd.DataFrame({{"age": ages, "city": cities, "member": [row % 3 == 0 for row in range(200)]}})
"""
DISCOVER = {"type": "categorical", "categories": "discover", "other": "elsewhere", "domain_source": "discovered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    """A private table that was measured once, with copies of its ledger from before and during that."""

    project: Project
    copies: Path
    first: ObtainedRelease

    def put_back(self, name: str) -> None:
        shutil.copy(self.copies / name, self.project.workspace.state / "ledger.db")

    def answers(self) -> dict[str, bytes]:
        """Return what was drawn under the first reservation."""
        folder = self.project.workspace.private / "journal" / self.first.reservation.id
        return {path.name: path.read_bytes() for path in folder.glob("*.answer.json")}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Measure once, with an anchor, while the source copies the ledger."""
    root, copies = tmp_path_factory.mktemp("measured"), tmp_path_factory.mktemp("copies")
    columns = {**make_contract().model_dump(mode="json")["columns"], "city": DISCOVER}
    spend = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-7}
    contract = make_contract(columns=columns, privacy={"unit": "rows", "spend": spend})
    book = root / ".synth-assets" / "ledger.db"
    (root / "source").mkdir()
    (root / "source" / "copying_rows.py").write_text(ROWS.format(book=str(book), copies=str(copies)))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
        patch.syspath_prepend(str(root / "source"))
        project = make_project(
            root, kind="python", location="copying_rows:rows", files={"none": b""}, contract=contract
        )
        for copy in copies.iterdir():
            copy.unlink()  # those of the registration
        shutil.copy(book, copies / "0.db")
        patch.setenv("SYNTH_ASSETS_ANCHOR", f"file:{copies.parent / 'heads.jsonl'}")
        patch.setenv("SYNTH_ASSETS_ROOT", str(root))
        with pytest.raises(SystemExit):
            main(["ledger", "anchor", "init"])
        first = project.obtain()
        assert sorted(path.name for path in copies.iterdir()) == ["0.db", "1.db", "2.db"]
        patch.delenv("SYNTH_ASSETS_ANCHOR")
        yield Attacked(project=project, copies=copies, first=first)


@pytest.fixture
def attacked(measured: Attacked, tmp_path: Path) -> Attacked:
    """Copy the project of the measured table."""
    root = tmp_path / "project"
    shutil.copytree(measured.project.root, root)
    return replace(measured, project=replace(measured.project, root=root))


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["0.db", "1.db", "2.db"], ids=["before all", "just opened", "after a draw"])
def test_what_was_drawn_is_never_drawn_again_under_its_charge(attacked: Attacked, moment: str) -> None:
    drawn = attacked.answers()
    attacked.put_back(moment)

    second = attacked.project.obtain()

    assert attacked.answers() == drawn, "the noise was drawn again"
    assert second.reservation.id != attacked.first.reservation.id
    assert second.reservation.attempt == 2
    assert "paid again" in second.describe()
    assert attacked.project.charges == 2


@pytest.mark.slow
def test_a_third_release_is_paid_a_third_time(attacked: Attacked) -> None:
    attacked.put_back("1.db")
    second = attacked.project.obtain()
    attacked.put_back("1.db")

    with pytest.raises(SynthAssetsError):  # one dead reservation per run: the second one stops it
        attacked.project.obtain()
    third = attacked.project.obtain()

    assert len({obtained.reservation.id for obtained in (attacked.first, second, third)}) == 3
    assert attacked.project.charges == 3


def test_an_anchor_knows_of_the_draws_too(attacked: Attacked, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = attacked.answers()
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", f"file:{attacked.copies.parent / 'heads.jsonl'}")
    attacked.put_back("2.db")

    with pytest.raises(SynthAssetsError, match="was anchored"):
        attacked.project.obtain()
    assert attacked.answers() == drawn
