"""What a release says of a column whose categories were discovered: which, how sure, at what cost.

Example:
    >>> wards = Discovery(column="ward", categories=("surgery", "eyes"), counts=(120, 80), left_out=0, scale=5.0,
    ...                   threshold=61, rho=0.02, delta=1e-9, draw=0, mechanism="{}", rule="above")
    >>> Discovery.from_json(wards.as_json()) == wards
    True
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from synth_assets.privacy import ThresholdRule

__all__ = ["Discovery", "categories_of"]

_SILENT: ThresholdRule = "at_or_above"
"""The rule of a record that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The answer of one threshold. Every field is safe to publish.

    Attributes:
        column: the column's name.
        categories: the texts whose noisy count passed the threshold, by falling count, then by text.
        counts: their noisy counts.
        left_out: how many more passed it than a column can have; they count as ``other``.
        scale: parameter of the discrete Gaussian noise.
        threshold: what noisy counts were held against.
        rho: zCDP loss of the noise.
        delta: probability that the threshold lets something through that only one unit has, at most.
        draw: number of the draw in the journal.
        mechanism: OpenDP's JSON of the measurement.
        rule: which counts were released. Releases up to format 2 say nothing and mean "at_or_above";
            their ``delta`` is that of OpenDP 0.16, which is too small, see ``docs/privacy/discovery.md``.
    """

    column: str
    categories: tuple[str, ...]
    counts: tuple[int, ...]
    left_out: int
    scale: float
    threshold: int
    rho: float
    delta: float
    draw: int
    mechanism: str
    rule: ThresholdRule

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__ if name != "rule"}
        values |= {} if self.rule == _SILENT else {"rule": self.rule}
        return {**values, "categories": list(self.categories), "counts": list(self.counts)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(
            **{"rule": _SILENT, **value, "categories": tuple(value["categories"]), "counts": tuple(value["counts"])}
        )


def categories_of(discoveries: Iterable[Discovery]) -> dict[str, tuple[str, ...]]:
    """Return the categories of each column, as ``DatasetContract.domain`` takes them."""
    return {item.column: item.categories for item in discoveries}
