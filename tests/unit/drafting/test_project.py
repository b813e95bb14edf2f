"""What a folder lacks to be a project: all of it, or nothing that Dagster knows already."""

from pathlib import Path

import pytest

from synth_assets.drafting.project import lacking_lines, lay_out
from synth_assets.errors import UsageError


def test_a_new_folder_gets_what_dagster_needs(tmp_path: Path) -> None:
    layout = lay_out(tmp_path)
    assert not layout.existing
    assert layout.defs == tmp_path / "dagster_project" / "defs"
    assert sorted(str(path.relative_to(tmp_path)) for path in layout.files) == [
        "dagster_project/__init__.py",
        "dagster_project/definitions.py",
        "dagster_project/defs/__init__.py",
        "pyproject.toml",
    ]


def test_beside_a_project_of_another_kind_dg_gets_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    assert tmp_path / "dg.toml" in lay_out(tmp_path).files
    assert tmp_path / "pyproject.toml" not in lay_out(tmp_path).files


@pytest.mark.parametrize(
    ("file", "text", "source", "defs"),
    [
        ("pyproject.toml", '[tool.dg.project]\nroot_module = "town"\n', "town", "town/defs"),
        ("pyproject.toml", '[tool.dg.project]\nroot_module = "town"\n', "src/town", "src/town/defs"),
        ("dg.toml", '[project]\nroot_module = "town"\ndefs_module = "town.data"\n', "src/town", "src/town/data"),
        ("dg.toml", '[project]\nroot_module = "a.b"\n', "a/b", "a/b/defs"),
    ],
)
def test_a_dagster_project_keeps_its_files_and_its_folder(
    tmp_path: Path, file: str, text: str, source: str, defs: str
) -> None:
    (tmp_path / file).write_text(text)
    (tmp_path / source).mkdir(parents=True)
    layout = lay_out(tmp_path)
    assert layout.existing
    assert layout.files == {}
    assert layout.defs == tmp_path / defs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.dg]\ndirectory_type = "workspace"\n', "several Dagster projects"),
        ("[tool.dg\n", "cannot be read"),
        ('[tool.dg.project]\nroot_module = "../../elsewhere"\n', "is not the name of a module"),
    ],
)
def test_what_is_no_project_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=words):
        lay_out(tmp_path)


def test_lines_of_a_gitignore_are_known_with_and_without_slashes() -> None:
    assert lacking_lines("") == [".synth-assets/", "/data/"]
    assert lacking_lines("*.pyc\n.synth-assets\n") == ["/data/"]
    assert lacking_lines("/.synth-assets/\ndata/\n") == []
