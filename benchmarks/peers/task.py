"""What every peer gets and gives: a folder with integer codes and their domain, and a loss in zCDP.

A script beside this one reads ``coded.csv`` and ``domain.json`` (columns and
their number of codes) in a folder, and writes ``synthetic.csv`` there, of codes
again. A mechanism that codes values itself reads ``values.csv``, as text and null as
``N``, and ``columns.json`` instead (what the contract says of each column: the
``values``, or ``min``, ``max`` and ``whole``; and ``nullable``), and writes values.
It runs in an environment that has the peer and pandas, and nothing of ours.

References:
    Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy",
    2020, Proposition 12: zCDP as approximate differential privacy.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Task", "read_task", "rho_of"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run of a peer.

    Attributes:
        folder: where ``coded.csv`` lies and ``synthetic.csv`` goes.
        method: which of the peer's mechanisms.
        epsilon: of one row, added or removed.
        delta: likewise.
        seed: for what the peer lets be seeded.
    """

    folder: Path
    method: str
    epsilon: float
    delta: float
    seed: int

    @property
    def sizes(self) -> dict[str, int]:
        """Number of codes of each column."""
        sizes: dict[str, int] = json.loads((self.folder / "domain.json").read_text())
        return sizes

    @property
    def declared(self) -> dict[str, dict[str, Any]]:
        """What is declared of the values of each column."""
        columns: dict[str, dict[str, Any]] = json.loads((self.folder / "columns.json").read_text())
        return columns

    def values(self) -> pd.DataFrame:
        """Read the rows as text."""
        return pd.read_csv(self.folder / "values.csv", dtype=str, keep_default_na=False)

    def write_values(self, rows: pd.DataFrame) -> None:
        """Write synthetic values."""
        rows.to_csv(self.folder / "synthetic.csv", index=False, na_rep="N")

    def rows(self) -> pd.DataFrame:
        """Read the coded rows."""
        return pd.read_csv(self.folder / "coded.csv")

    def write(self, rows: pd.DataFrame) -> None:
        """Write synthetic codes, in the columns' order."""
        rows[list(self.sizes)].astype(int).to_csv(self.folder / "synthetic.csv", index=False)


def read_task() -> Task:
    """Read the command line and seed NumPy's global generator."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--method", required=True)
    parser.add_argument("--epsilon", type=float, required=True)
    parser.add_argument("--delta", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    task = Task(**vars(parser.parse_args()))
    np.random.seed(task.seed)  # noqa: NPY002 - what the peers draw from
    return task


def rho_of(epsilon: float, delta: float) -> float:
    """Return the largest rho whose zCDP implies (epsilon, delta)-DP, to one part in a billion."""
    low, high = 0.0, epsilon
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _delta(middle, epsilon) <= delta else (low, middle)
    return low


def _delta(rho: float, epsilon: float) -> float:
    orders = 1 + np.geomspace(1e-3, 1e5, 20_000)
    logs = (orders - 1) * (orders * rho - epsilon) + orders * np.log1p(-1 / orders) - np.log(orders - 1)
    return math.exp(min(float(logs.min()), 0.0))
