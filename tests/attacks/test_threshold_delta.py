"""An engineer chooses `threshold_delta` so that the threshold costs several times what is charged.

OpenDP 0.16 uses the continuous normal tail at T - m for the delta of its
thresholded discrete Gaussian, but the noise is whole numbers and a count equal to
T is released: at scale 1 a unit's own category was published in 0.0044 of all runs,
and 0.0014 was charged. A bundle with such a record verified, because the audit used the
same map.
"""

import json
import math
import shutil
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import opendp.prelude as dp
import pytest
from kit.people import MANY_ROWS, discovering_contract
from kit.project import make_checked_project
from kit.stores import stores_in
from resealed import change_answers

from synth_assets.assurance.bounds import at_least
from synth_assets.audit import Status, verify_bundle
from synth_assets.contract import DatasetContract
from synth_assets.measurement.noise import draw_histogram
from synth_assets.privacy import ATTO, Cap
from synth_assets.privacy.noise import ThresholdNoise, least_threshold

KEYS = 200_000
CASES = [(1, 0.5, 0.0014), (4, 8.0, 0.005), (2, 0.5, 0.0045)]
"""Rows of a unit, rho and delta: the delta is just above what OpenDP's map states for a whole threshold."""


def exact_tail(start: int, scale: float) -> float:
    """Return P(X >= start) of the discrete Gaussian, by adding up its terms."""
    with localcontext(prec=40):
        twice, reach = 2 * Decimal(scale) ** 2, math.ceil(30 * scale) + abs(start)
        terms = {x: (-Decimal(x * x) / twice).exp() for x in range(-reach, reach + 1)}
        return float(sum(term for x, term in terms.items() if x >= start) / sum(terms.values()))


def least_released(noise: ThresholdNoise) -> int:
    """Return the smallest noisy count that is released, of very many around the threshold."""
    drawn = draw_histogram({str(key): noise.threshold for key in range(20_000)}, noise)
    return min(count for _, count in drawn)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize(("max_rows", "rho", "delta"), CASES)
def test_what_one_unit_brings_in_gets_out_no_more_often_than_is_charged(
    max_rows: int, rho: float, delta: float
) -> None:
    """False failure: 1e-6 per case. All of a unit's rows have one text, in very many runs at once."""
    noise = least_threshold(max_rows=max_rows, rho=rho, delta=delta)
    released = len(draw_histogram({str(run): max_rows for run in range(KEYS)}, noise))
    assert at_least(released, KEYS) * max_rows <= noise.delta <= delta


@pytest.mark.statistical
@pytest.mark.parametrize(("max_rows", "rho", "delta"), [*CASES, (1, 0.02, 1e-9), (3, 0.02, 1e-9), (30, 0.1, 1e-7)])
def test_the_charge_covers_the_exact_tail_of_what_is_released(max_rows: int, rho: float, delta: float) -> None:
    """False failure: below 1e-9, that of 20,000 counts at the threshold none comes out just above it."""
    noise = least_threshold(max_rows=max_rows, rho=rho, delta=delta)
    cost = max_rows * exact_tail(least_released(noise) - max_rows, noise.scale)
    assert cost * (1 - 1e-12) <= noise.delta <= delta


def _stated(scale: float, threshold: int) -> float:
    """Return the delta that OpenDP 0.16 states for a threshold at one row per unit."""
    dp.enable_features("contrib")
    space = (
        dp.map_domain(dp.atom_domain(T="String"), dp.atom_domain(T="i64")),
        dp.l02inf_distance(dp.absolute_distance(T="i64")),
        dp.approximate(dp.zero_concentrated_divergence()),
    )
    return float(dp.m.make_noise_threshold(*space, scale=scale, threshold=threshold).map((1, 1, 1))[1])


def _chosen(threshold: int) -> DatasetContract:
    """Return a contract whose threshold delta is exactly what OpenDP states for a threshold."""
    contract = discovering_contract()
    spend = contract.privacy.spend
    chosen = 1e-9
    for _ in range(20):
        loss = Cap(epsilon=spend.epsilon, delta=spend.delta, threshold_delta=chosen).loss()
        scale = 1 / math.sqrt(2 * loss.rho / 10)
        chosen = float(f"{_stated(scale, threshold) * (1 + 1e-6):.9g}")
    document = contract.model_dump(mode="json", exclude_unset=True)
    document["privacy"]["spend"]["threshold_delta"] = chosen
    return DatasetContract.model_validate(document)


@pytest.mark.slow
def test_a_bundle_whose_record_states_the_continuous_tail_fails(tmp_path: Path) -> None:
    threshold = 54
    contract = _chosen(threshold)
    project = make_checked_project(tmp_path / "project", contract=contract, rows=MANY_ROWS)
    promoted = project.promote(project.evidence(0), **stores_in(tmp_path))
    copy = Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))

    def state_the_continuous_tail(records: list[dict[str, Any]]) -> None:
        record = records[0]
        mechanism = json.loads(record["mechanism"])
        mechanism["__kwargs__"]["threshold"] = threshold
        record.update(mechanism=json.dumps(mechanism), threshold=threshold, delta=_stated(record["scale"], threshold))
        record["rule"] = "at_or_above"

    bundle = change_answers(copy, "thresholds", state_the_continuous_tail)
    failed = {claim.name: claim.detail for claim in verify_bundle(bundle) if claim.status is Status.FAILED}
    charged = round(contract.privacy.spend.threshold_delta * ATTO)
    assert exact_tail(threshold - 1, project.release.discoveries[0].scale) * ATTO > 1.3 * charged
    assert {"discovery maps", "composition"} <= failed.keys(), failed
