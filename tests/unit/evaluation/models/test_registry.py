"""Models are known by their names before they are imported, and held against what a model is."""

import tomllib
from pathlib import Path

import pytest
from toy_generator import install, on_path
from toy_model import GROUP, PACKAGE

import synth_assets
from synth_assets.errors import UsageError
from synth_assets.evaluation.models.registry import DEFAULT_MODEL, MODELS, make_model, model_kinds


def test_the_entry_points_of_this_package_are_the_built_in_models() -> None:
    project = tomllib.loads((Path(synth_assets.__file__).parent.parent / "pyproject.toml").read_text())["project"]
    assert project["entry-points"][GROUP] == MODELS.built_in
    assert DEFAULT_MODEL in MODELS.built_in


def test_a_model_of_another_package_is_one_line(tmp_path: Path) -> None:
    install(tmp_path, package=PACKAGE, entries={"toy": "toy_model:ToyModel"}, group=GROUP)
    with on_path(tmp_path):
        assert model_kinds()[-1] == "toy"
        assert make_model("toy").name == "toy"
    with pytest.raises(UsageError, match="model kind 'toy' is not known"):
        make_model("toy")


@pytest.mark.parametrize(
    ("location", "words"),
    [("toy_model:ToyModel", "it calls itself 'toy'"), ("pathlib:PurePath", "it lacks one_hot, libraries, fit")],
)
def test_what_is_not_a_model_of_that_name_is_refused(tmp_path: Path, location: str, words: str) -> None:
    install(tmp_path, package=PACKAGE, entries={"other": location}, group=GROUP)
    with on_path(tmp_path), pytest.raises(UsageError, match=f"package {PACKAGE} is not a model .*: {words}"):
        make_model("other")
