"""Evidence, and the policy that turns it into a decision.

A check's result names the candidate that it looked at and the suite's entry
that it judged by, so a result can never speak for another candidate, nor for
arguments that were tightened since. The policy is pure: results in, decision
out. It refuses unless every required check passed on exactly the candidate in
question, by exactly the arguments of today; what is missing counts as failed.

Example:
    >>> passed = CheckResult(name="a", severity="critical", passed=True, candidate="c1", expectation="e", entry="e1")
    >>> decide([passed], required={"a": "e1"}, candidate="c1")
    Decision(promote=True, reasons=())
    >>> decide([passed], required={"a": "e1"}, candidate="c2").reasons
    ("check 'a' has no result for candidate c2",)
    >>> decide([passed], required={"a": "e2"}, candidate="c1").reasons
    ("check 'a' was judged by other arguments than the suite has now",)
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, get_args

from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json

__all__ = ["CheckResult", "Decision", "Kind", "Severity", "decide"]

Severity = Literal["critical", "warning"]
"""Whether a check that fails blocks a promotion, or only warns."""
Kind = Literal["PUBLIC", "MEASURED"]
"""What a check looks at: public facts, or answers of real people that were paid for."""
_TYPES = {
    "name": str,
    "kind": str,
    "severity": str,
    "passed": bool,
    "candidate": str,
    "expectation": str,
    "kwargs": dict,
    "observed": dict,
    "description": str,
    "entry": str,
}
_NEEDED = {"name", "severity", "passed", "candidate", "expectation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said about one candidate. Every field is public.

    Attributes:
        name: stable name of the check, the same in the suite and in Dagster.
        kind: class of the check: PUBLIC ones look at nothing private, MEASURED ones at answers that were paid for.
        severity: ``critical`` blocks promotion, ``warning`` does not.
        passed: the verdict.
        candidate: digest of the candidate that was looked at.
        expectation: type of the Great Expectations expectation.
        kwargs: its arguments, thresholds among them.
        observed: what was seen, as plain JSON values: counts and distances, never rows.
        description: what was seen, in one sentence.
        entry: digest of the suite's entry that was judged by; empty in results of older versions.
    """

    name: str
    kind: Kind = "PUBLIC"
    severity: Severity
    passed: bool
    candidate: str
    expectation: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    entry: str = ""

    @property
    def asked(self) -> bool:
        """Whether there was something to judge: not for a gate that nobody was asked about yet."""
        return self.kind == "PUBLIC" or bool(self.observed.get("asked", True))

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values; one of an older version as that version wrote it.

        Raises:
            ValueError: when a value is not JSON, such as NaN.
        """
        facts: dict[str, Any] = json.loads(canonical_json(asdict(self)))
        return facts if self.entry else {name: fact for name, fact in facts.items() if name != "entry"}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Invert :meth:`as_json`; the value may have been written by anybody.

        Raises:
            IntegrityError: when it is not a result.
        """
        if not _is_result(value):
            raise IntegrityError("this is not the result of a check", hint="run the checks again: that is free")
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


def decide(results: Sequence[CheckResult], *, required: Mapping[str, str], candidate: str) -> Decision:
    """Decide whether ``candidate`` may be promoted.

    Args:
        results: whatever results there are, also of other candidates.
        required: digest of the suite's entry of each check that must have passed, by its name.
        candidate: digest of the candidate in question.

    Returns:
        A refusal if no check is required, if a required check has no result for
        exactly this candidate and this entry or failed, or if any other critical
        check failed on it. Warnings do not block.
    """
    ours = [result for result in results if result.candidate == candidate]
    reasons = [_reason(name, ours, candidate, entry) for name, entry in sorted(required.items())]
    others = [result for result in ours if result.name not in required and result.severity == "critical"]
    reasons += [_failure(result) for result in others if not result.passed]
    if not required:
        reasons.append("no check is required, so nothing speaks for this candidate")
    against = tuple(reason for reason in reasons if reason)
    return Decision(promote=not against, reasons=against)


def _is_result(value: Any) -> bool:
    if not isinstance(value, dict) or not _NEEDED <= set(value) <= set(_TYPES):
        return False
    shaped = all(isinstance(fact, _TYPES[name]) for name, fact in value.items())
    return shaped and value["severity"] in ("critical", "warning") and value.get("kind", "PUBLIC") in get_args(Kind)


def _reason(name: str, ours: Sequence[CheckResult], candidate: str, entry: str) -> str:
    """Say why a required check does not speak for the candidate; empty when it does."""
    named = [result for result in ours if result.name == name]
    if not named:
        return f"check {name!r} has no result for candidate {candidate[:12]}"
    of_today = [result for result in named if result.entry == entry]
    if not of_today:
        return f"check {name!r} was judged by other arguments than the suite has now"
    failed = [result for result in of_today if not result.passed]
    return _failure(failed[0]) if failed else ""


def _failure(result: CheckResult) -> str:
    return (
        f"check {result.name!r} failed: {result.description}" if result.description else f"check {result.name!r} failed"
    )
