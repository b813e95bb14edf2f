"""Machines that wear, are serviced and fail: what a fleet's sensors, workshop and accounts say on one day.

Wear grows by a gamma process whose rate is a power of the load; a service takes a share of it away; a machine fails
within a month with a hazard that grows with the cube of wear, as that of Weibull's law does with age.

References:
    van Noortwijk (2009), "A survey of the application of gamma processes in maintenance", Section 3.
    Weibull (1951), "A Statistical Distribution Function of Wide Applicability".
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.simulators.simulator import Parameter, Simulator

__all__ = ["Machines"]

Floats = NDArray[np.float64]
_WEAR_STEP = 0.05
"""Scale of the gamma process: how uneven wear is."""
_HARDNESS = 3.0


class Machines(Simulator):
    """A fleet of machines, each as it is on one day; failures, downtime and cost are those of the next month."""

    parameters = {  # noqa: RUF012 - a class variable by its base
        "load": Parameter(low=0.3, high=0.8, meaning="median load, as a share of what the machine is built for"),
        "wear": Parameter(low=0.2, high=5.0, log=True, meaning="wear in 1,000 hours at full load"),
        "strain": Parameter(low=0.5, high=4.0, meaning="the power of the load by which wear grows"),
        "service_interval": Parameter(low=20, high=300, log=True, meaning="mean days between two services"),
        "service_effect": Parameter(low=0.2, high=0.95, meaning="share of the wear that a service removes"),
        "hazard": Parameter(low=0.02, high=2.0, log=True, meaning="rate of failures in a month at wear 1"),
        "repair": Parameter(low=4, high=200, log=True, meaning="mean hours of downtime of a failure"),
    }
    portable = True

    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> dict[str, Any]:
        """See ``Simulator``. What takes a varying amount of random numbers comes last, see ``docs/simulators.md``."""
        days = np.ceil(350 * rng.standard_gamma(2.0, rows))
        interval = parameters["service_interval"] * rng.standard_gamma(9.0, rows) / 9
        since_share, chance = rng.random((2, rows))
        use, shaken, heat, tilt = rng.standard_normal((4, rows))
        peak, delay, parts = (rng.standard_gamma(shape, rows) for shape in (4.0, 1.5, 3.0))
        odds = parameters["load"] / (1 - parameters["load"]) * np.exp(0.6 * tilt)
        load = odds / (1 + odds)
        daily = 24 * np.clip(0.25 + 0.5 * load + 0.1 * use, 0.02, 1)
        services = np.floor(days / interval)
        since = np.floor(np.where(services > 0, since_share * np.minimum(interval, days), days))
        kept = 1 - parameters["service_effect"]
        left = interval * kept * (1 - kept**services) / (1 - kept)
        growth = parameters["wear"] * daily / 1000 * load ** parameters["strain"]
        worn = rng.standard_gamma(growth * (left + since) / _WEAR_STEP + 1e-9) * _WEAR_STEP
        failed = chance < -np.expm1(-parameters["hazard"] * worn**_HARDNESS)
        downtime = np.where(failed, 1 + parameters["repair"] * delay / 1.5, 0.0)
        vibration = 1 + 2 * worn + 0.4 * load + 0.15 * shaken
        return {
            "hours": np.rint(days * daily),
            "load": np.round(load, 2),
            "services": services,
            "days_since_service": since,
            "vibration_mean": np.round(vibration, 2),
            "vibration_p95": np.round(vibration * (1.3 + 0.5 * worn * peak / 4), 2),
            "temperature": np.round(32 + 25 * load + 6 * worn + 2 * heat, 1),
            "failed": failed,
            "downtime": np.round(downtime, 1),
            "cost": np.rint(12_000 / interval + failed * 800 * parts + 55 * downtime),
        }
