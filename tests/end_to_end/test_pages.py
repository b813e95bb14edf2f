"""Console blocks of the documents, followed word by word: a page whose commands do not run fails here.

Each page is followed from its first block to its last. What a reader brings along (a private table, a contract that the
page shows) is put where the page says. A block that cannot run carries its reason, see ``followed.py``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from followed import ROOT, Reader, typed_blocks
from kit.people import make_contract
from kit.project import make_checked_project

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

_CONTRACT = "dagster_project/defs/visits/defs.yaml"
_AFTER_THE_TUTORIAL = ["docs/audit.md", "docs/budget.md", "docs/engineer.md", "docs/officer.md", "docs/auditor.md"]
_OF_THEIR_OWN = ["README.md", "docs/checks.md", "docs/drafting.md", "docs/simulators.md", "docs/tutorial.md"]
_OTHERS = {block.page for block in typed_blocks() if not block.reason} - {*_AFTER_THE_TUTORIAL, *_OF_THEIR_OWN}


_CODEBOOK = """\
name,type,min,max,categories,nullable
year,integer,2020,2026,,no
age,integer,0,110,,yes
ward,,,,medicine; surgery; maternity; other,no
"""


def _visits(folder: Path) -> str:
    """Write the private table of the tutorial, and return its folder."""
    folder.mkdir()
    random = np.random.default_rng(2026)
    patients = np.repeat(np.arange(4_000), random.integers(1, 4, 4_000))
    stays = random.geometric(0.2, len(patients)).clip(max=365)
    visits = pd.DataFrame(
        {
            "patient_id": patients,
            "year": random.integers(2020, 2027, len(patients)),
            "age": random.integers(61, 100, len(patients)),
            "ward": random.choice(["medicine", "surgery", "other"], len(patients), p=[0.6, 0.3, 0.1]),
            "stay_days": stays,
        }
    )
    visits.to_parquet(folder / "part.parquet")
    return str(folder)


def _follow_with_contract(reader: Reader, project: Path) -> str:
    """Follow a page, fill in the tutorial's contract before it is checked, and return what was printed."""
    tutorial = Reader("docs/tutorial.md", reader.folder)
    printed = []
    for block in reader.to_follow():
        if "contract check" in block.script:
            (project / _CONTRACT).parent.mkdir(exist_ok=True)
            (project / _CONTRACT).write_text(tutorial.block(beginning="type: synth_assets"))
        printed.append(reader.run(block.script))
    return "".join(printed)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which a reader of the tutorial ends, and what they saw."""
    folder = tmp_path_factory.mktemp("tutorial")
    fewer = {f" {words}": f" --refits 5 {words}" for words in ("ward --share", "ward year", "--mean stay_days")}
    reader = Reader("docs/tutorial.md", folder, replaced={"/secure/visits": _visits(folder / "secure"), **fewer})
    return folder / "clinic", _follow_with_contract(reader, folder / "clinic")


def test_the_tutorial_leads_to_a_promoted_version_and_tables_of_it(clinic: tuple[Path, str]) -> None:
    folder, said = clinic
    assert "visits is promoted" in said
    assert "HOLDS" in said
    assert min(pq.read_table(folder / "old.parquet")["age"].to_pylist()) >= 80
    assert {"even.parquet", "aged.parquet"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("page", _AFTER_THE_TUTORIAL)
def test_a_guide_goes_on_where_the_tutorial_ends(clinic: tuple[Path, str], page: str) -> None:
    folder, _ = clinic
    version = json.loads((folder / "data/promoted/visits/current.json").read_text())["version"]
    reader = Reader(page, folder, replaced={"0a1b2c3d4e5f": version})
    printed = [reader.run(block.script) for block in reader.to_follow()]
    assert all(printed)


def test_the_readme_leads_to_a_promoted_version(tmp_path: Path) -> None:
    tutorial = Reader("docs/tutorial.md", tmp_path)
    tutorial.run(tutorial.block(language="bash", beginning="mkdir clinic"))
    (tmp_path / "clinic" / "clinic.csv").write_text(_CODEBOOK)
    reader = Reader("README.md", tmp_path / "clinic", replaced={"/data/visits": _visits(tmp_path / "secure")})
    assert "visits is promoted" in _follow_with_contract(reader, tmp_path / "clinic")


def test_a_draft_asks_what_the_codebook_does_not_say(tmp_path: Path) -> None:
    officer = Reader("docs/tutorial.md", tmp_path, replaced={"/secure/visits": _visits(tmp_path / "secure")})
    for block in officer.to_follow()[:3]:
        officer.run(block.script)
    (tmp_path / "clinic" / "clinic.csv").write_text(_CODEBOOK)
    # The check refuses as long as a question is open, and says so by its exit code.
    refused = {"synth-assets contract check": "! synth-assets contract check"}
    reader = Reader("docs/drafting.md", tmp_path / "clinic", replaced=refused)
    printed = [reader.run(block.script) for block in reader.to_follow()]
    assert "open question" in printed[0]
    assert (tmp_path / "clinic" / "contract.schema.json").exists()


def test_the_page_of_simulators_leads_to_an_audited_version_and_its_figures(tmp_path: Path) -> None:
    reader = Reader("docs/simulators.md", tmp_path)
    reader.run("git init -q && dvc init -q && mkdir -p dagster_project/defs/mornings")
    (tmp_path / "made_up.py").write_text(reader.block(language="python", beginning="import numpy as np\nimport pandas"))
    contract = reader.block(beginning="type: synth_assets.SyntheticDataset\nattributes:\n  name: mornings")
    (tmp_path / "dagster_project/defs/mornings/defs.yaml").write_text(contract)
    (said,) = [reader.run(block.script) for block in reader.to_follow()]
    assert "mornings is promoted" in said
    assert "VERIFIED      fitted weights" in said
    assert min(pq.read_table(tmp_path / "long.parquet")["waited"].to_pylist()) >= 90
    bundle = tmp_path / "data" / "promoted" / "mornings" / "version" / "bundle"
    assert 'id="calibration"' in (bundle / "report.html").read_text()
    found = json.loads((bundle / "generator" / "simulator.json").read_text())
    estimates = {one["name"]: one["estimate"] for one in found["parameters"]}
    assert estimates == pytest.approx({"arrivals": 6, "minutes": 8, "simple": 0.25}, rel=0.05)


def test_exact_figures_are_read_as_the_page_of_checks_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    privacy = {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-6}, "evaluation_share": 0.2}
    make_checked_project(tmp_path, contract=make_contract(privacy=privacy, gates={"jensen_shannon.city": {"max": 0.5}}))
    reader = Reader("docs/checks.md", tmp_path)
    (said,) = [reader.run(block.script) for block in reader.to_follow()]
    (figures,) = (tmp_path / ".synth-assets" / "curator").rglob("*.json")
    assert str(figures) in said.replace("\n", "")


@pytest.mark.parametrize("page", sorted(_OTHERS))
def test_a_page_can_be_followed_in_an_empty_folder(tmp_path: Path, page: str) -> None:
    reader = Reader(page, tmp_path)
    printed = [reader.run(block.script) for block in reader.to_follow()]
    assert "is promoted" in "".join(printed)


def test_pages_that_are_followed_are_there() -> None:
    assert [page for page in [*_AFTER_THE_TUTORIAL, *_OF_THEIR_OWN] if not (ROOT / page).exists()] == []
