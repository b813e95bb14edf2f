"""Public checks: synthetic rows against the contract and the released noisy marginals.

All of it is post-processing, so checks are free and may be repeated any number of times.
Great Expectations judges; it is imported only when checks run.
"""

from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.gate import Judged, judge_again, recompute_checks
from synth_assets.checks.policy import CheckResult, Decision, Severity, decide
from synth_assets.checks.public import run_checks, run_suite, unusable_checks
from synth_assets.checks.suite import (
    load_suite,
    required_checks,
    suite_drift,
    suite_of,
    write_suite,
)

__all__ = [
    "CheckResult",
    "Decision",
    "Judged",
    "Severity",
    "SuiteEntry",
    "decide",
    "judge_again",
    "load_suite",
    "recompute_checks",
    "required_checks",
    "run_checks",
    "run_suite",
    "suite_drift",
    "suite_of",
    "unusable_checks",
    "write_suite",
]
