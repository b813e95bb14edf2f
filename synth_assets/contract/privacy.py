"""What a contract says of privacy: who is protected, and what one release may cost.

Example:
    >>> privacy = Privacy.model_validate({"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}})
    >>> privacy.spend.epsilon, privacy.holdout
    (1.0, 0.0)
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from synth_assets.contract.declared import LATER, Part
from synth_assets.privacy import LARGEST_DELTA, MOST_ROWS

__all__ = ["Privacy", "Spend", "UnitSpec"]


class Spend(Part):
    """What one release may cost, as (epsilon, delta) for the declared unit."""

    epsilon: float = Field(
        gt=0,
        le=100,
        description="How much may be learnt about one unit; `budget plan` says what it buys.",
        examples=[1.0],
    )
    delta: float = Field(gt=0, lt=LARGEST_DELTA, description="Below one over the number of units.", examples=[1.0e-7])
    threshold_delta: float = Field(
        default=0.0,
        ge=0,
        examples=[1.0e-9],
        description="The part of delta that pays for discovered categories; only with those.",
    )

    @model_validator(mode="after")
    def _within_delta(self) -> "Spend":
        if self.threshold_delta >= self.delta:
            raise ValueError(
                f"threshold_delta={self.threshold_delta:g} is a part of delta={self.delta:g} and must be below it"
            )
        return self


class UnitSpec(Part):
    """All rows that share a value of ``column``, at most ``max_rows`` of them counted."""

    column: str = Field(
        min_length=1, description="The column of ids, as the officer registered it.", examples=["patient_id"]
    )
    max_rows: int = Field(ge=1, le=MOST_ROWS, description="Rows of one unit that are counted, at most.", examples=[3])


class Privacy(Part):
    """Who is protected, how, and what one release costs."""

    unit: Literal["rows"] | UnitSpec = Field(
        description="Who is protected: `rows` where one row is one person, else whoever has an id.",
        examples=["rows", {"column": "patient_id", "max_rows": 3}],
    )
    neighbours: Literal["add_remove_unit"] = Field(
        default="add_remove_unit", description="What nobody can tell: whether one unit was added or removed."
    )
    spend: Spend = Field(
        description="What one release may cost; it is never paid back.", examples=[{"epsilon": 1.0, "delta": 1.0e-7}]
    )
    evaluation_share: float = Field(
        default=0.0,
        ge=0,
        le=0.9,
        examples=[0.1],
        description="Share of rho that the release leaves for measured checks on the people whom it measured.",
    )
    holdout: Annotated[float, LATER] = Field(
        default=0.0,
        examples=[0.1],
        description="Share of units that the release does not read, so that checks on them cost it nothing; the "
        "officer splits the account so.",
    )
    evaluation_attempts: Annotated[int, LATER] = Field(
        default=1, ge=1, le=1000, description="How many candidates of one release may be checked on real people."
    )

    @field_validator("holdout")
    @classmethod
    def _share(cls, value: float) -> float:
        if value != 0 and not 0.001 <= value <= 0.5:  # noqa: PLR2004 - as the message says
            raise ValueError(f"holdout={value:g} must be 0, or between 0.001 and 0.5")
        return value

    @model_validator(mode="after")
    def _ids(self) -> "Privacy":
        if self.holdout and self.unit == "rows":
            raise ValueError("holdout needs units with ids: with `unit: rows` nobody can be held out")
        return self
