"""Values inside bins, drawn by heaps: as round as real ones, instead of evenly.

A bin takes a single value that has a mass of its own with its share, and otherwise a value of one of its
heaps in proportion to weights. What decides them is in ``heap_masses``. Codes stay what they are.

Example:
    >>> column = Column(name="paid", kind="integer", maximum=99_999, edges=tuple(range(1_000, 99_000, 1_000)))
    >>> weights = np.where(Heaping.of(column).level >= 3, 1e6, 1.0)
    >>> Heaps(column=column, weights=weights).values(np.array([1, 7, 97], np.uint16), share=np.full(3, 0.5)).to_pylist()
    [1000, 7000, 97000]
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.heap_parts import Parts, bins_of
from synth_assets.domain.heaping import Heaping, has_heaps
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.generator.heap_weights import LARGEST_WEIGHT, LEAST_WEIGHT
from synth_assets.release import Release
from synth_assets.release.kinds.heaping import MOST_LISTED, NoisyHeaping

__all__ = ["Heaps", "heaps_from_json", "heaps_json", "largest_json"]

Floats = NDArray[np.float64]

_KEY = "heaps"
_TINY = 1e-300
_LONGEST = 32
"""Most bytes of a number as text, and of what separates it from the next."""
_BELOW_ONE = 1 - 2.0**-53
_GUIDES, _LOOKS = 64, 2
"""Places of a bin at which its choices are known, and how many choices are looked at from there."""
_AT_ONCE = 1 << 15
"""Rows whose numbers stay in the processor's cache."""
_FIT_AGAIN = "fit the generator again: that is free"


@dataclass(frozen=True, kw_only=True, eq=False)
class Heaps:
    """How often each bin of a column takes a value of each heap.

    Attributes:
        column: has heaps.
        weights: of a value of each heap, above 0, shape (heaps,).
        singles: values with a mass of their own, ascending.
        shares: share of its bin that each has besides what its weight gives it; of a bin at most 1 together.
    """

    column: Column
    weights: Floats
    singles: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()

    def values(self, codes: NDArray[np.uint16], *, share: Floats) -> pa.Array:
        """Return the values of fine codes, shape (rows,), at a share, in [0, 1), of their bins."""
        column, count = self.column, self.column.regular
        regular = np.minimum(codes, count - 1)
        numbers = np.empty(codes.shape)
        for start in range(0, codes.size, _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            numbers[rows] = self._inside(regular[rows], share[rows])
        for offset, special in enumerate(column.specials):
            numbers[codes == count + offset] = special
        null = codes == column.null_code if column.nullable else None
        return column.kind_of.write(column, numbers, null=null)  # type: ignore[attr-defined]

    @cached_property
    def _parts(self) -> Parts:
        return Parts.of(Heaping.of(self.column))

    @cached_property
    def _choices(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """What the bins choose among, by bin: the bin, the part or the position of a single behind them, the share."""
        parts, size = self._parts, self.column.regular
        own = self._bins_of_singles
        left = 1 - np.bincount(own, weights=self.shares, minlength=size)
        share = parts.counts * self.weights[parts.heaps]
        share *= (np.maximum(left, 0) / np.maximum(np.bincount(parts.bins, weights=share, minlength=size), _TINY))[
            parts.bins
        ]
        bins = np.concatenate([parts.bins, own])
        shares = np.concatenate([share, self.shares])
        order = np.lexsort((-shares, bins))
        return bins[order], order, shares[order]

    @property
    def _bins_of_singles(self) -> NDArray[np.int64]:
        """Code of each single value."""
        return bins_of(self.column, np.array(self.singles, dtype=np.float64))

    @cached_property
    def _ends(self) -> Floats:
        """Where each choice ends if each bin has length 1 and they follow each other, after a first 0."""
        bins, _, share = self._choices
        ends = np.cumsum(share)
        last = np.flatnonzero(np.diff(bins, append=self.column.regular))
        ends[last] = np.arange(1, last.size + 1)
        return np.concatenate([[0.0], np.maximum.accumulate(ends)])

    @cached_property
    def _guide(self) -> NDArray[np.int64]:
        """The choice at each of :data:`_GUIDES` places of a bin, from which a row's is near: faster than a search."""
        places = np.arange(_GUIDES * round(self._ends[-1])) / _GUIDES
        return np.asarray(np.searchsorted(self._ends, places, side="right") - 1, np.int64)

    @cached_property
    def _first(self) -> NDArray[np.intp]:
        """Position of each bin's first choice, shape (regular,); behind all for bins without any."""
        bins = self._choices[0]
        first = np.searchsorted(bins, np.arange(self.column.regular))
        held = np.bincount(bins, minlength=self.column.regular) > 0
        return np.asarray(np.where(held, first, bins.size))

    def _inside(self, codes: NDArray[Any], share: Floats) -> Floats:
        """Return the number at a share of each regular code's bin, shape (rows,)."""
        first, ends, parts = self._first[codes], self._ends, self._parts.bins.size
        held = first < ends.size - 1
        if not held.all():  # a bin that holds no multiple of the step has its own bound as its value
            numbers: Floats = self.column.bounds()[codes]
            numbers[held] = self._inside(codes[held], share[held])
            return numbers
        begin = ends[first]
        wanted = np.minimum(begin + share, (begin + 1) * _BELOW_ONE)  # which may round up
        choice = self._guide[(wanted * _GUIDES).astype(np.int64)]
        for _ in range(_LOOKS):
            choice += ends[choice + 1] <= wanted
        late = np.flatnonzero(ends[choice + 1] <= wanted)
        choice[late] = np.searchsorted(ends, wanted[late], side="right") - 1
        start = ends[choice]
        rest = np.clip((wanted - start) / (ends[choice + 1] - start), 0.0, _BELOW_ONE)
        part = self._choices[1][choice]
        if not self.singles:
            return self._parts.values(part, rest)
        single = part >= parts
        numbers = self._parts.values(np.where(single, 0, part), rest)
        numbers[single] = np.array(self.singles)[part[single] - parts]
        return numbers


def heaps_json(heaps: Mapping[str, Heaps]) -> dict[str, Any]:
    """Return all that decides the values, as plain JSON values under a key of their own; nothing if there are none."""
    listed = {
        name: {"weights": heap.weights.tolist(), "singles": list(heap.singles), "shares": list(heap.shares)}
        for name, heap in heaps.items()
    }
    return {_KEY: listed} if heaps else {}


def heaps_from_json(content: bytes, domain: Domain, *, release: Release | None) -> Mapping[str, Heaps]:
    """Return what is in a file that :func:`heaps_json` is a part of, which may come from anybody.

    Args:
        content: JSON, a whole file.
        domain: the columns.
        release: whose columns of heaps must be those of the file, if it is known.

    Raises:
        IntegrityError: it is not about heaps of these columns.
    """
    names = None if release is None else {answer.column for answer in release.of_kind(NoisyHeaping)}
    if names == set():
        return {}
    try:
        listed = json.loads(content).get(_KEY, {})
    except (ValueError, RecursionError, AttributeError) as error:
        raise IntegrityError("the generator's columns cannot be read", hint=_FIT_AGAIN) from error
    if not isinstance(listed, dict) or not set(listed) <= set(domain.names) or names not in (None, set(listed)):
        raise IntegrityError("the generator has heaps of other columns than its release", hint=_FIT_AGAIN)
    return {name: _read(domain[name], facts) for name, facts in listed.items()}


def _read(column: Column, facts: Any) -> Heaps:
    """Read the facts of one column, which may come from anybody."""
    try:
        weights, singles, shares = (_numbers(facts[key]) for key in ("weights", "singles", "shares"))
        inside = (singles >= column.minimum) & (singles <= column.maximum)
        fits = has_heaps(column) and weights.size == Heaping.of(column).size and shares.size == singles.size
        fits &= bool(((weights >= LEAST_WEIGHT) & (weights <= LARGEST_WEIGHT)).all())
        fits &= singles.size <= MOST_LISTED and bool((inside & (shares >= 0) & (shares <= 1)).all())
    except (KeyError, TypeError) as error:
        raise IntegrityError(f"the heaps of {column.name!r} are odd", hint=_FIT_AGAIN) from error
    if not fits:
        raise IntegrityError(f"the heaps of {column.name!r} are odd", hint=_FIT_AGAIN)
    return Heaps(column=column, weights=weights, singles=tuple(singles.tolist()), shares=tuple(shares.tolist()))


def _numbers(listed: Any) -> Floats:
    """Return a list of numbers as an array.

    Raises:
        TypeError: it is not one.
    """
    if not isinstance(listed, list) or not all(type(number) is float for number in listed):
        raise TypeError
    return np.array(listed, dtype=np.float64)


def largest_json(release: Release) -> int:
    """Return the most bytes that :func:`heaps_json` adds to a file of a generator that was fitted to a release."""
    names = [answer.column for answer in release.of_kind(NoisyHeaping)]
    sizes = [Heaping.of(release.domain[name]).size + 2 * MOST_LISTED for name in names]
    empty: dict[str, dict[str, list[float]]] = {name: {"weights": [], "singles": [], "shares": []} for name in names}
    return len(json_bytes({_KEY: empty})) + _LONGEST * (len(names) + sum(sizes))
