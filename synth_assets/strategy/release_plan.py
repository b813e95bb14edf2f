"""The plan behind a synthetic table: discover open categories, then measure tables in rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from synth_assets.contract import DatasetContract
from synth_assets.domain import NEWEST_LAYOUT
from synth_assets.errors import Fault
from synth_assets.privacy import MEASURED, PrivacyLoss
from synth_assets.release import categories_of
from synth_assets.release.model import RELEASE_PLAN
from synth_assets.strategy.categories import DISCOVERY_DRAW, discover, noise_of_discovery
from synth_assets.strategy.measurer import Measurer
from synth_assets.strategy.plan import Outcome, measured_json
from synth_assets.strategy.rounds import measure_in_rounds
from synth_assets.strategy.side_rounds import side_rounds

__all__ = ["ReleasePlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """Implements ``Plan``.

    Attributes:
        contract: its release part decides the queries.
        layout: of the columns, the newest but for a release that an earlier version began or finished.
    """

    name: ClassVar[str] = RELEASE_PLAN

    contract: DatasetContract
    layout: int = NEWEST_LAYOUT

    def fingerprint(self) -> str:
        """See ``Plan``; it is the contract's own in this layout."""
        return self.contract.fingerprint(layout=self.layout)

    def loss(self) -> PrivacyLoss:
        """See ``Plan``; all of the contract's cap that is not for measured checks on the same people."""
        return self.contract.release_loss()

    @property
    def part(self) -> str | None:
        """See ``Plan``."""
        return MEASURED if self.contract.privacy.holdout else None

    @property
    def refresh(self) -> str:
        """See ``Plan``; one release per version label, whoever asks."""
        return "version"

    @property
    def within(self) -> PrivacyLoss | None:
        """See ``Plan``; the caps of the account are its limit."""
        return None

    @property
    def first_draw(self) -> int:
        """See ``Plan``; draws of tables are numbered from 1, with or without a discovery."""
        return DISCOVERY_DRAW if self.contract.discovered_columns else DISCOVERY_DRAW + 1

    def check(self) -> None:
        """See ``Plan``; rejects budgets with no feasible threshold before charging."""
        noise_of_discovery(self.contract, self.loss())

    def arguments(self) -> Mapping[str, Any]:
        """See ``Plan``; derived columns and rules do not concern a measurement."""
        return {"contract": measured_json(self.contract), "layout": self.layout}

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> "ReleasePlan":
        """Invert :meth:`arguments`."""
        contract = DatasetContract.model_validate_json(arguments["contract"])
        return cls(contract=contract, layout=arguments["layout"])

    def run(self, measurer: Measurer) -> Outcome:
        """See ``Plan``.

        Raises:
            Fault: nothing was measured.
        """
        contract = self.contract
        discoveries = discover(measurer, contract=contract, loss=self.loss())
        domain = contract.domain(found=categories_of(discoveries), layout=self.layout)
        beside = side_rounds(measurer=measurer, domain=domain, layout=self.layout)
        grids, marginals, scores = measure_in_rounds(
            measurer,
            domain=domain,
            focus=contract.focus,
            target=contract.target,
            rho=measurer.rho_left - sum(side.rho for side in beside),
            layout=self.layout,
            beside=beside,
        )
        if not marginals:
            raise Fault("nothing was measured", hint="check the strategy")
        asides = [answer for side in beside for answer in side.answers]
        return Outcome(domain=domain, grids=grids, answers=(*discoveries, *scores, *marginals, *asides))
