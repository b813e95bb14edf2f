"""The kinds of axes and of materials, and reading both back.

A process that measures gets axes as JSON and their arrays as files. It makes axes of
both by the code of this package alone.

Example:
    >>> value = {"of": "code", "size": 2, "column": "sex", "places": (0, 1), "labels": ("f", "m")}
    >>> axis_from_json(value, {}.__getitem__)
    CodeAxis(column='sex', places_of=(0, 1), labels=('f', 'm'))
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json
from synth_assets.rowwise.axis import Axis, CodeAxis
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.guess_axis import GuessAxis
from synth_assets.rowwise.material import Material, Materials, parts_of, read_content
from synth_assets.rowwise.nearest import PublicRows
from synth_assets.rowwise.nearest_axis import NearestAxis
from synth_assets.rowwise.score_axis import ScoreAxis

__all__ = ["AXES", "MATERIALS", "ReadableAxis", "axis_from_json", "read_material"]


class ReadableAxis(Axis, Protocol):
    """An axis that can be read back."""

    @classmethod
    def from_json(cls, value: Mapping[str, Any], materials: Materials) -> Self:
        """Invert ``as_json``; the value may come from anybody.

        Raises:
            IntegrityError: it is not such an axis.
            KeyError: a part is missing; so are ``TypeError`` and ``ValueError`` for a part of another type.
        """
        ...


AXES: dict[str, type[ReadableAxis]] = {kind.of: kind for kind in (CodeAxis, ScoreAxis, GuessAxis, NearestAxis)}
"""One line per kind of axis. Its name stands in releases for ever."""

MATERIALS: dict[str, type[Material]] = {kind.what: kind for kind in (FittedScorer, PublicRows)}
"""One line per kind of material, likewise."""


def axis_from_json(value: Mapping[str, Any], materials: Materials) -> Axis:
    """Return the axis that ``as_json`` described.

    Args:
        value: what it returned, with tuples or lists.
        materials: returns the material of a digest, such as ``partial(read_material, below=folder)``.

    Raises:
        IntegrityError: it does not describe an axis, or its material is missing or altered.
    """
    try:
        axis = AXES[value["of"]].from_json(value, materials)
        same = canonical_json(axis.as_json()) == canonical_json(value)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UsageError) as error:
        raise IntegrityError("this does not describe an axis", hint="it was altered or is newer") from error
    if not same:
        raise IntegrityError("the description of an axis disagrees with itself", hint="it was altered or is newer")
    return axis


def read_material(digest: str, *, below: Path) -> Material:
    """Return the material of a digest from a folder that ``write_material`` wrote into.

    Raises:
        IntegrityError: it is missing, altered, too large or not a material.
    """
    facts, arrays = parts_of(read_content(digest, below=below))
    try:
        material = MATERIALS[facts["what"]].from_parts(facts, arrays)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise IntegrityError(f"material {digest[:12]} cannot be read", hint="it was altered or is newer") from error
    return material
