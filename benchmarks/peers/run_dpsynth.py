"""dpsynth: SWIFT on all pairs, MST, AIM; on codes, or on values that the library's own preprocessing codes.

The library has no release on the package index: a person installs a checkout in
an environment of their own. With the accounting library that is on the index,
its calibration of SWIFT divides by zero, so SWIFT is calibrated here: all that
it releases is one Gaussian.

References:
    Balle, Wang, "Improving the Gaussian Mechanism for Differential Privacy",
    2018, Theorem 8.
"""

import itertools
from collections.abc import Iterable
from typing import Any

import dpsynth
import mbi
import numpy as np
import pandas as pd
from dpsynth import discrete_mechanisms as mechanisms
from scipy.optimize import brentq
from scipy.special import log_ndtr
from task import Task, read_task, rho_of

ITERATIONS, CLIQUE = 2_000, 1e5
"""SWIFT's defaults, 10,000 and 1e7, take more time and memory than a laptop gives."""


def gaussian_rho(epsilon: float, delta: float) -> float:
    """Return the rho = mu^2 / 2 of the Gaussian mechanism that is exactly (epsilon, delta)-DP."""

    def excess(mu: float) -> float:
        return float(
            np.exp(log_ndtr(mu / 2 - epsilon / mu)) - np.exp(epsilon + log_ndtr(-mu / 2 - epsilon / mu)) - delta
        )

    return float(brentq(excess, 1e-6, 50.0, xtol=1e-10)) ** 2 / 2


def mechanism_of(method: str, names: Iterable[str]) -> Any:
    """Return the configuration of a mechanism; SWIFT has all pairs of the columns as its workload."""
    pairs = list(itertools.combinations(names, 2))
    return {
        "swift": mechanisms.SWIFTConfig(workload=pairs, max_clique_size=CLIQUE, pgm_iters=ITERATIONS),
        "swift-default": mechanisms.SWIFTConfig(workload=pairs),
        "mst": mechanisms.MSTConfig(),
        "aim": mechanisms.AIMConfig(),
    }[method]


def attribute(declared: dict[str, Any]) -> Any:
    """Return what the library is told of one column: its values, or its bounds."""
    if "values" in declared:
        return dpsynth.CategoricalAttribute(possible_values=declared["values"])
    return dpsynth.NumericalAttribute(
        min_value=declared["min"],
        max_value=declared["max"],
        dtype="int" if declared["whole"] else "float",
        clip_to_range=not declared["nullable"],
        # Where null is a bin, drawing inside bins fails on the small integers that its codes are: the default then.
        interval_handling="midpoint" if declared["nullable"] else "sample",
    )


def run_on_values(task: Task) -> None:
    """Run a mechanism behind the library's own preprocessing, as its documentation does: its bins, its defaults."""
    declared, rows = task.declared, task.values()
    for name, column in declared.items():
        if "values" not in column:
            rows[name] = pd.to_numeric(rows[name], errors="coerce")
    config = dpsynth.TabularConfig(
        domains={name: attribute(column) for name, column in declared.items()},
        discrete_mechanism=mechanism_of(task.method.removeprefix("tabular-"), declared),
    )
    calibrated = config.configure(zcdp_rho=rho_of(task.epsilon, task.delta))
    synthetic = calibrated(np.random.default_rng(task.seed), rows[list(declared)]).synthetic_data
    for name, column in declared.items():
        if column.get("whole"):
            synthetic[name] = synthetic[name].round().astype("Int64")
    task.write_values(synthetic)


def main() -> None:
    """Run one mechanism, with the library's own one-way measurements around it."""
    task = read_task()
    if task.method.startswith("tabular-"):
        run_on_values(task)
        return
    sizes = task.sizes
    around = mechanisms.DiscreteConfig(mechanism=mechanism_of(task.method, sizes))
    if task.method.startswith("swift"):
        mechanism = around.configure(zcdp_rho=gaussian_rho(task.epsilon, task.delta))
    else:
        mechanism = around.calibrate(epsilon=task.epsilon, delta=task.delta)
    rows = task.rows()
    domain = mbi.Domain(list(sizes), list(sizes.values()))
    data = mbi.Dataset({name: rows[name].to_numpy() for name in sizes}, domain)
    sampled = mechanism(np.random.default_rng(task.seed), data).synthetic_data
    task.write(pd.DataFrame({name: np.asarray(sampled.to_dict()[name]) for name in sizes}))


if __name__ == "__main__":
    main()
