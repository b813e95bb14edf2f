"""The shape of a release that was read: every part has its type, and the parts fit each other.

A release may come out of somebody else's bundle. What is checked here is what code
after it relies on to stay within memory and to mean anything: known keys, names of
columns, grids within their columns, shapes that follow from both, numbers that are
numbers. Whether it is the release that a contract asked for is the audit's business.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.release.model import Release

__all__ = ["MOST_CELLS", "check_layout", "check_records"]

MOST_CELLS = 1 << 25
"""Of all tables of a release together: what the long table may come to when it is read."""
_MOST_DRAWS = 100_000
_KEYS = set(
    "format_version dataset source version fingerprint reservation domain grids target focus mechanisms marginals files".split()  # noqa: E501, SIM905 - reads better
)
_OPTIONAL = {"discoveries", "scores"}
_TEXTS = ("dataset", "source", "version", "fingerprint", "reservation")
_MARGINAL = {"attributes", "level", "shape", "scale", "rho", "draw", "mechanism"}


def check_layout(found: Mapping[str, Any], *, domain: Domain, grids: Mapping[str, NDArray[np.int64]]) -> None:
    """Check what ``release.json`` holds before its tables are read.

    Args:
        found: all of it.
        domain: its columns.
        grids: its grids.

    Raises:
        IntegrityError: a part is missing, is not known, or does not fit the others.
    """
    sizes = {column.name: column.size for column in domain.columns}
    coarse = {name: _groups(grid, sizes.get(name, 0)) for name, grid in grids.items()}
    names = set(sizes)
    _require(set(found) - _OPTIONAL == _KEYS, "holds other parts")
    _require(all(isinstance(found[word], str) for word in _TEXTS), "has a name that is not text")
    _require(len(names) == len(domain.columns) > 0, "names a column twice")
    _require(set(grids) == names, "does not have one grid for each column")
    _require(found["target"] is None or found["target"] in names, "has an unknown target")
    _require(isinstance(found["focus"], list) and set(found["focus"]) <= names, "has an unknown focus")
    _require(all(isinstance(text, str) for text in found["mechanisms"]), "has a mechanism that is not text")
    _require(len(found["marginals"]) > 0, "has no table")
    for item in found["marginals"]:
        _check_marginal(item, {"fine": sizes, "coarse": coarse}, mechanisms=len(found["mechanisms"]))
    cells = sum(math.prod(item["shape"]) for item in found["marginals"])
    _require(cells <= MOST_CELLS, f"has more than {MOST_CELLS:,} cells")


def check_records(release: Release) -> None:
    """Check what a release says of its discoveries and scores.

    Raises:
        IntegrityError: a record's part has another type.
    """
    for found in release.discoveries:
        _require(_texts((found.column, found.mechanism)), "has a record without a name")
        _require(_texts(found.categories) and _wholes(found.counts), "has a record without its counts")
        _require(_wholes((found.threshold, found.left_out)) and _is_draw(found.draw), "has a record without numbers")
        _require(_is_positive(found.scale) and _is_positive(found.rho) and 0 <= found.delta < 1, "has a wild record")
        _require(found.rule in ("above", "at_or_above"), "has a record of an unknown rule")
    for scored in release.scores:
        _require(all(_texts(clique) for clique in scored.cliques) and _wholes(scored.scores), "has wild scores")
        _require(_texts((scored.mechanism,)) and _is_draw(scored.draw), "has scores without a draw")
        _require(_wholes((scored.d_in,)) and scored.d_in > 0 and _is_positive(scored.scale), "has wild scores")
        _require(_is_positive(scored.rho) and len(scored.cliques) > 0, "has wild scores")
    _require(isinstance(release.privacy, dict), "has no privacy statement")


def _check_marginal(item: Mapping[str, Any], sizes: Mapping[str, Mapping[str, int]], *, mechanisms: int) -> None:
    _require(set(item) == _MARGINAL and item["level"] in ("fine", "coarse"), "has a table of another kind")
    attributes, known = item["attributes"], sizes[item["level"]]
    _require(isinstance(attributes, list) and 0 < len(attributes) == len(set(attributes)), "has a table of no columns")
    _require(set(attributes) <= set(known), "has a table of an unknown column")
    _require(
        _wholes(item["shape"]) and item["shape"] == [known[name] for name in attributes], "has a table of odd shape"
    )
    _require(_is_positive(item["scale"]) and _is_positive(item["rho"]), "has a table without noise")
    _require(_is_draw(item["draw"]), "has a table without a draw")
    _require(type(item["mechanism"]) is int and 0 <= item["mechanism"] < mechanisms, "has a table without a mechanism")


def _groups(grid: NDArray[np.int64], size: int) -> int:
    """Return the number of coarse codes of a grid that maps ``size`` fine codes to 0, 1, 2 ... without gaps."""
    _require(grid.shape == (size,) and size > 0, "has a grid that is not of its column")
    groups = int(grid.max()) + 1
    _require(grid.min() >= 0 and groups <= size, "has a grid with too many groups")
    return groups


def _texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _wholes(values: Iterable[Any]) -> bool:
    return all(type(value) is int and abs(value) < 2**63 for value in values)


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value < math.inf


def _is_draw(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST_DRAWS


def _require(fits: bool, fault: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not fits:
        raise IntegrityError(f"this is not a release: it {fault}", hint="it was altered, or written by a newer version")
