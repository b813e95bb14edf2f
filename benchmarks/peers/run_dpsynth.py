"""dpsynth: SWIFT on all pairs, MST, AIM.

The library has no release on the package index: a person installs a checkout in
an environment of their own. With the accounting library that is on the index,
its calibration of SWIFT divides by zero, so SWIFT is calibrated here: all that
it releases is one Gaussian.

References:
    Balle, Wang, "Improving the Gaussian Mechanism for Differential Privacy",
    2018, Theorem 8.
"""

import itertools

import mbi
import numpy as np
import pandas as pd
from dpsynth import discrete_mechanisms as mechanisms
from scipy.optimize import brentq
from scipy.special import log_ndtr
from task import read_task

ITERATIONS, CLIQUE = 2_000, 1e5
"""SWIFT's defaults, 10,000 and 1e7, take more time and memory than a laptop gives."""


def gaussian_rho(epsilon: float, delta: float) -> float:
    """Return the rho = mu^2 / 2 of the Gaussian mechanism that is exactly (epsilon, delta)-DP."""

    def excess(mu: float) -> float:
        return float(
            np.exp(log_ndtr(mu / 2 - epsilon / mu)) - np.exp(epsilon + log_ndtr(-mu / 2 - epsilon / mu)) - delta
        )

    return float(brentq(excess, 1e-6, 50.0, xtol=1e-10)) ** 2 / 2


def main() -> None:
    """Run one mechanism, with the library's own one-way measurements around it."""
    task = read_task()
    sizes = task.sizes
    pairs = list(itertools.combinations(sizes, 2))
    inner = {
        "swift": mechanisms.SWIFTConfig(workload=pairs, max_clique_size=CLIQUE, pgm_iters=ITERATIONS),
        "swift-default": mechanisms.SWIFTConfig(workload=pairs),
        "mst": mechanisms.MSTConfig(),
        "aim": mechanisms.AIMConfig(),
    }[task.method]
    around = mechanisms.DiscreteConfig(mechanism=inner)
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
