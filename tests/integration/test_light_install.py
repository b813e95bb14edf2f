"""An auditor who only verifies does without the heavy packages: ``requirements-verify.txt`` is enough, and no more.

``FULL=1`` makes the installation itself, in an environment of its own, which takes pip and a package index.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import pytest
from light_install import FORBID, KEPT, REQUIREMENTS, ROOT, closure, dependencies, forbidden_modules, lines_of
from packaging.utils import canonicalize_name

from synth_assets.errors import FULL_INSTALLATION
from synth_assets.promotion import Promotion

_CONTRACT = ROOT / "dagster_project" / "defs" / "minimal"
_PROGRAM = """
import contextlib, io, json, sys
from pathlib import Path
from synth_assets.cli import main

printed = []
for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as stopped:
            code = stopped.code
    printed.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(printed))
"""
_NAMES = """
import json, sys
from pathlib import Path
import synth_assets
from synth_assets import DatasetContract, estimate, load_release, verify_bundle

bundle = Path(sys.argv[1]) / "bundle"
contract = DatasetContract.model_validate_json((bundle / "contract.json").read_bytes())
(folder,) = (bundle / "release").iterdir()
release = load_release(folder)
answer = estimate(release, by=["smokes"], shares=True).released.estimate
failed = [claim.name for claim in verify_bundle(Path(sys.argv[1])) if claim.status == "FAILED"]
refused = []
for ask in (lambda: synth_assets.SyntheticDataset, lambda: synth_assets.fit_generator(release, generators=Path("g"))):
    try:
        ask()
    except synth_assets.SynthAssetsError as error:
        refused.append(str(error))
print(json.dumps([contract.name, release.dataset, answer.sum(), failed, refused]))
"""
_THREADS = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from synth_assets import load_release
from synth_assets.generator.foreign import read_foreign

class Slow:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        time.sleep(0.3 if name == "torch" else 0)  # so that the second thread comes while the first still imports

def refit(seed):
    try:
        generator.refit(release, seed=seed)
    except ImportError as error:
        return [type(error).__name__, error.name]

sys.meta_path.insert(0, Slow)
bundle = Path(sys.argv[1]) / "bundle"
(folder,) = (bundle / "release").iterdir()
release = load_release(folder)
described = json.loads((bundle / "generator.json").read_bytes())
generator = read_foreign(bundle / "generator", described, release=release)
with ThreadPoolExecutor(2) as pool:
    print(json.dumps(list(pool.map(refit, range(2)))))
"""


def _module(distribution: str) -> str:
    """Return the name that a distribution is imported by."""
    return distribution.replace("-", "_").removesuffix("_core").replace("scikit_learn", "sklearn")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _printed(program: str, *arguments: str, folder: Path, without: frozenset[str] = frozenset()) -> list[Any]:
    """Run a program where nothing else is installed, and return the JSON that it prints."""
    code = FORBID.format(names=forbidden_modules() | without) + program
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SYNTH_ASSETS_ROOT": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    printed: list[Any] = json.loads(done.stdout)
    return printed


def test_the_file_is_a_part_of_the_dependencies_in_the_same_words() -> None:
    full = {canonicalize_name(requirement.name): requirement for requirement in dependencies()}
    light = {canonicalize_name(requirement.name): requirement for requirement in lines_of(REQUIREMENTS)}
    extra = full["opendp"].extras
    assert extra == {"polars"}  # it brings Polars, which stands alone in the file, and scikit-learn, which does not
    assert set(light) - set(full) == extra
    assert {name: requirement.specifier for name, requirement in light.items() if name in full} == {
        name: full[name].specifier for name in light if name in full
    }
    left_out = {_module(name) for name in set(full) - set(light)}
    assert left_out == FULL_INSTALLATION
    assert not {name.replace("-", "_") for name in closure()} & FULL_INSTALLATION


def test_constraints_name_a_version_of_everything_that_is_installed() -> None:
    known = {canonicalize_name(requirement.name) for requirement in lines_of(ROOT / "constraints.txt")}
    assert closure() <= known


@pytest.mark.slow
@pytest.mark.integration
def test_the_commands_of_an_auditor_run_without_the_rest(promoted: Promotion, tmp_path: Path) -> None:
    verify = ["audit", "verify", "--reproduce", "--json"]
    stored, ours, checked, asked, refits, run = _printed(
        _PROGRAM,
        json.dumps(
            [
                [*verify, str(KEPT)],
                [*verify, str(promoted.folder)],
                ["contract", "check", "--no-ledger", str(_CONTRACT)],
                ["estimate", str(KEPT), "smokes", "--refits", "0", "--csv"],
                ["estimate", str(KEPT), "smokes"],
                ["run", str(_CONTRACT)],
            ]
        ),
        folder=tmp_path,
    )
    for code, out, err in (stored, ours):
        assert code == 0, err
        assert {claim["name"]: claim["status"] for claim in json.loads(out)}["second accountant"] == "VERIFIED"
    assert checked[0] == 0, checked
    assert asked[1].startswith("smokes,released,")
    assert refits[0] == run[0] == 2
    assert refits[2].startswith("error: `estimate` with refits takes torch, which is not installed")
    assert run[2] == "error: `run` takes dagster, which is not installed; pip install synth-assets\n"


@pytest.mark.slow
@pytest.mark.integration
def test_the_names_of_an_auditor_load_without_the_rest(tmp_path: Path) -> None:
    name, dataset, total, failed, refused = _printed(_NAMES, str(KEPT), folder=tmp_path)
    assert (name, dataset, failed) == ("visits", "visits", [])
    assert total == pytest.approx(1)
    assert refused == [
        "`SyntheticDataset` takes dagster, which is not installed; pip install synth-assets",
        "fitting a generator takes torch, which is not installed; pip install synth-assets",
    ]


@pytest.mark.integration
def test_refits_in_two_threads_both_miss_the_same_package(tmp_path: Path) -> None:
    assert _printed(_THREADS, str(KEPT), folder=tmp_path) == [["ModuleNotFoundError", "torch"]] * 2


@pytest.mark.slow
@pytest.mark.integration
def test_without_the_second_accountant_a_verification_is_incomplete_and_gives_the_reason(tmp_path: Path) -> None:
    arguments = json.dumps([["audit", "verify", str(KEPT)]])
    [(code, out, _)] = _printed(_PROGRAM, arguments, folder=tmp_path, without=frozenset({"dp_accounting"}))
    assert code == 4
    assert "NOT CHECKABLE second accountant: takes dp_accounting, which is not installed here" in out
    assert "INCOMPLETE: nothing failed, but this could not be checked: second accountant" in out


@pytest.mark.integration
@pytest.mark.skipif(not os.environ.get("FULL"), reason="installs packages; FULL=1, as in `make test-install`")
def test_what_the_file_installs_verifies_reads_and_estimates(promoted: Promotion, tmp_path: Path) -> None:
    environment = tmp_path / "light"
    venv.create(environment, with_pip=True)
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    shutil.copytree(ROOT / "synth_assets", tmp_path / "sources" / "synth_assets")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / "sources")
    bare, began = _size(environment), time.monotonic()
    subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", "--requirement", REQUIREMENTS], check=True)
    subprocess.run([*pip, "--no-deps", tmp_path / "sources"], check=True)
    seconds = time.monotonic() - began
    megabytes = (_size(environment) - bare) / 1e6
    print(f"{megabytes:.0f} MB in {seconds:.0f} s")  # noqa: T201 - the figures of docs/audit.md
    for arguments, code in (
        (["audit", "verify", "--reproduce", KEPT], 0),
        (["audit", "verify", "--reproduce", promoted.folder], 0),
        (["contract", "check", "--no-ledger", _CONTRACT], 0),
        (["estimate", KEPT, "smokes", "--refits", "0"], 0),
        (["run", _CONTRACT], 2),
    ):
        done = subprocess.run([environment / "bin" / "synth-assets", *arguments], check=False, cwd=tmp_path, env={})
        assert done.returncode == code, arguments
    subprocess.run([environment / "bin" / "python", "-c", _NAMES, KEPT], check=True, cwd=tmp_path, env={})
    assert megabytes < 900
