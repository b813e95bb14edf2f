"""Kinds are known by their names before they are imported, and nobody takes a name that is taken."""

import sys
from pathlib import Path

import pytest
from toy_generator import install, on_path

from synth_assets.contract.generator import GENERATORS
from synth_assets.errors import UsageError
from synth_assets.kinds import Kinds

SHAPES = Kinds(what="shape", group="synth_assets.generators", built_in={"path": "pathlib:PurePath"})


def test_ours_are_there_whatever_is_installed_and_others_come_after() -> None:
    assert SHAPES.names()[0] == "path"
    assert SHAPES.load("path") is __import__("pathlib").PurePath
    assert SHAPES.package_of("path") == "synth-assets"


def test_the_entry_points_of_this_package_are_the_built_in_kinds() -> None:
    import tomllib

    import synth_assets

    project = tomllib.loads((Path(synth_assets.__file__).parent.parent / "pyproject.toml").read_text())["project"]
    assert project["entry-points"][GENERATORS.group] == GENERATORS.built_in


def test_a_kind_of_another_package_is_named_without_being_imported(tmp_path: Path) -> None:
    sys.modules.pop("toy_generator_elsewhere", None)
    install(tmp_path, package="acme-trees", entries={"tree": "toy_generator_elsewhere:Tree"})
    (tmp_path / "toy_generator_elsewhere.py").write_text("class Tree: ...\n")
    with on_path(tmp_path):
        assert SHAPES.names() == ("path", "tree")
        assert "toy_generator_elsewhere" not in sys.modules
        assert SHAPES.load("tree").__name__ == "Tree"
        assert SHAPES.package_of("tree") == "acme-trees"
    assert "tree" not in SHAPES.names()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("", "AttributeError: module 'broken_here' has no attribute 'Tree'"),
    ],
)
def test_a_package_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.delitem(sys.modules, "broken_here", raising=False)
    install(tmp_path, package="acme-trees", entries={"tree": "broken_here:Tree"})
    (tmp_path / "broken_here.py").write_text(text)
    with on_path(tmp_path), pytest.raises(UsageError, match="hint: install what that package needs") as refused:
        SHAPES.load("tree")
    assert refused.value.message == f"shape kind 'tree' of package acme-trees cannot be loaded: {words}"


def test_another_package_cannot_take_the_name_of_ours(tmp_path: Path) -> None:
    install(tmp_path, package="acme-trees", entries={"path": "acme:Path"})
    with on_path(tmp_path):
        for use in (SHAPES.names, lambda: SHAPES.load("path")):
            with pytest.raises(UsageError, match="synth-assets and acme-trees both bring the shape kind 'path'"):
                use()
    assert SHAPES.load("path")


def test_two_packages_cannot_have_one_name(tmp_path: Path) -> None:
    for package in ("acme-trees", "best-trees"):
        install(tmp_path, package=package, entries={"tree": f"{package[:4]}:Tree"})
    with on_path(tmp_path), pytest.raises(UsageError, match="acme-trees and best-trees both bring"):
        SHAPES.load("tree")


def test_older_metadata_of_this_package_are_nobody_else(tmp_path: Path) -> None:
    install(tmp_path, package="synth-assets", entries={"path": "where_it_was:PurePath", "gone": "where_it_was:Gone"})
    with on_path(tmp_path):
        assert SHAPES.names() == ("path",)
        assert SHAPES.load("path").__module__.startswith("pathlib")
