"""A category that one unit brings in is not found more often than was paid for, however its rows are spread.

An approximate zCDP mechanism (rho, delta) may release a text that only one unit has in at most delta of runs. Texts
counted without bounding must be noticed. Keys get independent noise, so one call on many equal keys is as many runs.
Counts of texts that others have too, and thresholds that are too low, are in ``test_mechanisms.py``.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.assurance.bounds import at_least
from synth_assets.domain import Column
from synth_assets.measurement.noise import draw_histogram
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import ThresholdNoise, least_threshold
from synth_assets.source.histograms import count_texts

pytestmark = pytest.mark.statistical

RUNS = 20_000
RHO, DELTA, MOST = 0.5, 0.02, 4
JOB = Column(name="job", kind="categorical", categories=("other",), other="other")
OTHERS = [(f"p{number}", "baker") for number in range(200)]
UNITS = {
    "all rows of one text": [("new", "spy")] * MOST,
    "as many texts as rows": [("new", f"spy {number}") for number in range(MOST)],
    "too many rows": [("new", "spy")] * 50,
    "too many texts": [("new", f"spy {number}") for number in range(50)],
}


def exact(rows: list[tuple[str, str]], scratch: Path, *, bounded: bool = True) -> Mapping[str, int]:
    """Count texts as the measurement does, or as if everybody were many units."""
    table = pa.record_batch(list(zip(*rows, strict=True)), names=["person", "job"])
    unit = PrivacyUnit(column="person", max_rows=MOST) if bounded else PrivacyUnit()
    (histogram,) = count_texts([table], columns=[JOB], unit=unit, secret=bytes(32), scratch=scratch)
    return histogram


def times_found(histogram: Mapping[str, int], noise: ThresholdNoise) -> int:
    """Return in how many of all runs any text that others lack is found."""
    counts = [count for text, count in histogram.items() if text != "baker"]
    is_found = np.zeros(RUNS, dtype=bool)
    for count in counts:
        drawn = draw_histogram({str(run): count for run in range(RUNS)}, noise)
        is_found[[int(text) for text, _ in drawn]] = True
    return int(is_found.sum())


NOISE = least_threshold(max_rows=MOST, rho=RHO, delta=DELTA)


@pytest.mark.parametrize("name", UNITS)
def test_what_only_one_unit_has_is_found_in_at_most_delta_of_runs(name: str, tmp_path: Path) -> None:
    """False failure: 1e-6."""
    histogram = exact([*OTHERS, *UNITS[name]], tmp_path)
    assert at_least(times_found(histogram, NOISE), RUNS) <= DELTA


def test_the_bound_on_delta_is_nearly_reached_by_the_worst_that_the_metric_allows() -> None:
    """False failure: below 1e-9. As many texts as rows, each with all rows: what (L0, Linf) = (m, m) covers."""
    worst = {f"spy {number}": MOST for number in range(MOST)}
    assert 0.5 * DELTA < at_least(times_found(worst, NOISE), RUNS) <= DELTA


def test_counting_without_bounding_is_noticed(tmp_path: Path) -> None:
    """False failure: below 1e-9; fifty rows of one unit are far above the threshold."""
    histogram = exact([*OTHERS, *UNITS["too many rows"]], tmp_path, bounded=False)
    assert at_least(times_found(histogram, NOISE), RUNS) > 0.9
