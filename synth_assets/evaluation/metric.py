"""What a metric is: the questions that it asks, and the figure that their answers make.

A metric is built on public facts (:class:`~synth_assets.evaluation.ground.Ground`) and poses
questions to one part of the account or to both. What its figure needs besides the answers are its
*facts*, plain JSON values that travel with the answers, so that an audit makes the same
figure of them. A figure is a pure function of facts and answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.workloads import WorkloadQuery

__all__ = ["Answers", "Asked", "Metric", "Posed", "Query", "answer_in", "answer_of", "ask_once", "same_weights"]

Query = TallyQuery | WorkloadQuery
Facts = Mapping[str, Any]
Answers = Mapping[tuple[str | None, str], Answer]
"""Answers by the part that they are of, and their name."""
_MOST = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posed:
    """A question to one part of the account.

    Attributes:
        part: ``measured``, ``held_out``, or ``None`` for an account that is not split.
        query: what is asked; its name is unique among all that is asked about a candidate.
    """

    part: str | None
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What a metric asks.

    Attributes:
        questions: to one part or to both.
        facts: what its figure needs besides the answers, as plain JSON values.
    """

    questions: tuple[Posed, ...]
    facts: Facts


class Metric(Protocol):
    """One family of figures; a gate names it, and up to two arguments after points.

    Attributes:
        family: its name.
        best: the best value that there is.
        reads: ``utility`` reads held-out people if there are any; ``closeness`` measured people if the contract
            leaves a share of rho for them; ``leakage`` reads both.
        about: what the figure is, in one sentence for people.
    """

    family: ClassVar[str]
    best: ClassVar[float]
    reads: ClassVar[str]
    about: ClassVar[str]

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """Return why a contract cannot ask this, or ``None``; nothing but the contract is known yet."""
        ...

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """Return the questions about a candidate.

        Raises:
            UsageError: they cannot be asked of this candidate.
        """
        ...

    def figure(self, arguments: tuple[str, ...], facts: Mapping[str, Any], answers: Answers, *, beta: float) -> Figure:
        """Return the figure; facts and answers may come from an untrusted bundle.

        Raises:
            IntegrityError: they do not belong together.
            KeyError: an answer or a fact is missing; so are ``TypeError`` and ``ValueError`` for one of another type.
        """
        ...


def ask_once(part: str | None, query: Query, **facts: Any) -> Asked:
    """Ask one question of one part; the facts say which answer it is, see :func:`answer_of`."""
    return Asked(questions=(Posed(part=part, query=query),), facts={"part": part, "name": query.name, **facts})


def answer_of(answers: Answers, facts: Facts, *, most: int = _MOST) -> Answer:
    """Return the one answer that a figure is made of, see :func:`answer_in`."""
    return answer_in(answers, facts["part"], facts, most=most)


def same_weights(answer: Answer, weights: NDArray[np.int64]) -> None:
    """Check that an answer was paid for with these weights.

    Raises:
        IntegrityError: it was paid for with others.
    """
    if not np.array_equal(np.asarray(answer.descriptor["weights"]), weights):
        raise IntegrityError("a figure's facts do not belong to its answer", hint="it was altered")


def answer_in(answers: Answers, part: str | None, facts: Facts, *, most: int) -> Answer:
    """Return the answer that a figure's facts name.

    Args:
        answers: all answers.
        part: the part that it is of.
        facts: of the figure.
        most: numbers that such an answer can have; what figures take grows with their square.

    Raises:
        IntegrityError: it has more.
        KeyError: there is none of that name.
    """
    answer = answers[part, facts["name"]]
    if answer.values.size > most:
        raise IntegrityError(f"an answer has more than {most:,} numbers for this figure", hint="it was altered")
    return answer
