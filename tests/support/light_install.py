"""What an installation from ``requirements-verify.txt`` holds, and an interpreter that sees nothing else.

In front of a program, :data:`FORBID` hides every module that only other distributions bring, so that what was
forgotten in the file is noticed without another environment.
"""

import re
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = ROOT / "requirements-verify.txt"
KEPT = ROOT / "tests" / "data" / "version_of_format_2"

FORBID = """
import sys
from importlib.machinery import PathFinder
class Light(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {names!r} else PathFinder.find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Light
"""


def lines_of(file: Path) -> list[Requirement]:
    """Return the requirements in a file."""
    lines = (line.strip() for line in file.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def dependencies() -> list[Requirement]:
    """Return what the full installation requires."""
    return [
        Requirement(text) for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    ]


@cache
def closure() -> frozenset[str]:
    """Return the names of all distributions that pip installs for the file."""
    waiting, known = [canonicalize_name(requirement.name) for requirement in lines_of(REQUIREMENTS)], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            waiting += _required_by(name)
    return frozenset(known)


def forbidden_modules() -> set[str]:
    """Return the top names that only distributions outside the closure bring."""
    ours = closure() | {"synth-assets", "pip", "setuptools"}
    brings = {module: {canonicalize_name(name) for name in names} for module, names in packages_distributions().items()}
    return {module for module, names in brings.items() if re.fullmatch(r"\w+", module) and not names & ours}


def _required_by(name: str) -> list[str]:
    try:
        listed = [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:  # of another system
        return []
    return [
        canonicalize_name(requirement.name)
        for requirement in listed
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    ]
