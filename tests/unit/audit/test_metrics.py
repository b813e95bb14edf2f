"""Metrics are plain finite numbers under stable names."""

import math

import pytest
from made_up_project import Project

from synth_assets.audit.metrics import metrics_of


def test_privacy_checks_and_closeness_are_among_the_metrics(project: Project) -> None:
    found = metrics_of(project.evidence(0))
    assert found["privacy.epsilon"] == pytest.approx(2.0, abs=1e-6)
    assert found["privacy.delta"] == 1e-7
    assert found["rows"] == 2000
    assert found["checks.passed"] == 6
    assert found["checks.failed"] == 0
    assert found["checks.fidelity.excess"] >= 0
    assert all(isinstance(value, float) and math.isfinite(value) for value in found.values())
