"""The tree shows where modules and tests are: tests mirror modules, modules stay short, imports stay light."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import synth_assets
from synth_assets.release.kinds import KINDS

_PACKAGE = Path(synth_assets.__file__).parent
_ROOT = _PACKAGE.parent
_MODULES = sorted(_PACKAGE.rglob("*.py"))
_VAGUE = {"utils", "util", "helpers", "common", "misc", "manager"}
_UNPICKLERS = {"pickle", "cloudpickle", "joblib", "dill", "shelve", "marshal"}
_NO_TEST_FILE = {"__init__.py", "__main__.py"}
_LAWS = "test_laws.py"
"""What every kind of a room has to keep, whichever module it is in."""


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _is_public(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")


def _is_generated(path: Path) -> bool:
    return "versions" in path.parts  # migrations are named by Alembic


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.relative_to(_PACKAGE).as_posix())
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert path.stem not in _VAGUE
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.relative_to(_PACKAGE).as_posix())
def test_public_names_are_described(path: Path) -> None:
    tree = ast.parse(path.read_text())
    nodes = [*tree.body, *(inner for node in tree.body if isinstance(node, ast.ClassDef) for inner in node.body)]
    hidden = {id(inner) for node in tree.body if not _is_public(node) for inner in ast.walk(node)}
    bare = [node.name for node in nodes if _is_public(node) and id(node) not in hidden and not ast.get_docstring(node)]
    assert not [name for name in bare if not _is_generated(path)]


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.relative_to(_PACKAGE).as_posix())
def test_a_module_imports_no_unpickler_and_not_the_lazy_root(path: Path) -> None:
    # The root's names load on use, which import rules cannot see through.
    imported = set(_imports(ast.parse(path.read_text())))
    assert not {name.split(".")[0] for name in imported} & _UNPICKLERS
    assert "synth_assets" not in imported


def test_every_module_has_its_test_file() -> None:
    wanted = {
        path.relative_to(_PACKAGE).parent / f"test_{path.stem.lstrip('_')}.py"
        for path in _MODULES
        if path.name not in _NO_TEST_FILE and not _is_generated(path)
    }
    unit = _ROOT / "tests" / "unit"
    existing = {path.relative_to(unit) for path in unit.rglob("test_*.py")}
    assert not sorted(map(str, wanted - existing))


def test_every_test_file_below_a_room_has_its_module() -> None:
    unit = _ROOT / "tests" / "unit"
    rooms = [path for path in unit.rglob("test_*.py") if path.parent != unit and path.name != _LAWS]
    modules = [_PACKAGE / path.relative_to(unit).parent / path.name.removeprefix("test_") for path in rooms]
    private = [module.with_name(f"_{module.name}") for module in modules]
    packages = [module.with_suffix("") / "__init__.py" for module in modules]
    pairs = zip(modules, private, packages, strict=True)
    assert not [str(module) for module, *others in pairs if not any(path.exists() for path in (module, *others))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_answers_has_a_module_on_each_side_of_the_wall_and_a_proof(kind: str) -> None:
    answer = KINDS[kind]
    assert answer.kind == kind
    assert answer.__module__ == f"synth_assets.release.kinds.{kind}"
    private = import_module(f"synth_assets.source.queries.{kind}")
    assert callable(private.exact)
    assert callable(private.unit_vector)
    assert (_ROOT / answer.page).is_file()
    assert answer.claim
    assert answer.absent
    assert answer.ask_for


_PRIVATE_ON_PURPOSE = {"measuring_here.py"}
"""It takes the test's process for the measuring one; a public way would be a way around the guard."""


def _private_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the module and name of each private name of ours that a test file imports or reads from a module."""
    tree = ast.parse(path.read_text())
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("synth_assets"):
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if alias.name.startswith("_"):
                    yield str(node.module), alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and re.match("_[a-z]", node.attr):
            module = modules.get(node.value.id, "")
            if (_ROOT / f"{module.replace('.', '/')}.py").is_file():
                yield module, node.attr


def test_no_test_uses_a_private_name_of_another_room() -> None:
    tests, uses = _ROOT / "tests", []
    for path in sorted(tests.rglob("*.py")):
        parts = path.relative_to(tests).parts
        room = f"synth_assets.{parts[1]}" if len(parts) > 2 else f"synth_assets.{path.stem.removeprefix('test_')}"
        uses += [
            (path.name, module, name)
            for module, name in _private_names(path)
            if path.name not in _PRIVATE_ON_PURPOSE and not f"{module}.".startswith(f"{room}.")
        ]
    assert uses == []


def test_every_benchmark_can_be_imported() -> None:
    names = sorted(path.stem for path in (_ROOT / "benchmarks").glob("*.py"))
    code = f"import importlib, sys; sys.path[:0] = ['benchmarks']; [importlib.import_module(name) for name in {names}]"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=_ROOT)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'dagster', 'torch', 'opendp', 'mlflow', 'dvc', 'great_expectations', 'pandas', 'polars', 'pydantic'}"
    code = f"import synth_assets, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=_ROOT)
    assert done.stdout == "[]\n"


def test_every_public_name_of_the_package_is_there_and_no_other() -> None:
    assert dir(synth_assets) == sorted(synth_assets.__all__)
    assert len(synth_assets.__all__) <= 17
    assert all(getattr(synth_assets, name) is not None for name in synth_assets.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = synth_assets.nothing
