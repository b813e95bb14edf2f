"""The import rules hold, and each one notices an import that breaks it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import synth_assets

_ROOT = Path(synth_assets.__file__).parent.parent
_RULES = tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
_LINT = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"

# One forbidden import for each rule: the file that gets it, and what it imports.
_PLANTED = {
    "layers": ("synth_assets/domain/column.py", "synth_assets.contract"),
    "circles": ("synth_assets/release/answers.py", "synth_assets.release.model"),
    "private-rooms": ("synth_assets/release/model.py", "synth_assets.source"),
    "source-importers": ("synth_assets/generator/model_planted.py", "synth_assets.source.readers"),
    "kinds-of-generators": ("synth_assets/generator/store.py", "synth_assets.generator.mixture.model"),
    "opendp": ("synth_assets/ledger/totals.py", "opendp.prelude"),
    "dask": ("synth_assets/source/cluster/engine.py", "distributed"),
    "torch": ("synth_assets/release/store.py", "torch"),
    "scikit-learn": ("synth_assets/rowwise/trees.py", "sklearn"),
    "great-expectations": ("synth_assets/audit/verify/judge.py", "great_expectations"),
    "orchestrators": ("synth_assets/candidate/model.py", "dagster"),
    "shared-storage": ("synth_assets/artefact.py", "fsspec"),
    "project": ("dagster_project/sources.py", "synth_assets.ledger"),
}


def _copy(folder: Path) -> Path:
    for name in ("synth_assets", "dagster_project"):
        shutil.copytree(_ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_ROOT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _LINT]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy in which every rule is broken once."""
    folder = _copy(tmp_path_factory.mktemp("planted"))
    for path, module in _PLANTED.values():
        with (folder / path).open("a") as stream:
            stream.write(f"\n\ndef planted() -> None:\n    import {module}\n")
    done = _lint(folder)
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_every_rule_has_a_negative_control() -> None:
    assert set(_PLANTED) == {rule["id"] for rule in _RULES}


def test_the_rules_hold() -> None:
    done = _lint(_ROOT)
    assert done.returncode == 0, done.stdout
    assert f"{len(_RULES)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule["id"])
def test_a_planted_import_is_named(rule: dict[str, str], broken: str) -> None:
    path, module = _PLANTED[rule["id"]]
    importer = path.removesuffix(".py").replace("/", ".")
    assert f"{rule['name']} BROKEN" in broken
    imported = module if module.startswith("synth_assets") else module.split(".")[0]
    line = (
        "No cycles are allowed in synth_assets.release." if rule["id"] == "circles" else f"{importer} -> {imported} (l."
    )
    assert line in broken


def test_the_public_rooms_that_a_rule_lists_are_all_of_them() -> None:
    (rule,) = (rule for rule in _RULES if rule["id"] == "private-rooms")
    rooms = {path.stem for path in (_ROOT / "synth_assets").iterdir() if path.suffix == ".py" or _is_package(path)}
    private = {"source", "measurement", "integrations", "assurance", "cli", "__init__", "__main__"}
    assert {f"synth_assets.{name}" for name in rooms - private} == set(rule["source_modules"])


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").exists()
