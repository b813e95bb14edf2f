"""One record type for all paid answers, and the methods in which the kinds differ.

A measurement takes :class:`Query` objects and returns :class:`Answer` objects. Both are
public. The details of a kind are in one module of ``release.kinds``: how it is
priced, journaled, stored, stated and audited. Code that handles answers loops over
them and does not depend on a kind.

Almost every kind is a public map from one privacy unit's rows to an integer
vector with a proved L2 bound ``d_in``, summed over units, with one draw of the discrete
Gaussian. The methods of :class:`Answer` are correct for such a kind: it only
implements :meth:`Answer.sensitivity` and :meth:`Answer.check`.

Example:
    >>> from synth_assets.release.kinds.marginals import NoisyMarginal
    >>> ages = NoisyMarginal.of(attributes=("age",), level="fine", counts=np.array([5, 9, 2]), scale=2.0, rho=0.125)
    >>> ages.kind, ages.descriptor, ages.values.tolist()
    ('marginals', {'attributes': ('age',), 'level': 'fine'}, [5, 9, 2])
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.characters import refused_in
from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, atto_delta_of, map_of, nano_rho_of
from synth_assets.privacy.mechanism import read_gaussian
from synth_assets.privacy.noise import Noise

__all__ = ["Answer", "Audited", "Grids", "Query", "is_name", "l2_sensitivity", "loss_of", "recomputed_loss", "require"]

Grids = Mapping[str, NDArray[np.int64]]
"""Coarse code of each fine code, shape (size,), by column."""
_LONGEST_NAME = 200


class Query(Protocol):
    """A query before it is paid for: public facts only."""

    kind: ClassVar[str]

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> Noise:
        """Return the least noise that costs at most ``rho`` and ``delta``.

        Raises:
            Fault: a number is out of range, or the query itself would break its stability bound.
            UsageError: the loss is too small for this kind.
        """
        ...

    def descriptor(self) -> Mapping[str, Any]:
        """Return what a reader must know of the values, as JSON values with tuples for lists."""
        ...

    def shape(self) -> tuple[int, ...] | None:
        """Return the shape of the exact values, which no row decides; ``None`` for counts by text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What an audit compares answers with.

    Attributes:
        contract: the whole contract.
        domain: the columns of the release.
        charged: what the ledger charged for the release, including corrections.
    """

    contract: DatasetContract
    domain: Domain
    charged: PrivacyLoss

    @property
    def max_rows(self) -> int:
        """The contribution bound: rows of one privacy unit that are counted."""
        return self.contract.unit().max_rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One paid answer. Every field is safe to publish.

    Attributes:
        descriptor: what the values describe, as JSON values with tuples for lists.
        values: the noisy numbers, int64, in the shape that the kind defines.
        scale: parameter of the discrete Gaussian noise; its variance is at most ``scale ** 2``.
        d_in: stability bound that the noise was calibrated to.
        rho: zCDP loss.
        delta: bound on the probability that a threshold releases a text of a single unit; 0 for other kinds.
        draw: number of the draw in the journal. Answers of one draw are of one kind.
        mechanism: OpenDP's JSON of the measurement.
    """

    kind: ClassVar[str]
    page: ClassVar[str]
    """Page of ``docs/privacy`` that proves the stability bound."""
    claim: ClassVar[str]
    """Name of the audit's claim about this kind."""
    absent: ClassVar[str]
    """Text of that claim for a release without such answers."""
    ask_for: ClassVar[str]
    """How to get a release with such answers, as a hint."""
    says_all: ClassVar[bool] = True
    """Whether answers say all of what was announced before their draw, so that an audit can compare it."""

    descriptor: Mapping[str, Any]
    values: NDArray[np.int64]
    scale: float
    d_in: int
    rho: float
    delta: float = 0.0
    draw: int
    mechanism: str = ""

    @classmethod
    def announced(cls, queries: Sequence[Any], noises: Sequence[Any], *, unit: PrivacyUnit) -> Any:
        """Return everything except the rows that the answers of one draw depend on, as plain JSON values.

        A replay compares it. Extend it where values depend on something that the descriptor does not say,
        and set :attr:`says_all` to false.
        """
        return cls._announcement([query.descriptor() for query in queries], noises, max_rows=unit.max_rows)

    @classmethod
    def announced_again(cls, answers: Sequence[Any], *, max_rows: int) -> Any:
        """Return what :meth:`announced` returned before a draw, from its answers, or ``None`` if they do not say it."""
        if not cls.says_all:
            return None
        return cls._announcement([answer.descriptor for answer in answers], answers, max_rows=max_rows)

    @classmethod
    def _announcement(cls, descriptors: Sequence[Mapping[str, Any]], noises: Sequence[Any], *, max_rows: int) -> Any:
        return {
            cls.kind: [dict(descriptor) for descriptor in descriptors],
            "noise": [{"mechanism": noise.mechanism, "rho": noise.rho} for noise in noises],
            "max_rows": max_rows,
        }

    @classmethod
    def kept(cls, drawn: Any) -> Any:
        """Return the stored part of one noisy result, as plain JSON values."""
        return drawn.tolist()

    @classmethod
    def journaled(cls, parts: Sequence[Any]) -> Any:
        """Return the answer of one draw as the journal stores it, from the stored part of each result."""
        return list(parts)

    @classmethod
    def parts(cls, answer: Any) -> Sequence[Any]:
        """Invert :meth:`journaled`."""
        parts: Sequence[Any] = answer
        return parts

    @classmethod
    def from_journal(cls, query: Any, noise: Any, part: Any, *, draw: int) -> Self:
        """Return the answer to a query from its stored part in the journal."""
        return cls(
            descriptor=query.descriptor(),
            values=np.array(part, dtype=np.int64),
            scale=noise.scale,
            d_in=noise.d_in,
            rho=noise.rho,
            draw=draw,
            mechanism=noise.mechanism,
        )

    def noted(self) -> Any:
        """Return this answer as the journal stored it; the ledger has the digest."""
        return self.kept(self.values)

    def sensitivity(self, max_rows: int) -> int:
        """Return the stability bound that follows from the descriptor and the contribution bound, see :attr:`page`."""
        raise NotImplementedError

    def check(self, domain: Domain, grids: Grids) -> None:
        """Check that descriptor and values fit the columns; both may come from an untrusted bundle.

        Raises:
            IntegrityError: they do not.
        """
        raise NotImplementedError

    def recomputed(self, max_rows: int) -> tuple[float, float]:
        """Return rho and delta by OpenDP's map of the stored mechanism at the recomputed stability bound."""
        return map_of(self.mechanism, d_in=self.sensitivity(max_rows)), 0.0

    def label(self) -> str:
        """Name the answer in a fault."""
        return f"{self.kind} of draw {self.draw}"

    def faults(self, audited: Audited) -> list[str]:
        """List the numbers that do not follow from descriptor, mechanism and contract."""
        faults, d_in = [], self.sensitivity(audited.max_rows)
        rho, _ = self.recomputed(audited.max_rows)
        if self.d_in != d_in:
            faults.append(f"{self.label()}: d_in is {self.d_in}, and the descriptor makes it {d_in}")
        if rho > self.rho:
            faults.append(f"{self.label()}: cost {rho:.3g} rho, not {self.rho:.3g}")
        elif read_gaussian(self.mechanism).scale != self.scale:
            faults.append(f"{self.label()}: has other noise than its scale says")
        if self.delta:
            faults.append(f"{self.label()}: states a delta, and this noise has none")
        return faults

    @classmethod
    def faults_together(cls, answers: Sequence[Any], audited: Audited) -> list[str]:
        """List the faults of all answers of this kind together, besides the faults of single answers."""
        del answers, audited
        return []

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """Describe what was recomputed, for a claim that holds."""
        del audited
        return f"{len(answers)} {cls.kind}, each map recomputed by OpenDP at the d_in of its descriptor ({cls.page})"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """Return each mechanism with its noise, its loss and what it measured, as plain JSON values."""
        del max_rows
        return [
            {
                "opendp": answer.mechanism,
                "draw": answer.draw,
                "scale": answer.scale,
                "d_in": answer.d_in,
                "d_out": answer.rho,
                cls.kind: answer.descriptor,
            }
            for answer in answers
        ]

    @classmethod
    def spending(cls, answers: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the cost of each draw, as plain JSON values."""
        draws = dict.fromkeys(answer.draw for answer in answers)
        by_draw = {draw: [answer for answer in answers if answer.draw == draw] for draw in draws}
        return [{"draw": draw, cls.kind: len(drawn), "rho": loss_of(drawn).rho} for draw, drawn in by_draw.items()]

    @classmethod
    def counted(cls, answers: Sequence[Any]) -> dict[str, Any]:
        """Return the number of answers, for a statement's part on composition."""
        return {cls.kind: len(answers)} if answers else {}

    @classmethod
    def composition(cls) -> str:
        """Return a note on composing these losses; empty if they are summed like all others."""
        return ""

    @classmethod
    def preprocessing(cls, answers: Sequence[Any]) -> list[str]:
        """Return which values of rows these answers decided, one sentence per answer."""
        del answers
        return []

    def described(self) -> dict[str, Any]:
        """Return all but the values as plain JSON values."""
        return {
            "kind": self.kind,
            "descriptor": self.descriptor,
            "shape": list(self.values.shape),
            "scale": self.scale,
            "d_in": self.d_in,
            "rho": self.rho,
            **({"delta": self.delta} if self.delta else {}),
            "draw": self.draw,
        }


def loss_of(answers: Iterable[Answer]) -> PrivacyLoss:
    """Sum the losses of answers exactly, rounded up once."""
    listed = list(answers)
    return PrivacyLoss(
        nano_rho=nano_rho_of(answer.rho for answer in listed),
        atto_delta=atto_delta_of(answer.delta for answer in listed),
    )


def recomputed_loss(answers: Iterable[Answer], *, max_rows: int) -> PrivacyLoss:
    """Sum what answers cost by their own mechanisms, whatever they say of it; exactly, rounded up once."""
    losses = [answer.recomputed(max_rows) for answer in answers]
    return PrivacyLoss(
        nano_rho=nano_rho_of(rho for rho, _ in losses), atto_delta=atto_delta_of(delta for _, delta in losses)
    )


def l2_sensitivity(*, squares: int, max_rows: int) -> int:
    """Return the least whole number that is at least ``max_rows * sqrt(squares)``, for a stability bound.

    Args:
        squares: sum of the squares of the most that one row moves each number of a vector by, at least 1.
        max_rows: rows of one privacy unit that are counted.
    """
    return isqrt(max_rows**2 * squares - 1) + 1


def is_name(name: object) -> bool:
    """Return whether a name that may come from an untrusted bundle can be shown: a short text, all of it visible."""
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and refused_in(name) is None


def require(fits: bool, fault: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse a release with a fault.

    Raises:
        IntegrityError: it does not fit.
    """
    if not fits:
        raise IntegrityError(f"this is not a release: it {fault}", hint="it was altered, or written by a newer version")
