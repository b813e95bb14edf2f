"""Simulators from another package: the columns of the made-up incomes, and those of the made-up people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_generator import install

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


class People(Simulator):
    """The made-up people: ages that are even, and members who are more likely in the north."""

    parameters = {  # noqa: RUF012 - a class variable by its base
        "members": Parameter(low=0.1, high=0.9, meaning="share of members in the north"),
        "unknown": Parameter(low=0, high=0.5, meaning="share of unknown ages"),
    }
    portable = True

    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> dict[str, Any]:
        """See ``Simulator``."""
        age, place, member, unknown = rng.random((4, rows))
        city = np.array(["north", "south", "east"])[np.floor(3 * place).astype(int)]
        likely = np.where(city == "north", parameters["members"], parameters["members"] / 2)
        return {
            "age": np.where(unknown < parameters["unknown"], np.nan, np.floor(20 * age)),
            "city": city,
            "member": member < likely,
        }


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a package with both simulators is installed."""
    entries = {"incomes": "toy_simulator:Incomes", "people": "toy_simulator:People"}
    folder = tmp_path_factory.mktemp("simulators")
    return install(folder, package="toy-simulators", entries=entries, group="synth_assets.simulators")
