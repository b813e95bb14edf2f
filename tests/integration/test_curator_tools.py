"""Tools of curators by the command: recorded before, apart from everything, and nothing but a path comes back."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from kit.people import ROWS, make_contract
from kit.project import Project, command, make_checked_project
from kit.stores import stores_in
from safetensors import safe_open

import synth_assets
from synth_assets.audit import Status, verify_bundle
from synth_assets.errors import UsageError

pytestmark = pytest.mark.integration

CANARY = "c4n4ry-of-a-row"
CONTRACT = make_contract(
    privacy={"unit": {"column": "person", "max_rows": 2}, "spend": {"epsilon": 2.0, "delta": 1e-6}, "holdout": 0.3},
    target="member",
)
LOOK = f"""
import json, os, sys
from pathlib import Path
folder = Path(sys.argv[1])
facts = {{"environment": dict(os.environ), "files": sorted(path.name for path in folder.iterdir()), "path": sys.path}}
facts["task"] = json.loads((folder / "task.json").read_text())
(folder / "output" / "facts.json").write_text(json.dumps(facts))
for name in ("synthetic", "measured", "held_out"):
    (folder / "output" / f"{{name}}.parquet").write_bytes((folder / f"{{name}}.parquet").read_bytes())
(folder / "output" / "link.txt").symlink_to("/etc/hostname")
(folder / "output" / "linked").symlink_to("/etc")
print("{CANARY}")
"""
FAIL = f"raise SystemExit('{CANARY}')"
SLEEP = """
import os, sys, time
from pathlib import Path
(Path(sys.argv[1]) / "output" / "row.txt").write_text("a row")
Path(NOTE).write_text(f"{os.getpid()} {sys.argv[1]}")
time.sleep(600)
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with held-out people and a target, whose account is open to curators."""
    root = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("SYNTH_ASSETS_ROOT", str(root))
        patch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
        project = make_checked_project(root, contract=CONTRACT)
        project.ledger.mark_curated("town", by="officer", reason="a complaint")
        yield project


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "look.py"
        path.write_text(text)
        return path

    return write


def readings(project: Project) -> list[dict[str, Any]]:
    return [dict(entry.payload) for entry in project.ledger.entries("town") if entry.kind == "CURATOR_READ"]


def run(tool: Path | str, *options: str) -> None:
    command("curate", "defs/people", "--reason", "a complaint", "--tool", str(tool), *options)


def newest(project: Project) -> Path:
    """Return the folder in the curator's store of the newest reading."""
    return project.workspace.curator / "tools" / "people" / str(readings(project)[-1]["id"])


def test_a_tool_gets_rows_of_each_part_and_nothing_else_and_its_output_is_the_curators_alone(
    town: Project,
    script: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in ("SYNTH_ASSETS_SIGNING_KEY", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.delenv("SYNTH_ASSETS_SIGNING_KEY")
    spent = town.ledger.balance("town").spent
    run(script(LOOK), "--rows", "50")
    shown, folder = "".join(capfd.readouterr()), newest(town)
    assert str(folder) in shown
    assert CANARY not in shown
    assert town.ledger.balance("town").spent == spent

    facts = json.loads((folder / "output" / "facts.json").read_text())
    assert set(facts["environment"]) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {
        *("PATH", "HOME", "TMPDIR", "LANG", "DO_NOT_TRACK")
    }
    assert "secret" not in facts["environment"].values()
    assert facts["files"] == ["held_out.parquet", "measured.parquet", "output", "synthetic.parquet", "task.json"]
    tables = {name: pq.read_table(folder / "output" / f"{name}.parquet") for name in ("synthetic", "measured")}
    assert tables["measured"].schema == tables["synthetic"].schema
    assert tables["measured"].column_names == ["age", "city", "member"]
    assert {table.num_rows for table in tables.values()} == {50}

    statement = json.loads((folder / "CURATOR.json").read_text())
    assert statement["exit_code"] == 0
    assert set(statement["left_out"]) == {"output/link.txt", "output/linked"}
    assert sorted(statement["files"]) == [
        *("output/facts.json", "output/held_out.parquet", "output/measured.parquet", "output/synthetic.parquet")
    ]
    assert "no epsilon" in statement["warning"].lower()
    assert CANARY in (folder / "log.txt").read_text()
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.lstat().st_mode) == (0o700 if path.is_dir() else 0o600)
        assert not path.is_symlink()
    assert list((town.workspace.private / "scratch").iterdir()) == []

    recorded = readings(town)[-2:]
    assert [one["part"] for one in recorded] == ["measured", "held_out"]
    assert {one["rows"] for one in recorded} == {50}
    assert {one["tool"] for one in recorded} == {statement["tool"]["name"]}
    assert statement["tool"]["name"].startswith("look.py@")


@pytest.mark.slow
def test_a_tool_that_fails_shows_nothing_that_one_that_succeeds_does_not(
    town: Project, script: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    shown = []
    for text in (FAIL, "", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"):
        run(script(text))
        shown.append("".join(capfd.readouterr()).replace(newest(town).name, "READING"))
    assert len(set(shown)) == 1
    folders = [town.workspace.curator / "tools" / "people" / one["id"] for one in readings(town)[-6::2]]
    codes = [json.loads((folder / "CURATOR.json").read_text())["exit_code"] for folder in folders]
    assert codes == [1, 0, 137]
    assert CANARY in (folders[0] / "log.txt").read_text()


def test_measured_and_held_out_rows_are_those_of_the_parts_and_disjoint(
    town: Project, script: Callable[[str], Path]
) -> None:
    run(script(LOOK))
    measured, held_out = (
        Counter(tuple(row.values()) for row in pq.read_table(newest(town) / "output" / f"{name}.parquet").to_pylist())
        for name in ("measured", "held_out")
    )
    lines = [line.split(",")[1:] for line in ROWS.splitlines()]
    everybody = Counter((int(age) if age else None, city, member == "true") for age, city, member in lines)
    assert measured + held_out == everybody  # each row is in one of both, once
    assert 80 < held_out.total() < 280  # 6 standard deviations


def test_what_is_known_before_a_row_is_read_is_refused_and_not_recorded(
    town: Project, script: Callable[[str], Path], tmp_path: Path
) -> None:
    before = readings(town)
    with pytest.raises(UsageError, match="neither a tool nor a script"):
        run("luck")
    with pytest.raises(UsageError, match="does not run"):
        run(script(LOOK), "--python", str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="cannot import anonymeter") as caught:
        run("anonymeter")
    assert "pip install anonymeter" in str(caught.value.hint)
    with pytest.raises(UsageError, match="about a tool"):
        command("curate", "defs/people", "--reason", "a complaint", "--rows", "5")
    assert readings(town) == before


@pytest.mark.slow
def test_models_of_synthetic_and_real_rows_are_marked_as_the_curators(town: Project) -> None:
    run("hybrid", "--rows", "300")
    output = newest(town) / "output"
    models = json.loads((output / "hybrid.json").read_text())["models"]
    assert set(models) == {
        f"{kind}.{rows}"
        for kind in ("gradient_boosting", "logistic_regression")
        for rows in ("synthetic", "real", "both")
    }
    for name, figures in models.items():
        assert 0.5 < figures["auc"] <= 1
        assert 0 <= figures["brier"] <= figures["accuracy"] <= 1
        with safe_open(output / f"{name}.safetensors", framework="numpy") as file:
            metadata = file.metadata()
        assert (metadata["class"], metadata["reading"]) == ("CURATOR", readings(town)[-1]["id"])
        assert "no epsilon" in metadata["warning"].lower()


def test_the_script_in_the_documents_trains_a_network_on_synthetic_and_real_rows(
    town: Project, script: Callable[[str], Path]
) -> None:
    page = (Path(synth_assets.__file__).parents[1] / "docs" / "checks.md").read_text()
    (text,) = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "sys.argv[1]" in block]
    run(script(text), "--rows", "100")
    statement = json.loads((newest(town) / "CURATOR.json").read_text())
    assert (statement["exit_code"], list(statement["files"])) == (0, ["output/network.npz"])


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def waited(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("what", ["command", "measuring process"])
def test_a_tool_dies_with_the_process_that_asked_for_it_and_rows_are_gone(
    town: Project, script: Callable[[str], Path], tmp_path: Path, what: str
) -> None:
    note = tmp_path / "note"
    sleep = script(SLEEP.replace("NOTE", repr(str(note))))
    asked = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "synth_assets",
            "curate",
            "defs/people",
            "--reason",
            "a complaint",
            "--tool",
            str(sleep),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert waited(lambda: note.exists() and len(note.read_text().split()) == 2)
    pid, folder = note.read_text().split()
    assert Path(folder, "measured.parquet").exists()
    children = Path(f"/proc/{asked.pid}/task/{asked.pid}/children").read_text().split()
    os.kill(asked.pid if what == "command" else int(children[0]), signal.SIGKILL)
    assert waited(lambda: not is_alive(int(pid)))
    asked.wait(timeout=30)
    assert waited(lambda: not Path(folder).exists())
    assert not (newest(town) / "output").exists()


def test_a_tool_that_takes_too_long_is_ended(town: Project, script: Callable[[str], Path], tmp_path: Path) -> None:
    from synth_assets.measurement.tool_process import ToolProcess

    process = ToolProcess()
    sleep = script(SLEEP.replace("NOTE", repr(str(tmp_path / "note"))))
    (tmp_path / "output").mkdir()
    log = tmp_path / "log.txt"
    process.start([sys.executable, str(sleep), str(tmp_path)], environment={}, folder=tmp_path, log=log)
    assert waited((tmp_path / "note").exists)
    assert process.wait(seconds=0.05) is None


def test_the_next_version_lists_the_tool_and_is_conditional(
    town: Project, script: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(script(""), "--rows", "123")
    tool = readings(town)[-1]["tool"]
    version = town.promote(town.evidence(0), **stores_in(tmp_path))
    statement = json.loads((version.bundle / "privacy.json").read_text())
    assert [(one["tool"], one["rows"]) for one in statement["conditional"][-2:]] == [(tool, 123)] * 2
    told = f"decisions on figures by {tool} of 123 rows and candidate "
    assert any(quantity.startswith(told) for quantity in statement["unprotected_quantities"])
    claims = {claim.name: claim for claim in verify_bundle(version.bundle)}
    assert Status.FAILED not in {claim.status for claim in claims.values()}
    assert claims["exact figures"].status is Status.ATTESTED
    assert "CONDITIONAL" in claims["exact figures"].detail
    assert "read figures by look.py@" in claims["exact figures"].detail
    command("budget", "history", "town")
    assert f"figures by {tool} of 123 rows" in " ".join(capsys.readouterr().out.split())


TOOLS_PYTHON = os.environ.get("SYNTH_ASSETS_TOOLS_PYTHON")
"""The interpreter of an environment with anonymeter and sdmetrics."""
with_tools = pytest.mark.skipif(TOOLS_PYTHON is None, reason="SYNTH_ASSETS_TOOLS_PYTHON names no environment")


@with_tools
def test_anonymeter_attacks_with_held_out_people_as_its_control(town: Project) -> None:
    run("anonymeter", "--python", str(TOOLS_PYTHON), "--rows", "200")
    figures = json.loads((newest(town) / "output" / "anonymeter.json").read_text())
    attacks = {"singling_out.univariate", "singling_out.multivariate", "linkability"}
    assert set(figures) == {*attacks, "attacks", "confidence", *(f"inference.{name}" for name in CONTRACT.columns)}
    for name in set(figures) - {"attacks", "confidence", "singling_out.univariate"}:
        low, high = figures[name]["risk"]["interval"]
        assert 0 <= low <= figures[name]["risk"]["value"] <= high <= 1
        assert 0 <= figures[name]["control"]["value"] <= 1


@with_tools
def test_sdmetrics_reports_on_both_groups_of_people(town: Project) -> None:
    run("sdmetrics", "--python", str(TOOLS_PYTHON), "--rows", "200")
    output = newest(town) / "output"
    scores = json.loads((output / "sdmetrics.json").read_text())
    assert set(scores) == {"measured", "held_out"}
    assert all(0.5 < scores[people]["quality"]["overall"] <= 1 for people in scores)
    shapes = (output / "measured.quality.column_shapes.csv").read_text().splitlines()
    assert len(shapes) == 1 + len(CONTRACT.columns)
