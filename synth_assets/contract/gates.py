"""What a contract says of checks on real people: limits for measured figures, and how they are made.

The names of figures are held against the metrics that are installed wherever a person's contract is
checked (``evaluation.asked``); reading a contract needs none of them.

Example:
    >>> Gate(min=0.85).limit, Gate(max=0.1).limit
    (0.85, 0.1)
"""

from typing import Annotated

from pydantic import Field, model_validator

from synth_assets.contract.declared import Part

__all__ = ["Evaluation", "Gate", "GateName"]

GateName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[^.\x00-\x1f\x7f]{1,128}){0,2}$")]
"""A metric and what it is about: ``tstr_auc``, ``fairness.sex.equalized_odds``."""


class Gate(Part):
    """A limit that a measured figure must surely keep, despite its noise."""

    min: float | None = Field(default=None, description="What the figure is at least.", examples=[0.7])
    max: float | None = Field(default=None, description="What the figure is at most.", examples=[0.1])

    @model_validator(mode="after")
    def _one(self) -> "Gate":
        if (self.min is None) == (self.max is None):
            raise ValueError("a gate has either `min` or `max`")
        return self

    @property
    def limit(self) -> float:
        """The minimum or the maximum."""
        return next(limit for limit in (self.min, self.max) if limit is not None)

    @property
    def words(self) -> str:
        """The limit as a person says it, such as ``at most 0.1``."""
        return f"{'at most' if self.min is None else 'at least'} {self.limit:g}"

    def keeps(self, *, low: float, high: float) -> bool:
        """Tell whether every value between two bounds keeps the limit."""
        return high <= self.limit if self.min is None else low >= self.limit


class Evaluation(Part):
    """How measured figures are made."""

    model: str = Field(
        default="gradient_boosting", min_length=1, description="The class of models that is fitted to synthetic rows."
    )
    positive: str | None = Field(
        default=None,
        examples=["income = '>50K'"],
        description="What is predicted: a condition on `target`, such as `income = '>50K'`.",
    )
    threshold: float = Field(default=0.5, gt=0, lt=1, description="Score from which the model says yes.")
    population: int | None = Field(
        default=None,
        ge=1,
        examples=[20000],
        description="About how many rows there are, so that gates can be planned before a release.",
    )
