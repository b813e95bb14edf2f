"""Every example in a docstring runs and gives the output that it shows."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import synth_assets

_ROOT = Path(synth_assets.__file__).parent
_NAMES = ["synth_assets"] + [
    module.name
    for module in pkgutil.walk_packages([str(_ROOT)], "synth_assets.")
    if ">>>"
    in (_ROOT.parent / (module.name.replace(".", "/") + ("/__init__.py" if module.ispkg else ".py"))).read_text()
]


@pytest.mark.parametrize("name", _NAMES)
def test_the_examples_of_a_module_are_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert tried
    assert not failed


def test_the_modules_that_everything_builds_on_have_examples() -> None:
    core = {
        "contract.columns",
        "contract.model",
        "contract.yaml_file",
        "domain.column",
        "domain.expressions",
        "errors",
        "files",
        "workspace",
    }
    core |= {"privacy.loss"}
    assert {f"synth_assets.{name}" for name in core} <= set(_NAMES)
    assert not any(re.search(r"\.tests?\.", name) for name in _NAMES)
