"""Names of assets, jobs and checks, in one place."""

from typing import Literal

import dagster as dg

__all__ = ["Step", "asset_key", "check_key", "job_name", "table_key"]

Step = Literal["source", "release", "generator", "candidate", "scenario", "promoted", "comparison"]
"""The steps of a dataset; there is one `scenario` per scenario of the contract. `comparison` leads nowhere."""


def asset_key(dataset: str, step: Step, scenario: str = "") -> dg.AssetKey:
    """Return the key of one of a dataset's assets, such as ``happiness/release`` or ``happiness/scenario/retired``."""
    return dg.AssetKey([dataset, step, *([scenario] if step == "scenario" else [])])


def table_key(dataset: str, scenario: str = "") -> dg.AssetKey:
    """Return the key of what checks look at: the candidate, or the table of a scenario."""
    return asset_key(dataset, "scenario" if scenario else "candidate", scenario)


def check_key(dataset: str, check: str, scenario: str = "") -> dg.AssetCheckKey:
    """Return the key of a check on the dataset's candidate, or on the table of a scenario."""
    return dg.AssetCheckKey(table_key(dataset, scenario), check)


def job_name(dataset: str) -> str:
    """Return the name of the job that samples, checks and promotes a new candidate."""
    return f"{dataset}_refresh"
