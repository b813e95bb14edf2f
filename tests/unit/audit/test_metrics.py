"""Metrics are plain finite numbers under stable names."""

import math

import pytest
from kit.project import Project

from synth_assets.audit.metrics import metrics_of


def test_privacy_checks_and_closeness_are_among_the_metrics(checked: Project) -> None:
    metrics = metrics_of(checked.evidence(0))
    assert metrics["privacy.epsilon"] == pytest.approx(2.0, abs=1e-6)
    assert metrics["privacy.delta"] == 1e-6
    assert metrics["rows"] == 400
    assert metrics["checks.passed"] == 7
    assert metrics["checks.failed"] == 0
    assert metrics["checks.fidelity.excess"] >= 0
    assert all(isinstance(value, float) and math.isfinite(value) for value in metrics.values())
