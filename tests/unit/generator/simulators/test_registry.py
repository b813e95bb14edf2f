"""Simulators by name: only what is installed, only what is one, and the digest of its code."""

from pathlib import Path

import pytest
from toy_generator import install, on_path

from synth_assets.errors import UsageError
from synth_assets.files import sha256_file
from synth_assets.generator.simulators.clinic import Clinic
from synth_assets.generator.simulators.registry import code_digest, make_simulator, simulator_class

_MODULE = """
from synth_assets.generator import Parameter, Simulator

RANGES = {"heads": Parameter(low=0, high=1)}

class Silent(Simulator):
    parameters = RANGES

class Bare(Simulator):
    def render(self, parameters, rows, rng): return {}

class Other(Bare):
    parameters = {"heads": 0.5}

class Listed(Bare):
    parameters = [RANGES["heads"]]

class Numbered(Bare):
    parameters = {1: RANGES["heads"]}

class Long(Bare):
    parameters = {"x" * 200: RANGES["heads"]}

class Picky(Bare):
    parameters = RANGES
    def __init__(self, path): ...

number = 3
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose simulators are none."""
    (tmp_path / "odd_simulators.py").write_text(_MODULE)
    kinds = ("Silent", "Bare", "Other", "Listed", "Numbered", "Long", "Picky", "number", "Gone")
    entries = {kind.lower(): f"odd_simulators:{kind}" for kind in kinds}
    return install(tmp_path, package="odd-simulators", entries=entries, group="synth_assets.simulators")


def test_ours_are_there_by_name() -> None:
    assert isinstance(make_simulator("clinic"), Clinic)


def test_the_digest_is_that_of_the_file() -> None:
    import synth_assets.generator.simulators.clinic as module

    assert code_digest("clinic") == sha256_file(Path(module.__file__)) != code_digest("machines")


def test_the_digest_covers_bases_in_other_files_and_is_that_of_what_was_imported(tmp_path: Path) -> None:
    (tmp_path / "a_base.py").write_text(_MODULE)
    (tmp_path / "a_child.py").write_text("from a_base import Picky\nclass Child(Picky):\n    def __init__(self): ...\n")
    entries = {"child": "a_child:Child", "picky": "a_base:Picky"}
    install(tmp_path, package="families", entries=entries, group="synth_assets.simulators")
    with on_path(tmp_path):
        child, base = code_digest("child"), code_digest("picky")
        assert base == sha256_file(tmp_path / "a_base.py")
        assert child not in (base, sha256_file(tmp_path / "a_child.py"))
        (tmp_path / "a_base.py").write_text(_MODULE + "# another version")
        assert (code_digest("child"), code_digest("picky")) == (child, base)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("silent", "has no `render`"),
        ("bare", "has not 1 to 64 parameters"),
        ("other", "has not 1 to 64 parameters"),
        ("listed", "has not 1 to 64 parameters"),
        ("numbered", "has not 1 to 64 parameters"),
        ("long", "has not 1 to 64 parameters"),
        ("picky", "cannot be made: TypeError"),
        ("number", "is not a subclass of `Simulator`"),
        ("gone", "gone"),
    ],
)
def test_what_is_not_a_simulator_is_refused_with_its_package(package: Path, name: str, words: str) -> None:
    with on_path(package), pytest.raises(UsageError, match=words) as refused:
        make_simulator(name)
    assert "odd-simulators" in str(refused.value)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="machine") as refused:
        simulator_class("machine")
    assert "machines" in str(refused.value)
