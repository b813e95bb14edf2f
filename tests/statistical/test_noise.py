"""There is as much noise as is paid for, at many prices and in whole releases: half of it would be noticed.

Each test states the probability that it fails although all is right. Noise
cannot be seeded, so these numbers are the truth about every run.
"""

import math
from pathlib import Path

import numpy as np
import pytest
from kit.project import Project, make_project
from numpy.typing import NDArray

from synth_assets.assurance.chi_square import Fit, fit_of_noise
from synth_assets.measurement.noise import draw_counts
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release import Release, l2_sensitivity
from synth_assets.source.kernel import count_tables, load_rows
from synth_assets.source.lines import line_batches

pytestmark = pytest.mark.statistical

DRAWS = 20_000
RARE = 1e-8


@pytest.mark.parametrize(("max_rows", "rho"), [(1, 0.1), (1, 0.0005), (5, 0.1)])
def test_noise_has_the_scale_of_its_price(max_rows: int, rho: float) -> None:
    """False failure: 1e-8."""
    noise = least_gaussian(d_in=max_rows, rho=rho)
    drawn = draw_counts(np.zeros(DRAWS, dtype=np.int64), noise)
    assert math.isclose(noise.scale, max_rows / math.sqrt(2 * rho), rel_tol=1e-9)
    assert fit_of_noise(drawn, scale=max_rows / math.sqrt(2 * rho)).p_value > RARE


@pytest.mark.parametrize("share", [0.5, 0.9, 1.1, 2.0])
def test_less_or_more_noise_would_be_noticed(share: float) -> None:
    """False failure: below 1e-9; 10% off makes the statistic some 400, where 100 has a probability of 1e-8."""
    noise = least_gaussian(d_in=1, rho=0.01 / share**2)
    drawn = draw_counts(np.zeros(DRAWS, dtype=np.int64), noise)
    assert fit_of_noise(drawn, scale=least_gaussian(d_in=1, rho=0.01).scale).p_value < RARE


@pytest.mark.parametrize(("pairs", "max_rows", "rho"), [(325, 1, 0.01), (325, 5, 0.01), (4950, 2, 0.001)])
def test_scores_have_the_noise_of_their_sensitivity(pairs: int, max_rows: int, rho: float) -> None:
    """False failure: 1e-8. The scale is m sqrt(q) / sqrt(2 rho), at most 1 part in m sqrt(q) more by rounding up."""
    noise = least_gaussian(d_in=l2_sensitivity(squares=pairs, max_rows=max_rows), rho=rho)
    drawn = draw_counts(np.zeros((DRAWS // pairs + 1, pairs), dtype=np.int64), noise)
    needed = max_rows * math.sqrt(pairs)
    assert needed <= noise.scale * math.sqrt(2 * rho) * (1 + 1e-9) < needed + 1
    assert fit_of_noise(drawn, scale=noise.scale).p_value > RARE
    assert fit_of_noise(drawn, scale=2 * noise.scale).p_value < RARE


def exact_tables(project: Project, release: Release, scratch: Path) -> list[NDArray[np.int64]]:
    domain, unit = project.contract.domain(), project.contract.unit()
    path = project.workspace.root / "source" / "people.csv"
    rows = load_rows(
        line_batches(path, columns=domain.names), domain=domain, unit=unit, secret=bytes(32), scratch=scratch
    )
    asked = [(marginal.attributes, marginal.level) for marginal in release.marginals]
    return count_tables(rows, asked, domain=domain, grids=release.grids)


def share_of_more(errors: NDArray[np.float64]) -> float:
    """Return how often errors in units of their scales would be larger: their squares are chi-square together."""
    even = errors[: errors.size // 2 * 2]
    return Fit(statistic=float((even**2).sum()), degrees=even.size).p_value


@pytest.mark.slow
def test_a_whole_release_has_the_noise_that_it_states(tmp_path: Path) -> None:
    """False failure: 2e-8. Every cell's error in units of its stated scale is one draw of variance 1."""
    standardised: list[NDArray[np.float64]] = []
    for number in range(4):
        project = make_project(tmp_path / str(number))
        release = project.obtain().release
        exact = exact_tables(project, release, tmp_path)
        for marginal, counts in zip(release.marginals, exact, strict=True):
            standardised.append(((marginal.counts - counts) / marginal.scale).ravel())
    errors = np.concatenate(standardised)
    assert errors.size > 200
    assert RARE < share_of_more(errors) < 1 - RARE
    assert share_of_more(errors / 2) > 1 - RARE
