"""What a contract says of its scenarios: tables of their own, drawn under a condition, with other weights or shares.

The words are those of ``synth-assets sample``. Values are written as texts, as on the command line; whether a column
or a value exists, and whether a condition can hold, is looked at where domains are read (``candidate.scenarios``).

Example:
    >>> Scenario.model_validate({"shares": {"member": {True: 0.5, False: 0.5}}}).shares
    {'member': {'true': 0.5, 'false': 0.5}}
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from synth_assets.contract.declared import Part, Words
from synth_assets.domain.codes import written

__all__ = ["Scenario", "ScenarioName"]

ScenarioName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
"""Names a folder and an asset."""


Value = Annotated[str, BeforeValidator(written)]
_Amount = Annotated[float, Field(ge=0)]
Numbers = Annotated[dict[Value, _Amount], Field(min_length=1)]


class Scenario(Part):
    """One table that differs from the whole one on purpose."""

    description: Words = Field(default="", examples=["An older town."], description="What the scenario is for.")
    where: str = Field(
        default="",
        examples=["age >= 65"],
        description="What every row keeps, such as `age >= 65 AND region = 'north'`.",
    )
    weights: dict[str, Numbers | _Amount] = Field(
        default_factory=dict,
        examples=[{"ward": {"surgery": 2.0}}],
        description="How much more often than before values occur, by column; or one factor for a condition.",
    )
    shares: dict[str, Numbers] = Field(
        default_factory=dict,
        examples=[{"ward": {"surgery": 0.5, "medicine": 0.5}}],
        description="Shares that columns have; values that are not named are left out.",
    )
    groups: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["ward"]],
        description="Columns whose groups `label_rates` compares, besides re-weighed ones.",
    )
    rows: int | None = Field(
        default=None, ge=1, le=10**10, examples=[10000], description="Rows; by default those of the whole table."
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="Another one is another table of the same kind.")

    @model_validator(mode="after")
    def _differs(self) -> "Scenario":
        if not (self.where or self.weights or self.shares):
            raise ValueError("a scenario needs `where`, `weights` or `shares`: without them it is the whole table")
        for column, numbers in self.shares.items():
            if not any(numbers.values()):
                raise ValueError(f"the shares of {column!r} are all 0: name a value that occurs")
        return self

    @property
    def reweighed(self) -> tuple[str, ...]:
        """The columns whose values have shares or weights of their own."""
        by_value = [name for name, factors in self.weights.items() if isinstance(factors, dict)]
        return tuple(dict.fromkeys([*self.shares, *by_value]))
