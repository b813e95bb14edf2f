"""Dagster's releases at both ends of our range: the assets, their checks and the chain are the same on each.

``FULL=1`` installs the packages of Dagster at one end after the other into a folder that comes before this
environment's, which takes pip and a package index. The oldest is in ``pyproject.toml``; the newest is what the index
has, where every package of Dagster takes the newest release that it has itself.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import synth_assets

_ROOT = Path(synth_assets.__file__).parent.parent
_PACKAGES = ("dagster", "dagster-shared", "dagster-pipes", "dagster-graphql", "dagster-webserver")
_TESTS = (
    "tests/unit/integrations/dagster/test_definitions.py",
    "tests/unit/integrations/dagster/test_translator.py",
    "tests/unit/integrations/dagster/test_component.py",
    "tests/unit/integrations/dagster/test_newest.py",
)


def _requirements() -> dict[str, Requirement]:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["ui"]]
    return {requirement.name: requirement for requirement in map(Requirement, texts)}


def test_what_belongs_together_has_one_range_that_holds_what_was_tested() -> None:
    requirements, pinned = (
        _requirements(),
        dict(line.split("==") for line in (_ROOT / "constraints.txt").read_text().splitlines() if "==" in line),
    )
    names = ("dagster", "dagster-webserver", "dagster-dg-cli")
    assert len({str(requirements[name].specifier) for name in names}) == 1
    assert all(requirements[name].specifier.contains(pinned[name]) for name in names)


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.skipif(not os.environ.get("FULL"), reason="FULL=1 installs Dagster's releases; needs a package index")
@pytest.mark.parametrize("end", ["oldest", "newest"])
def test_assets_checks_and_the_chain_work_at_this_end_of_the_range(end: str, tmp_path: Path) -> None:
    specifier = str(_requirements()["dagster"].specifier)
    oldest = re.findall(r">=([0-9.]+)", specifier)[0]
    venv.create(tmp_path / "tool", with_pip=True)
    wanted = [f"{name}=={oldest}" if end == "oldest" else f"{name}{specifier}" for name in _PACKAGES]
    folder = tmp_path / "dagster"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    for package in wanted:  # one by one: the newest of each, whatever the others have
        subprocess.run([str(tmp_path / "tool" / "bin" / "python"), *install, package], check=True)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    ask = "import dagster, json; print(json.dumps(dagster.__version__))"
    shown = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    version = json.loads(shown.stdout)
    print(f"dagster {version}")  # noqa: T201 - `make test-range` shows it
    assert end == "newest" or version == oldest
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *_TESTS],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
