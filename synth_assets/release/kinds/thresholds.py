"""Noisy thresholds: discover the categories of a column without revealing those of a single unit.

Each text's number of rows gets discrete Gaussian noise, and texts above a threshold are
released with their noisy counts. ``max_rows`` rows of a unit may be in as many
texts or all in one, so L0, L2 and Linf are all ``max_rows``; the delta is the exact
discrete tail (``docs/privacy/discovery.md``).

Example:
    >>> wards = Discovery.of(column="ward", categories=("surgery", "eyes"), counts=(120, 80), left_out=0, scale=5.0,
    ...                      threshold=61, rho=0.02, delta=1e-9, draw=0)
    >>> categories_of([wards])
    {'ward': ('surgery', 'eyes')}

References:
    Rogers (2023), "A Unifying Privacy Analysis Framework for Unknown Domain
    Algorithms in Differential Privacy", https://arxiv.org/abs/2309.09170.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.domain import Column, Domain
from synth_assets.privacy import (
    NANO,
    PrivacyUnit,
    ThresholdRule,
    atto_delta_of,
    nano_rho_of,
    rounded_up,
    threshold_delta,
    threshold_map_of,
)
from synth_assets.privacy.mechanism import read_threshold
from synth_assets.privacy.noise import RULE, ThresholdNoise, least_threshold
from synth_assets.release.answers import Answer, Audited, Grids, require

__all__ = ["OLD_RULE", "Discovery", "ThresholdQuery", "categories_of"]

OLD_RULE: ThresholdRule = "at_or_above"
"""The rule of a record without a rule: in releases up to format 2, counts equal to the threshold are released."""
_PARTS = {"column", "categories", "left_out", "threshold", "rule"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdQuery:
    """A query for the categories of one column.

    Attributes:
        column: the column before discovery: its only category is ``other``.
    """

    kind: ClassVar[str] = "thresholds"

    column: Column

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> ThresholdNoise:
        """See ``Query``."""
        return least_threshold(max_rows=unit.max_rows, rho=rho, delta=delta)

    def descriptor(self) -> dict[str, Any]:
        """Return what is known before: the categories follow from the answer."""
        return {"column": self.column.name}

    def shape(self) -> None:
        """See ``Query``; which texts there are is what a threshold hides."""
        return


class Discovery(Answer):
    """The answer of one threshold: ``values`` are the noisy counts of the released categories, decreasing."""

    __slots__ = ()
    kind: ClassVar[str] = "thresholds"
    page: ClassVar[str] = "docs/privacy/discovery.md"
    claim: ClassVar[str] = "discovery maps"
    absent: ClassVar[str] = "no column is discovered, and none is open in the contract"
    ask_for: ClassVar[str] = "write `categories: discover` at a column of the contract"
    says_all: ClassVar[bool] = False

    @classmethod
    def of(  # noqa: PLR0913 - the parts of a record
        cls,
        *,
        column: str,
        categories: Sequence[str],
        counts: Sequence[int],
        left_out: int,
        scale: float,
        threshold: int,
        rho: float,
        delta: float,
        draw: int,
        d_in: int = 1,
        mechanism: str = "",
        rule: ThresholdRule = RULE,
    ) -> Self:
        """Return a discovery from its parts.

        Args:
            column: the column's name.
            categories: the texts whose noisy count exceeds the threshold, by decreasing count, then by text.
            counts: their noisy counts.
            left_out: number of further texts beyond the size limit of a column; they count as ``other``.
            scale: parameter of the noise.
            threshold: the threshold for noisy counts.
            rho: zCDP loss of the noise.
            delta: bound on the probability that the threshold releases a text of a single unit.
            draw: number of the draw.
            d_in: contribution bound, rows per unit.
            mechanism: OpenDP's JSON of the measurement.
            rule: which counts were released; under :data:`OLD_RULE`, ``delta`` is that of OpenDP 0.16: too small.
        """
        return cls(
            descriptor={
                "column": column,
                "categories": tuple(categories),
                "left_out": left_out,
                "threshold": threshold,
                "rule": rule,
            },
            values=np.array(counts, dtype=np.int64),
            scale=scale,
            d_in=d_in,
            rho=rho,
            delta=delta,
            draw=draw,
            mechanism=mechanism,
        )

    @property
    def column(self) -> str:
        """The column's name."""
        return str(self.descriptor["column"])

    @property
    def categories(self) -> tuple[str, ...]:
        """The texts whose noisy count exceeds the threshold, by decreasing count, then by text."""
        return tuple(self.descriptor["categories"])

    @property
    def counts(self) -> tuple[int, ...]:
        """Their noisy counts."""
        return tuple(self.values.tolist())

    @property
    def left_out(self) -> int:
        """Number of further texts beyond the size limit of a column; they count as ``other``."""
        return int(self.descriptor["left_out"])

    @property
    def threshold(self) -> int:
        """The threshold for noisy counts."""
        return int(self.descriptor["threshold"])

    @property
    def rule(self) -> ThresholdRule:
        """Which counts were released."""
        rule: ThresholdRule = self.descriptor["rule"]
        return rule

    @classmethod
    def announced(
        cls, queries: Sequence[ThresholdQuery], noises: Sequence[ThresholdNoise], *, unit: PrivacyUnit
    ) -> Any:
        """See ``Answer``; all columns of a draw have the same noise."""
        noise = noises[0]
        return {
            "discover": [query.column.as_json() for query in queries],
            "mechanism": noise.mechanism,
            "rule": RULE,
            "rho": noise.rho,
            "delta": noise.delta,
            "unit": unit.as_json(),
        }

    @classmethod
    def kept(cls, drawn: Sequence[tuple[str, int]]) -> Any:
        """Keep as many categories as a column can have besides ``other``; dropping the others is post-processing."""
        most = LARGEST_DOMAIN - 1
        return {"released": [list(pair) for pair in drawn[:most]], "left_out": max(0, len(drawn) - most)}

    @classmethod
    def from_journal(cls, query: Any, noise: Any, part: Any, *, draw: int) -> Self:
        """See ``Answer``."""
        return cls.of(
            column=query.column.name,
            categories=[text for text, _ in part["released"]],
            counts=[count for _, count in part["released"]],
            left_out=part["left_out"],
            scale=noise.scale,
            threshold=noise.threshold,
            rho=noise.rho,
            delta=noise.delta,
            draw=draw,
            d_in=noise.d_in,
            mechanism=noise.mechanism,
        )

    def noted(self) -> Any:
        """See ``Answer``."""
        pairs = zip(self.categories, self.counts, strict=True)
        return {"released": [list(pair) for pair in pairs], "left_out": self.left_out}

    def sensitivity(self, max_rows: int) -> int:
        """Return L0 = L2 = Linf."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del domain, grids
        require(set(self.descriptor) == _PARTS and isinstance(self.descriptor["column"], str), "has a wild record")
        texts = self.descriptor["categories"]
        require(isinstance(texts, tuple) and all(isinstance(text, str) for text in texts), "has a wild record")
        require(self.values.shape == (len(texts),), "has a record without its counts")
        numbers = (self.descriptor["threshold"], self.descriptor["left_out"])
        require(all(type(number) is int and abs(number) < 2**63 for number in numbers), "has a record without numbers")
        require(self.descriptor["rule"] in (RULE, OLD_RULE), "has a record of an unknown rule")

    def recomputed(self, max_rows: int) -> tuple[float, float]:
        """Return OpenDP's rho, and the delta as the exact discrete tail under the record's rule."""
        stored = read_threshold(self.mechanism)
        exact = threshold_delta(scale=stored.scale, threshold=stored.threshold, max_rows=max_rows, rule=self.rule)
        return threshold_map_of(self.mechanism, max_rows=max_rows)[0], rounded_up(exact)

    def faults(self, audited: Audited) -> list[str]:
        """See ``Answer``."""
        return [*self._mechanism_faults(audited.max_rows), *self._category_faults()]

    def _mechanism_faults(self, d_in: int) -> list[str]:
        stored, faults = read_threshold(self.mechanism), []
        rho, delta = self.recomputed(d_in)
        if self.rule == OLD_RULE:
            # Such a record states OpenDP's delta; the actual cost is compared with the charge elsewhere.
            delta = threshold_map_of(self.mechanism, max_rows=d_in)[1]
        if rho > self.rho or delta > self.delta:
            stated = f"{self.rho:.3g}, {self.delta:.3g}"
            faults.append(f"{self.column} cost rho {rho:.3g} and delta {delta:.3g}, not {stated}")
        if (stored.scale, stored.threshold, d_in) != (self.scale, self.threshold, self.d_in):
            faults.append(f"{self.column} has other noise or another threshold than its record says")
        return faults

    def _category_faults(self) -> list[str]:
        faults, lowest = [], self.threshold + (self.rule != OLD_RULE)
        if sorted(self.counts, reverse=True) != list(self.counts) or len(self.counts) != len(self.categories):
            faults.append(f"the categories of {self.column} are not in the order of their counts")
        if any(count < lowest for count in self.counts):
            faults.append(f"{self.column} has a category that its threshold does not let through")
        if len(self.categories) >= LARGEST_DOMAIN:
            faults.append(f"{self.column} has more categories than a column can have")
        return faults

    @classmethod
    def faults_together(cls, answers: Sequence[Any], audited: Audited) -> list[str]:
        """Compare the columns with the contract's, and the cost of thresholds under the old rule with their charge."""
        faults = []
        if [answer.column for answer in answers] != list(audited.contract.discovered_columns):
            faults.append("the columns that were discovered are not those that the contract leaves open")
        cost = atto_delta_of(answer.recomputed(audited.max_rows)[1] for answer in answers)
        if any(answer.rule == OLD_RULE for answer in answers) and cost > audited.charged.atto_delta:
            faults.append(
                f"thresholds cost {cost:,} atto-delta by the exact discrete tail, {audited.charged.atto_delta:,} were "
                "charged: the ledger's correction is not in these entries, see docs/privacy/discovery.md"
            )
        return faults

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        columns = f"{len(answers)} columns, each map recomputed by OpenDP at L0 = L2 = Linf = {audited.max_rows}"
        return f"{columns}, each delta as the exact discrete tail"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; d_in is L0, L2 and Linf."""
        return [
            {
                "opendp": answer.mechanism,
                "draw": answer.draw,
                "scale": answer.scale,
                "threshold": answer.threshold,
                **({"releases": "counts above the threshold"} if answer.rule == RULE else {}),
                "d_in": [max_rows] * 3,
                "d_out": {"rho": answer.rho, "delta": answer.delta},
                "discovers": answer.column,
            }
            for answer in answers
        ]

    @classmethod
    def spending(cls, answers: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the total cost of discovery."""
        if not answers:
            return []
        rho, delta = nano_rho_of(answer.rho for answer in answers) / NANO, sum(answer.delta for answer in answers)
        return [{"draw": answers[0].draw, "discovers": len(answers), "rho": rho, "delta": delta}]

    @classmethod
    def counted(cls, answers: Sequence[Any]) -> dict[str, Any]:
        """See ``Answer``."""
        return {"discovered": {answer.column: len(answer.categories) for answer in answers}}

    @classmethod
    def preprocessing(cls, answers: Sequence[Any]) -> list[str]:
        """See ``Answer``."""
        return [
            f"categories of {answer.column} are those whose noisy count was above {answer.threshold}: "
            f"{len(answer.categories)}; the others count as `other`"
            for answer in answers
        ]


def categories_of(discoveries: Iterable[Discovery]) -> Mapping[str, tuple[str, ...]]:
    """Return the categories of each column, as ``DatasetContract.domain`` takes them."""
    return {discovery.column: discovery.categories for discovery in discoveries}
