"""A simulator from another package: the columns of the made-up incomes, by a mechanism with three parameters."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from synth_assets.generator import Parameter, Simulator

_AGES = 60


class Incomes(Simulator):
    """Incomes that grow with age; whoever is older than a certain age lives in the west."""

    parameters = {  # noqa: RUF012 - a class variable by its base
        "spread": Parameter(low=2, high=30, log=True, meaning="how far incomes are from ages"),
        "moves": Parameter(low=20, high=70, meaning="the age at which people move to the west"),
        "unknown": Parameter(low=0, high=0.5, meaning="share of unknown ages"),
    }
    portable = True

    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> dict[str, Any]:
        """See ``Simulator``."""
        age = 18 + np.floor(_AGES * rng.random(rows))
        income = np.round(np.clip(age + parameters["spread"] * rng.standard_normal(rows), 0, 100), 2)
        east = np.where(rng.random(rows) < 0.5, "north", "south")
        return {
            "age": np.where(rng.random(rows) < parameters["unknown"], np.nan, age),
            "income": np.where(rng.random(rows) < 0.05, -1.0, income),
            "region": np.where(age < parameters["moves"], east, "west"),
            "member": income > 50,
            "joined": ((age - 18) // 2).astype("datetime64[D]"),
        }
