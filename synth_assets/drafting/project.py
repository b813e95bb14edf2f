"""The files of a project that does not exist yet, or what one that exists lacks.

Only an engineer's files: accounts, caps and sources are an officer's, and no step here makes or opens a ledger. Nothing
is overwritten; lines are added to a ``.gitignore``, because the private zone must never be committed.

Example:
    >>> import tempfile
    >>> layout = lay_out(Path(tempfile.mkdtemp()))
    >>> layout.defs.name, sorted(path.name for path in layout.files)[:2]
    ('defs', ['__init__.py', '__init__.py'])
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.workspace import STATE

__all__ = ["IGNORED", "Layout", "lacking_lines", "lay_out"]

IGNORED = (f"{STATE}/", "/data/")
"""What git must not add: the ledger and the private zone, and artefacts, which DVC keeps."""
_MODULE = "dagster_project"
_PYPROJECT = f"""\
[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{_MODULE}"
code_location_name = "{_MODULE}"

[tool.dagster]
module_name = "{_MODULE}.definitions"
code_location_name = "{_MODULE}"
"""
_DG = f"""\
directory_type = "project"

[project]
root_module = "{_MODULE}"
code_location_name = "{_MODULE}"
"""
_DEFINITIONS = '''\
"""All definitions of the project: every contract below ``defs/``."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load every component below ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a project consists of.

    Attributes:
        defs: the folder in which each contract gets a folder of its own.
        existing: whether Dagster knows it as a project already.
        files: contents of files that a project needs, by their paths; none in an existing one.
    """

    defs: Path
    existing: bool
    files: Mapping[Path, str] = field(default_factory=dict)


def lay_out(root: Path) -> Layout:
    """Return the layout of a folder's project: that which Dagster knows, or a new one.

    Raises:
        UsageError: its configuration cannot be read, or it holds several projects.
    """
    settings, named = _settings(root)
    if settings.get("directory_type") == "workspace":
        raise UsageError(f"{root} is a workspace of several Dagster projects", hint="give the folder of one of them")
    project = settings.get("project")
    if isinstance(project, dict) and isinstance(project.get("root_module"), str):
        return Layout(defs=_defs(root, project), existing=True)
    module = root / _MODULE
    return Layout(
        defs=module / "defs",
        existing=False,
        files={
            root / ("dg.toml" if named else "pyproject.toml"): _DG if named else _PYPROJECT,
            module / "__init__.py": "",
            module / "definitions.py": _DEFINITIONS,
            module / "defs" / "__init__.py": "",
        },
    )


def lacking_lines(gitignore: str) -> list[str]:
    """Return which of :data:`IGNORED` the text of a ``.gitignore`` lacks, with or without slashes at their ends."""
    present = {line.strip().strip("/") for line in gitignore.splitlines()}
    return [line for line in IGNORED if line.strip("/") not in present]


def _settings(root: Path) -> tuple[Mapping[str, Any], bool]:
    """Return what ``dg`` is told about a folder, and whether it has a ``pyproject.toml``, which is left as it is."""
    own, shared = root / "dg.toml", root / "pyproject.toml"
    if own.is_file():
        return _read(own), True
    if not shared.is_file():
        return {}, False
    tool = _read(shared).get("tool", {})
    return tool.get("dg", {}) if isinstance(tool, dict) and isinstance(tool.get("dg", {}), dict) else {}, True


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="mend it first; nothing was written") from error


def _defs(root: Path, project: Mapping[str, Any]) -> Path:
    """Return the folder of an existing project's definitions, with or without a ``src`` folder."""
    module = str(project.get("defs_module") or f"{project['root_module']}.defs")
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", module):
        raise UsageError(f"{module!r} is not the name of a module", hint="correct root_module or defs_module for dg")
    parts = module.split(".")
    places = [root / "src", root]
    base = next((place for place in places if (place / parts[0]).is_dir()), root)
    return base.joinpath(*parts)
