"""All metrics by the first part of a gate's name.

Example:
    >>> parse("fairness.sex.equalized_odds")[1]
    ('sex', 'equalized_odds')
"""

import difflib
from collections.abc import Mapping

from synth_assets.errors import UsageError
from synth_assets.evaluation.metric import Metric
from synth_assets.evaluation.metrics.closeness import JENSEN_SHANNON, WASSERSTEIN, WORKLOAD_ERROR
from synth_assets.evaluation.metrics.correlation import CORRELATION
from synth_assets.evaluation.metrics.fairness import FAIRNESS
from synth_assets.evaluation.metrics.leakage import ATTRIBUTE_INFERENCE, MEMBERSHIP, NEAREST
from synth_assets.evaluation.metrics.two_sample import TWO_SAMPLE
from synth_assets.evaluation.metrics.usefulness import ACCURACY, AREA, BRIER, CALIBRATION

__all__ = ["METRICS", "parse"]

_ALL: tuple[Metric, ...] = (
    *(AREA, ACCURACY, BRIER, CALIBRATION),
    *(WORKLOAD_ERROR, WASSERSTEIN, JENSEN_SHANNON, CORRELATION, TWO_SAMPLE),
    FAIRNESS,
    *(ATTRIBUTE_INFERENCE, MEMBERSHIP, NEAREST),
)
METRICS: Mapping[str, Metric] = {metric.family: metric for metric in _ALL}
"""The metrics by family; a new one is a module and a name in the lines above."""


def parse(name: str) -> tuple[Metric, tuple[str, ...]]:
    """Return the metric of a gate's name, and its arguments.

    Raises:
        UsageError: there is no such metric.
    """
    family, *arguments = name.split(".")
    if family not in METRICS:
        close = difflib.get_close_matches(family, METRICS, n=1)
        guess = f"did you mean {close[0]!r}? " if close else ""
        raise UsageError(f"there is no figure {family!r}", hint=f"{guess}there are: {', '.join(METRICS)}")
    return METRICS[family], tuple(arguments)
