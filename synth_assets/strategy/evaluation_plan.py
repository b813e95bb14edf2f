"""The plan behind measured checks: fixed questions about one candidate, asked of one part of the account.

Nothing is chosen while it runs: one draw per kind of answers, with shares of rho that were
fixed before. Its fingerprint covers all that decides the answers, so the same questions about the same
candidate are paid once and read again for free. Queries reach the measuring process as JSON; arrays
that their axes are made of lie in a folder, named by their digest.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from math import prod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.files import canonical_json, json_bytes, sha256_bytes
from synth_assets.privacy import PARTS, PrivacyLoss
from synth_assets.reading import MOST_BYTES
from synth_assets.release.answers import Answer, Grids
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.release.layout import MOST_CELLS
from synth_assets.rowwise.axis import Axis
from synth_assets.rowwise.registry import axis_from_json, read_material
from synth_assets.strategy.measurer import Measurer, Request
from synth_assets.strategy.plan import Outcome, measured_json

__all__ = ["EvaluationPlan", "Question", "fingerprint_of", "refresh_of"]

Question = tuple[TallyQuery | WorkloadQuery, int]
"""A query, and its share of rho relative to those of the others."""
_PARTS = (None, *PARTS)
_MOST_BYTES = MOST_BYTES // 2
_MARGIN = 2.0**-40
"""Of rho, so that rounding does not pass it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EvaluationPlan:
    """Implements ``Plan``.

    Attributes:
        contract: who is protected and where rows come from; its release part decides the answers too.
        part: the part of the account whose rows are read, ``measured`` or ``held_out``; ``None`` is the whole.
        release: digest of the release that the candidate was made from.
        candidate: digest of the candidate.
        charge: what a reservation pays for all questions.
        questions: the queries, over one domain, and each one's share of rho as a positive whole number.
        materials: folder of the arrays that axes are made of; ``None`` if no axis is made of any.
        facts: digest of what figures need besides the answers, which is fixed before they are drawn; may be empty.
    """

    name: ClassVar[str] = "evaluation"

    contract: DatasetContract
    part: str | None
    release: str
    candidate: str
    charge: PrivacyLoss
    questions: tuple[Question, ...]
    materials: Path | None = None
    facts: str = ""

    @property
    def domain(self) -> Domain:
        """The columns of the release, with discovered categories."""
        return self.questions[0][0].domain

    @cached_property
    def grids(self) -> Grids:
        """Coarse code of each fine code: of the workloads, and the fine codes themselves of all other columns."""
        grids = {column.name: np.arange(column.size) for column in self.domain.columns}
        for query, _ in self.questions:
            if isinstance(query, WorkloadQuery):
                grids.update((name, grid) for name, grid in query.grids.items() if name in grids)
        return grids

    def fingerprint(self) -> str:
        """See ``Plan``; descriptors name arrays, expected tables and grids by their digests."""
        return fingerprint_of(
            self.contract,
            domain=self.domain,
            part=self.part,
            release=self.release,
            candidate=self.candidate,
            charge=self.charge,
            questions=[(query.kind, query.descriptor(), weight) for query, weight in self.questions],
            facts=self.facts,
        )

    def loss(self) -> PrivacyLoss:
        """See ``Plan``."""
        return self.charge

    @property
    def refresh(self) -> str:
        """See ``Plan``; all evaluations of candidates of one release share it."""
        return refresh_of(self.release)

    @property
    def within(self) -> PrivacyLoss:
        """See ``Plan``; what the contract leaves for all candidates of one release."""
        return self.contract.evaluation_slice(self.part)

    @property
    def first_draw(self) -> int:
        """See ``Plan``."""
        return 1

    def check(self) -> None:
        """See ``Plan``; whatever does not depend on rows is refused here, before it costs.

        Raises:
            Fault: the questions do not fit each other or a release, one has no price, or they cannot be rebuilt.
            IntegrityError: an axis was made for other columns, or its arrays are missing.
        """
        fault = self._fault()
        if fault:
            raise Fault(f"an evaluation {fault}", hint="check the metrics")
        for request in self._requests(self.charge.rho * (1 - _MARGIN)):
            request.query.noise(unit=self.contract.unit(), rho=request.rho, delta=request.delta)
        no_rows = [np.zeros(0, dtype=np.uint16) for _ in self.domain.columns]
        for axis in self._axes():
            axis.places(no_rows, self.domain)
        again = self.from_arguments(json.loads(canonical_json(self.arguments())))
        if again.fingerprint() != self.fingerprint():
            raise Fault("an evaluation is not rebuilt as it was", hint="check how its axes are written as JSON")

    def arguments(self) -> Mapping[str, Any]:
        """See ``Plan``; derived columns and rules do not concern a measurement."""
        return {
            "contract": measured_json(self.contract),
            "part": self.part,
            "release": self.release,
            "candidate": self.candidate,
            "loss": [self.charge.nano_rho, self.charge.atto_delta],
            "domain": self.domain.as_json(),
            "grids": {name: grid.tolist() for name, grid in self.grids.items()},
            "questions": [[query.kind, query.as_json(), weight] for query, weight in self.questions],
            "materials": None if self.materials is None else str(self.materials.absolute()),
            "facts": self.facts,
        }

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> "EvaluationPlan":
        """Invert :meth:`arguments`.

        Raises:
            IntegrityError: the arrays of an axis are missing or altered.
        """
        materials = None if arguments["materials"] is None else Path(arguments["materials"])
        rebuild = _Rebuild(
            domain=Domain.from_json(arguments["domain"]),
            grids={name: np.array(grid, dtype=np.int64) for name, grid in arguments["grids"].items()},
            materials=materials,
        )
        nano_rho, atto_delta = arguments["loss"]
        return cls(
            contract=DatasetContract.model_validate_json(arguments["contract"]),
            part=arguments["part"],
            release=arguments["release"],
            candidate=arguments["candidate"],
            charge=PrivacyLoss(nano_rho=nano_rho, atto_delta=atto_delta),
            questions=tuple((rebuild.query(kind, value), weight) for kind, value, weight in arguments["questions"]),
            materials=materials,
            facts=arguments["facts"],
        )

    def run(self, measurer: Measurer) -> Outcome:
        """See ``Plan``; answers are in the order of the questions."""
        requests = self._requests(measurer.rho_left * (1 - _MARGIN))
        answers: dict[int, Answer] = {}
        for kind in dict.fromkeys(query.kind for query, _ in self.questions):
            positions = [index for index, (query, _) in enumerate(self.questions) if query.kind == kind]
            answers.update(zip(positions, measurer.draw([requests[index] for index in positions]), strict=True))
        ordered = tuple(answers[index] for index in range(len(self.questions)))
        return Outcome(domain=self.domain, grids=self.grids, answers=ordered)

    def _requests(self, rho: float) -> list[Request]:
        """Return each query with its share of ``rho``."""
        total = sum(weight for _, weight in self.questions)
        return [Request(query=query, rho=rho * weight / total) for query, weight in self.questions]

    def _axes(self) -> Iterator[Axis]:
        """Yield the axes of all tallies."""
        for query, _ in self.questions:
            if isinstance(query, TallyQuery):
                yield from query.axes

    def _fault(self) -> str | None:
        """Return why these questions are not one evaluation."""
        queries = [query for query, _ in self.questions]
        if not queries or not all(type(weight) is int and weight > 0 for _, weight in self.questions):
            return "needs questions, each with a positive whole share of rho"
        if self.part not in _PARTS:
            return "reads a part of the account that does not exist"
        if len({(query.kind, query.name) for query in queries}) != len(queries):
            return "asks two questions of one kind under one name"
        return self._fault_of_columns() or self._fault_of_size()

    def _fault_of_columns(self) -> str | None:
        queries = [query for query, _ in self.questions]
        if any(query.domain != self.domain for query in queries) or self.domain.names != tuple(self.contract.columns):
            return "asks of other columns than those of its contract, or of several domains"
        if not all(self._has_grids_of(query) for query in queries if isinstance(query, WorkloadQuery)):
            return "compares tables by several grids of one column"
        return None

    def _fault_of_size(self) -> str | None:
        """Return whether the answers could not be read again; only half of a file's limit is for the questions."""
        descriptions = json_bytes([query.descriptor() for query, _ in self.questions])
        values = sum(prod(query.shape()) for query, _ in self.questions)
        fits = len(descriptions) <= _MOST_BYTES and values <= MOST_CELLS
        return None if fits else "asks for more than a release can hold"

    def _has_grids_of(self, query: WorkloadQuery) -> bool:
        return all(np.array_equal(self.grids[name], grid) for name, grid in query.grids.items() if name in self.grids)


def refresh_of(release: str) -> str:
    """Return the label under which everything is reserved that is asked about candidates of a release."""
    return f"evaluation of {release}"


def fingerprint_of(  # noqa: PLR0913 - what decides the answers, by keyword
    contract: DatasetContract,
    *,
    domain: Domain,
    part: str | None,
    release: str,
    candidate: str,
    charge: PrivacyLoss,
    questions: Sequence[tuple[str, Mapping[str, Any], int]],
    facts: str = "",
) -> str:
    """Return the digest of everything that decides the answers; an audit has the questions' descriptors alone.

    Args:
        contract: see :class:`EvaluationPlan`.
        domain: likewise, as are ``part``, ``release``, ``candidate`` and ``charge``.
        part: see ``domain``.
        release: see ``domain``.
        candidate: see ``domain``.
        charge: see ``domain``.
        questions: kind, descriptor and share of each.
        facts: see ``domain``; evaluations without any have the fingerprints that they had.
    """
    decides = {
        "plan": EvaluationPlan.name,
        "contract": contract.release_part(layout=1),  # whatever the release's: that stands in the domain
        "domain": domain.as_json(),
        "part": part,
        "release": release,
        "candidate": candidate,
        "loss": [charge.nano_rho, charge.atto_delta],
        "questions": [list(question) for question in questions],
        **({"facts": facts} if facts else {}),
    }
    return sha256_bytes(canonical_json(decides))


class _Rebuild:
    """Makes queries of JSON; axes that are described alike are one object, so that a row is scored once.

    Args:
        domain: the columns.
        grids: coarse code of each fine code of all columns.
        materials: folder of the arrays that axes are made of.
    """

    def __init__(self, *, domain: Domain, grids: Grids, materials: Path | None) -> None:
        self._domain = domain
        self._grids = grids
        self._material = cache(partial(read_material, below=materials or Path()))
        self._axes: dict[bytes, Axis] = {}

    def query(self, kind: str, value: Mapping[str, Any]) -> TallyQuery | WorkloadQuery:
        """Return the query of a kind that ``as_json`` described."""
        if kind == TallyQuery.kind:
            return TallyQuery.from_json(value, domain=self._domain, axis_of=self._axis)
        return WorkloadQuery.from_json(value, domain=self._domain, grids=self._grids)

    def _axis(self, value: Mapping[str, Any]) -> Axis:
        key = canonical_json(value)
        if key not in self._axes:
            self._axes[key] = axis_from_json(value, self._material)
        return self._axes[key]
