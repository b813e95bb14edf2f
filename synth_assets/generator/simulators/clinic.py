"""A clinic's mornings: each patient waits until the one before was seen."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from synth_assets.generator.simulators.simulator import Parameter, Simulator

__all__ = ["Clinic"]

_MORNING = 30


class Clinic(Simulator):
    """Patients of many mornings: how long each waited, who saw them, and for how long."""

    parameters = {  # noqa: RUF012 - a class variable by its base
        "arrivals": Parameter(low=2, high=20, log=True, meaning="patients an hour"),
        "minutes": Parameter(low=2, high=30, log=True, meaning="mean minutes with the doctor"),
        "simple": Parameter(low=0, high=1, meaning="share of patients whom the nurse sees, in half the time"),
    }
    portable = True

    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> dict[str, Any]:
        """See ``Simulator``. Waiting is a walk that does not fall below 0 (Lindley 1952, "The Theory of Queues")."""
        mornings = -(-rows // _MORNING), _MORNING
        nurse = rng.random(mornings) < parameters["simple"]
        minutes = np.rint(rng.gamma(4, parameters["minutes"] / 4, mornings) * np.where(nurse, 0.5, 1) + 1)
        between = np.rint(rng.exponential(60 / parameters["arrivals"], mornings))
        step = np.zeros(mornings)
        step[:, 1:] = minutes[:, :-1] - between[:, 1:]
        walk = np.cumsum(step, axis=1)
        waited = walk - np.minimum.accumulate(walk, axis=1)
        columns = {"waited": waited, "minutes": minutes, "seen_by": np.where(nurse, "nurse", "doctor")}
        return {name: values.ravel()[:rows] for name, values in columns.items()}
