"""Evidence, and the policy that turns it into a decision.

A check's result names the candidate that it looked at, so a result can never
speak for another one. The policy is pure: results in, decision out. It refuses
unless every required check passed on exactly the candidate in question; what
is missing counts as failed.

Example:
    >>> passed = CheckResult(name="domain", severity="critical", passed=True, candidate="c1", expectation="e")
    >>> decide([passed], required=["domain"], candidate="c1")
    Decision(promote=True, reasons=())
    >>> decide([passed], required=["domain"], candidate="c2").reasons
    ("check 'domain' has no result for candidate c2",)
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from synth_assets.files import canonical_json

__all__ = ["CheckResult", "Decision", "Severity", "decide"]

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said about one candidate. Every field is public.

    Attributes:
        name: stable name of the check, the same in the suite and in Dagster.
        kind: class of the check: PUBLIC ones look at nothing private.
        severity: ``critical`` blocks promotion, ``warning`` does not.
        passed: the verdict.
        candidate: digest of the candidate that was looked at.
        expectation: type of the Great Expectations expectation.
        kwargs: its arguments, thresholds among them.
        observed: what was seen, as plain JSON values: counts and distances, never rows.
        description: what was seen, in one sentence.
    """

    name: str
    kind: Literal["PUBLIC"] = "PUBLIC"
    severity: Severity
    passed: bool
    candidate: str
    expectation: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values.

        Raises:
            ValueError: when a value is not JSON, such as NaN.
        """
        found: dict[str, Any] = json.loads(canonical_json(asdict(self)))
        return found

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(**value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether to promote, and if not, why.

    Attributes:
        promote: true only when nothing speaks against it.
        reasons: what speaks against it, one sentence each.
    """

    promote: bool
    reasons: tuple[str, ...]


def decide(results: Sequence[CheckResult], *, required: Collection[str], candidate: str) -> Decision:
    """Decide whether ``candidate`` may be promoted.

    Args:
        results: whatever results there are, also of other candidates.
        required: names of the checks that must have passed.
        candidate: digest of the candidate in question.

    Returns:
        A refusal if no check is required, if a required check has no result for
        exactly this candidate or failed, or if any other critical check failed
        on it. Warnings do not block.
    """
    ours = [result for result in results if result.candidate == candidate]
    reasons = [_reason(name, ours, candidate) for name in sorted(set(required))]
    others = [item for item in ours if item.name not in required and item.severity == "critical" and not item.passed]
    reasons += [_failure(item) for item in others]
    if not required:
        reasons.append("no check is required, so nothing speaks for this candidate")
    against = tuple(reason for reason in reasons if reason)
    return Decision(promote=not against, reasons=against)


def _reason(name: str, ours: Sequence[CheckResult], candidate: str) -> str:
    """Say why a required check does not speak for the candidate; empty when it does."""
    found = [result for result in ours if result.name == name]
    if not found:
        return f"check {name!r} has no result for candidate {candidate[:12]}"
    failed = [result for result in found if not result.passed]
    return _failure(failed[0]) if failed else ""


def _failure(result: CheckResult) -> str:
    return (
        f"check {result.name!r} failed: {result.description}" if result.description else f"check {result.name!r} failed"
    )
