"""The kinds of axes, and reading them back: a process that measures gets axes as JSON.

Example:
    >>> value = {"of": "code", "size": 2, "column": "sex", "places": (0, 1), "labels": ("f", "m")}
    >>> axis_from_json(value, {}.__getitem__)
    CodeAxis(column='sex', places_of=(0, 1), labels=('f', 'm'))
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.axis import Axis, CodeAxis

__all__ = ["axis_from_json", "read_material"]


def axis_from_json(value: Mapping[str, Any], materials: Callable[[str], Any]) -> Axis:
    """Return the axis that ``as_json`` described.

    Args:
        value: what it returned, with tuples or lists.
        materials: returns the material of a digest, such as ``partial(read_material, below=folder)``.

    Raises:
        IntegrityError: it does not describe an axis.
    """
    del materials  # codes of a column are made of none
    if value["of"] != CodeAxis.of:
        raise IntegrityError("this does not describe an axis", hint="it was altered or is newer")
    return CodeAxis(column=value["column"], places_of=tuple(value["places"]), labels=tuple(value["labels"]))


def read_material(digest: str, *, below: Path) -> Any:
    """Return the material of a digest from a folder.

    Raises:
        IntegrityError: it is missing.
    """
    raise IntegrityError(f"material {digest[:12]} is not in {below.name}", hint="make it again: that is free")
