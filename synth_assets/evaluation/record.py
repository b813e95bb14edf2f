"""What was measured about a candidate: the answers, as releases of their own, and the facts that make figures of them.

It is one file per candidate. The same file travels in the bundle of a promoted version, with the releases that it
names, so that an audit makes every figure again.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Self

from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.evaluation.asked import beta_of, parts_of
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.metric import Answers
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.files import canonical_json, sha256_bytes, write_json
from synth_assets.privacy import PARTS
from synth_assets.reading import read_json
from synth_assets.release import Release
from synth_assets.strategy.evaluation_plan import fingerprint_of

__all__ = [
    "EVALUATION_PLAN",
    "WHOLE",
    "Evaluation",
    "Measured",
    "facts_digest",
    "read_evaluation",
    "write_evaluation",
]

EVALUATION_PLAN = "evaluation"
"""Name of the plan behind the answers."""
WHOLE = "all"
"""How a file names an account that is not split."""
_FORMAT = 1
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HINT = "it was altered, or written by a newer version"
_UNFIT = (UsageError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What parsing and figures raise for facts that nobody wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One gate's part of an evaluation.

    Attributes:
        facts: what its figure needs besides answers.
        plan: what was known of its noise before it was paid for.
    """

    facts: Mapping[str, Any]
    plan: Plan

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"facts": dict(self.facts), "plan": [self.plan.deviation, self.plan.below, self.plan.above]}


def facts_digest(gates: Mapping[str, Measured]) -> str:
    """Return the digest of all that is stored beside the answers: it is paid for with them, so nobody alters it."""
    return sha256_bytes(canonical_json({name: measured.as_json() for name, measured in gates.items()}))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """The answers about one candidate.

    Attributes:
        candidate: its digest.
        release: digest of the release that it came from.
        answers: the release of each part that was read.
        gates: facts and plan of each gate.
    """

    candidate: str
    release: str
    answers: Mapping[str | None, Release]
    gates: Mapping[str, Measured]

    @property
    def answered(self) -> Answers:
        """The answers by the part that they are of, and their name."""
        return {
            (part, str(answer.descriptor["name"])): answer
            for part, release in self.answers.items()
            for answer in release.answers
        }

    def figure(self, gate: str, contract: DatasetContract) -> Figure:
        """Return a gate's figure, computed from the answers of those parts that its metric reads.

        Raises:
            IntegrityError: it cannot be made of what is here.
        """
        try:
            metric, arguments = parse(gate)
            parts = parts_of(metric, contract)
            answers = {(part, name): answer for (part, name), answer in self.answered.items() if part in parts}
            figure = metric.figure(arguments, self.gates[gate].facts, answers, beta=beta_of(contract))
        except _UNFIT as error:
            raise IntegrityError(f"the figure of gate {gate!r} cannot be made of its answers", hint=_HINT) from error
        if not all(map(math.isfinite, astuple(figure))) or not figure.low <= figure.value <= figure.high:
            raise IntegrityError(f"the figure of gate {gate!r} is not a number between its bounds", hint=_HINT)
        return figure

    @property
    def facts_digest(self) -> str:
        """Digest of the facts and plans of all gates, which the answers were paid for with."""
        return facts_digest(self.gates)

    def fingerprint(self, part: str | None, contract: DatasetContract, *, domain: Domain) -> str:
        """Return the fingerprint of what was paid for, if one part's answers are to exactly these questions and facts.

        Args:
            part: one of :attr:`answers`.
            contract: the dataset.
            domain: the columns of the release.
        """
        return fingerprint_of(
            contract,
            domain=domain,
            part=part,
            release=self.release,
            candidate=self.candidate,
            charge=contract.evaluation_loss(part),
            questions=[(answer.kind, answer.descriptor, 1) for answer in self.answers[part].answers],
            facts=self.facts_digest,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what is stored, as plain JSON values; answers by the digest of their release."""
        return {
            "format_version": _FORMAT,
            "candidate": self.candidate,
            "release": self.release,
            "answers": {part or WHOLE: release.digest for part, release in self.answers.items()},
            "gates": {name: measured.as_json() for name, measured in self.gates.items()},
        }

    @classmethod
    def from_json(cls, value: Any, *, load: Callable[[str], Release]) -> Self:
        """Invert :meth:`as_json`; the value may have been written by anybody.

        Args:
            value: what was stored.
            load: returns the release of a digest, which it checks.

        Raises:
            IntegrityError: it is not an evaluation, or a release cannot be loaded.
        """
        try:
            if value["format_version"] != _FORMAT or not set(value["answers"]) <= {*PARTS, WHOLE}:
                raise IntegrityError("the evaluation has a format that is not known here", hint="update synth-assets")
            parts = {None if part == WHOLE else part: _digest(digest) for part, digest in value["answers"].items()}
            gates = {name: _measured(gate) for name, gate in value["gates"].items()}
            candidate, release = _digest(value["candidate"]), _digest(value["release"])
        except _UNFIT as error:
            raise IntegrityError("this is not an evaluation", hint=_HINT) from error
        answers = {part: load(digest) for part, digest in parts.items()}
        if any(found.plan != EVALUATION_PLAN for found in answers.values()):
            raise IntegrityError("an answer was not given to an evaluation", hint=_HINT)
        return cls(candidate=candidate, release=release, answers=answers, gates=gates)


def _measured(gate: Any) -> Measured:
    if not isinstance(gate["facts"], dict):
        raise TypeError(gate["facts"])
    deviation, below, above = map(_number, gate["plan"])
    return Measured(facts=gate["facts"], plan=Plan(deviation=deviation, below=below, above=above))


def _digest(value: Any) -> str:
    if not _DIGEST.fullmatch(value):
        raise IntegrityError("the evaluation names something that is not a digest", hint=_HINT)
    return str(value)


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def write_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write an evaluation, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, evaluation.as_json())


def read_evaluation(path: Path, *, load: Callable[[str], Release]) -> Evaluation | None:
    """Read an evaluation; ``None`` if there is none.

    Raises:
        IntegrityError: the file is not an evaluation, or a release is missing or altered.
    """
    return Evaluation.from_json(read_json(path), load=load) if path.is_file() else None
