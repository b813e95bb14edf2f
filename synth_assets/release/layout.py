"""Check the structure of a release after reading: every part has its type, and the parts fit each other.

A release may come from an untrusted bundle. These checks establish what later code
relies on to stay within memory and to give meaningful results: known keys, names of
columns, grids within their columns, finite numbers. Each kind of answer checks its
own descriptor and shape. An audit checks whether a release belongs to a contract.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.release.answers import require

__all__ = ["MOST_CELLS", "check_layout"]

MOST_CELLS = 1 << 25
"""Most cells of all answers of a release together; bounds the long table in memory."""
_MOST_DRAWS = 100_000
_MOST_AXES = 64
"""Of one answer; NumPy has no more."""
_TEXTS = ("dataset", "source", "version", "plan", "fingerprint", "reservation")
_KEYS = {"format_version", *_TEXTS, "domain", "grids", "target", "focus", "mechanisms", "answers", "files"}
_ANSWER = {"kind", "descriptor", "shape", "scale", "d_in", "rho", "draw", "mechanism"}


def check_layout(facts: Mapping[str, Any], *, domain: Domain, grids: Mapping[str, NDArray[np.int64]]) -> None:
    """Check the content of ``release.json`` before the values of its answers are read.

    Args:
        facts: the whole content, in the newest format.
        domain: the columns of the release.
        grids: the grids of the release.

    Raises:
        IntegrityError: a part is missing, unknown, or does not fit the others.
    """
    names = set(domain.names)
    require(set(facts) == _KEYS, "holds other parts")
    require(all(isinstance(facts[word], str) for word in _TEXTS), "has a name that is not text")
    require(len(names) == len(domain.columns) > 0, "names a column twice")
    require(set(grids) == names, "does not have one grid for each column")
    for column in domain.columns:
        require(all(type(code) is int for code in facts["grids"][column.name]), "has a grid that is not whole numbers")
        _check_grid(grids[column.name], column.size)
    require(facts["target"] is None or facts["target"] in names, "has an unknown target")
    require(isinstance(facts["focus"], list) and set(facts["focus"]) <= names, "has an unknown focus")
    require(all(isinstance(text, str) for text in facts["mechanisms"]), "has a mechanism that is not text")
    require(isinstance(facts["answers"], list) and len(facts["answers"]) > 0, "has no answer")
    for described in facts["answers"]:
        _check_described(described, mechanisms=len(facts["mechanisms"]))
    cells = sum(math.prod(described["shape"]) for described in facts["answers"])
    require(cells <= MOST_CELLS, f"has more than {MOST_CELLS:,} cells")


def _check_described(described: Mapping[str, Any], *, mechanisms: int) -> None:
    require(set(described) - {"delta"} == _ANSWER, "has an answer of another shape")
    shape, delta = described["shape"], described.get("delta", 0.0)
    require(isinstance(described["descriptor"], dict), "has an answer without a descriptor")
    require(
        isinstance(shape, list)
        and len(shape) <= _MOST_AXES  # before any product: the numbers of a long one grow without end
        and all(type(size) is int and 0 <= size <= MOST_CELLS for size in shape),
        "has an odd shape",
    )
    require(_is_positive(described["scale"]) and _is_positive(described["rho"]), "has an answer without noise")
    require(type(delta) in (int, float) and 0 <= delta < 1, "has an answer with a wild delta")
    require(type(described["d_in"]) is int and 0 < described["d_in"] < 2**63, "has an answer without its d_in")
    require(type(described["draw"]) is int and 0 <= described["draw"] < _MOST_DRAWS, "has an answer without a draw")
    mechanism = described["mechanism"]
    require(type(mechanism) is int and 0 <= mechanism < mechanisms, "has an answer without a mechanism")


def _check_grid(grid: NDArray[np.int64], size: int) -> None:
    """Check that a grid maps ``size`` fine codes to 0, 1, 2 ... within that number of groups."""
    require(grid.shape == (size,) and size > 0, "has a grid that is not of its column")
    require(grid.min() >= 0 and int(grid.max()) + 1 <= size, "has a grid with too many groups")


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value < math.inf
