"""One expectation of a suite: what follows from the contract, or what a person wrote."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synth_assets.checks.policy import CheckResult, Kind, Severity
from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes

__all__ = ["NAME", "SuiteEntry", "generated"]

NAME = re.compile(r"[A-Za-z0-9_]+")
"""What can name a check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteEntry:
    """One expectation of a suite.

    Attributes:
        check: stable name, unique in the suite.
        type: snake-case type of the expectation.
        kwargs: its arguments.
        severity: ``critical`` blocks promotion.
        description: what is expected, for people.
        generated: whether it follows from the contract.
        kind: ``PUBLIC``, or ``MEASURED`` if it judges what real people were asked and paid for.
        raw: a hand-written entry as it stands in the file.
    """

    check: str
    type: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"
    description: str = ""
    generated: bool = False
    kind: Kind = "PUBLIC"
    raw: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the entry as Great Expectations writes it."""
        if self.raw:
            return dict(self.raw)
        return {
            "type": self.type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "description": self.description,
            "meta": {"check": self.check, "generated": self.generated},
        }

    def digest(self) -> str:
        """Return a digest of what decides a verdict: of a hand-written entry, all that Great Expectations reads."""
        if self.raw and not self.generated:
            return sha256_bytes(canonical_json(self.raw))
        facts = {"check": self.check, "type": self.type, "kwargs": self.kwargs, "severity": self.severity}
        return sha256_bytes(canonical_json(facts))

    def result(self, candidate: str, *, passed: bool, observed: Mapping[str, Any], description: str) -> CheckResult:
        """Return what this entry said about a candidate, bound to the entry."""
        return CheckResult(
            name=self.check,
            kind=self.kind,
            severity=self.severity,
            passed=passed,
            candidate=candidate,
            expectation=self.type,
            kwargs=dict(self.kwargs),
            observed=dict(observed),
            description=description,
            entry=self.digest(),
        )


def generated(  # noqa: PLR0913 - the parts of an entry, by keyword
    check: str,
    *,
    type_: str,
    kwargs: Mapping[str, Any],
    description: str,
    severity: Severity = "critical",
    kind: Kind = "PUBLIC",
) -> SuiteEntry:
    """Return an entry that follows from the contract.

    Raises:
        UsageError: the name cannot name a check.
    """
    if not NAME.fullmatch(check):
        raise UsageError(f"{check!r} cannot name a check", hint="letters, digits and _ only; rename the rule")
    return SuiteEntry(
        check=check, type=type_, kwargs=kwargs, severity=severity, description=description, generated=True, kind=kind
    )
