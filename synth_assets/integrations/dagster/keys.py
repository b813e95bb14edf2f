"""Names of assets, jobs and checks, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import dagster as dg

from synth_assets.contract import DatasetContract

__all__ = ["Keys", "Step", "asset_key", "job_name", "steps_of"]

Step = Literal["source", "release", "generator", "candidate", "scenario", "promoted", "comparison"]
"""The steps of a dataset; there is one `scenario` per scenario of the contract. `comparison` leads nowhere."""


def asset_key(dataset: str, step: Step, scenario: str = "") -> dg.AssetKey:
    """Return the key that an asset has unless a translator gives another: ``happiness/release``."""
    return dg.AssetKey([dataset, step, *([scenario] if step == "scenario" else [])])


def steps_of(contract: DatasetContract) -> tuple[tuple[Step, str], ...]:
    """Return the steps of a dataset in their order, each with its scenario or an empty text."""
    scenarios: list[tuple[Step, str]] = [("scenario", name) for name in contract.scenarios]
    chain: list[tuple[Step, str]] = [("source", ""), ("release", ""), ("generator", ""), ("candidate", "")]
    comparison: list[tuple[Step, str]] = [("comparison", "")] if contract.compare else []
    return (*chain, *scenarios, ("promoted", ""), *comparison)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a dataset's assets and checks, as its translator gave them.

    Example:
        >>> Keys("happiness").asset("scenario", "retired").to_user_string()
        'happiness/scenario/retired'
        >>> Keys("happiness").check("fidelity").to_user_string()
        'happiness/candidate:fidelity'
    """

    dataset: str
    translated: Mapping[tuple[Step, str], dg.AssetKey] = field(default_factory=dict)
    """By step and scenario; what is not in it has the usual key."""
    partition: str | None = None
    """The partition that is meant, where keys have several."""

    def asset(self, step: Step, scenario: str = "") -> dg.AssetKey:
        """Return the key of one of the dataset's assets."""
        return self.translated.get((step, scenario)) or asset_key(self.dataset, step, scenario)

    def table(self, scenario: str = "") -> dg.AssetKey:
        """Return the key of what checks look at: the candidate, or the table of a scenario."""
        return self.asset("scenario" if scenario else "candidate", scenario)

    def check(self, check: str, scenario: str = "") -> dg.AssetCheckKey:
        """Return the key of a check on the candidate, or on the table of a scenario."""
        return dg.AssetCheckKey(self.table(scenario), check)

    def op(self, step: Step) -> str:
        """Return the name of a step in the configuration of a run."""
        return self.asset(step).to_python_identifier()


def job_name(dataset: str) -> str:
    """Return the name of the job that samples, checks and promotes a new candidate."""
    return f"{dataset}_refresh"
