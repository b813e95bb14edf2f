"""Names of assets, jobs and checks, in one place."""

from typing import Literal

import dagster as dg

__all__ = ["Step", "asset_key", "check_key", "job_name"]

Step = Literal["source", "release", "generator", "candidate", "promoted"]


def asset_key(dataset: str, step: Step) -> dg.AssetKey:
    """Return the key of one of a dataset's five assets, such as ``happiness/release``."""
    return dg.AssetKey([dataset, step])


def check_key(dataset: str, check: str) -> dg.AssetCheckKey:
    """Return the key of a check on the dataset's candidate."""
    return dg.AssetCheckKey(asset_key(dataset, "candidate"), check)


def job_name(dataset: str) -> str:
    """Return the name of the job that samples, checks and promotes a new candidate."""
    return f"{dataset}_refresh"
