"""``docs/simulators.md``, followed word by word in an empty project: from made-up rows to an audited version."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import synth_assets

_ROOT = Path(synth_assets.__file__).parent.parent
_PAGE = (_ROOT / "docs" / "simulators.md").read_text().partition("## Scenarios")[0]


def _block(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL)
    return str(block)


def _run(line: str, folder: Path) -> str:
    """Run a command of the page as this environment's."""
    words = shlex.split(line)
    command = (
        [sys.executable, "-m", "synth_assets", *words[1:]]
        if words[0] == "synth-assets"
        else [sys.executable, *words[1:]]
    )
    environment = {**os.environ, "SYNTH_ASSETS_ROOT": str(folder), "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.integration
def test_the_page_leads_to_a_promoted_and_audited_version_and_its_figures(tmp_path: Path) -> None:
    for command in (["git", "init", "-q"], [sys.executable, "-m", "dvc", "init", "-q"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    (tmp_path / "made_up.py").write_text(_block("python"))
    contract = tmp_path / "dagster_project" / "defs" / "mornings" / "defs.yaml"
    contract.parent.mkdir(parents=True)
    contract.write_text(_block("yaml"))
    lines = [line.removeprefix("$ ") for line in _block("console").splitlines()]
    assert [line.split()[1] for line in lines] == [
        "made_up.py",
        "budget",
        "source",
        "contract",
        "run",
        "audit",
        "sample",
    ]
    said = {line.split()[1]: _run(line, tmp_path) for line in lines}
    assert "mornings is promoted" in said["run"]
    assert "VERIFIED      fitted weights" in said["audit"]
    assert min(pq.read_table(tmp_path / "long.parquet")["waited"].to_pylist()) >= 90
    bundle = tmp_path / "data" / "promoted" / "mornings" / "version" / "bundle"
    assert 'id="calibration"' in (bundle / "report.html").read_text()
    found = json.loads((bundle / "generator" / "simulator.json").read_text())
    estimates = {one["name"]: one["estimate"] for one in found["parameters"]}
    assert estimates == pytest.approx({"arrivals": 6, "minutes": 8, "simple": 0.25}, rel=0.05)
