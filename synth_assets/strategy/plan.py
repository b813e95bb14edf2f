"""What a reservation pays for: a plan, which is run against a measurer.

A plan is public: the contract, what else decides its queries, and the arithmetic that
chooses the next one from answers. Reserving, the measuring process, the
journal and the ledger work with any kind of plan. A new plan is one module
and one line in :data:`~synth_assets.strategy.plans.PLANS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.privacy import PrivacyLoss
from synth_assets.release.answers import Answer, Grids
from synth_assets.strategy.measurer import Measurer

__all__ = ["Outcome", "Plan", "measured_json"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """The result of a plan, to be published.

    Attributes:
        domain: the columns, as declared and as discovered.
        grids: coarse code of each fine code, by column.
        answers: everything that was paid for, in the order in which they are stored.
    """

    domain: Domain
    grids: Grids
    answers: tuple[Answer, ...]


class Plan(Protocol):
    """Public facts that decide what is asked, and what it may cost."""

    name: ClassVar[str]

    @property
    def contract(self) -> DatasetContract:
        """The contract that says who is protected and where rows come from."""
        ...

    def fingerprint(self) -> str:
        """Return the digest of everything that decides the answers; plans with the same digest are paid once."""
        ...

    def loss(self) -> PrivacyLoss:
        """Return what a reservation pays."""
        ...

    @property
    def part(self) -> str | None:
        """The part of a split account that it reads; ``None`` for all units."""
        ...

    @property
    def refresh(self) -> str:
        """The refresh key: plans with another one are paid again."""
        ...

    @property
    def within(self) -> PrivacyLoss | None:
        """The most that all plans with this source, version, refresh key and part may cost together, if limited."""
        ...

    @property
    def first_draw(self) -> int:
        """Number of the first draw in the journal."""
        ...

    def check(self) -> None:
        """Reject a plan that cannot be measured, before charging.

        Raises:
            UsageError: the plan cannot be measured; the hint is what to change.
        """
        ...

    def arguments(self) -> Mapping[str, Any]:
        """Return what rebuilds the plan in the measuring process, as plain JSON values."""
        ...

    def run(self, measurer: Measurer) -> Outcome:
        """Ask the measurer until the budget is used.

        The same answers must lead to the same requests, so that a resumed measurement replays its journal.
        """
        ...


def measured_json(contract: DatasetContract) -> str:
    """Return what the measuring process needs of a contract as JSON: derived columns and rules are not measured."""
    return contract.model_copy(update={"derived": {}, "rules": {}}).model_dump_json()
