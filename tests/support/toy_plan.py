"""A toy plan: the parity of one column, and its table so that the number of rows is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from toy_answer import ParityQuery

from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.privacy import PrivacyLoss
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.strategy.measurer import Measurer, Request
from synth_assets.strategy.plan import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityPlan:
    """Implements ``Plan``: a tenth of what the contract lets a release cost."""

    name: ClassVar[str] = "parity"

    contract: DatasetContract
    column: str

    def fingerprint(self) -> str:
        """See ``Plan``."""
        return sha256_bytes(canonical_json([self.name, self.column, self.contract.release_part()]))

    def loss(self) -> PrivacyLoss:
        """See ``Plan``."""
        return PrivacyLoss(nano_rho=self.contract.cap().loss().nano_rho // 10)

    @property
    def part(self) -> str | None:
        """See ``Plan``."""
        return None

    @property
    def refresh(self) -> str:
        """See ``Plan``."""
        return "version"

    @property
    def within(self) -> PrivacyLoss | None:
        """See ``Plan``."""
        return None

    @property
    def first_draw(self) -> int:
        """See ``Plan``."""
        return 1

    def check(self) -> None:
        """See ``Plan``."""

    def arguments(self) -> Mapping[str, Any]:
        """See ``Plan``."""
        return {"contract": self.contract.model_dump_json(), "column": self.column}

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> "ParityPlan":
        """Invert :meth:`arguments`."""
        contract = DatasetContract.model_validate_json(arguments["contract"])
        return cls(contract=contract, column=arguments["column"])

    def run(self, measurer: Measurer) -> Outcome:
        """See ``Plan``."""
        domain = self.contract.domain()
        table = MarginalQuery(attributes=(self.column,), level="fine", domain=domain, grids={})
        tables = measurer.draw([Request(query=table, rho=measurer.rho_left / 2)])
        query = ParityQuery(column=self.column, domain=domain)
        parities = measurer.draw([Request(query=query, rho=measurer.rho_left * (1 - 2.0**-40))])
        grids = {column.name: np.arange(column.size) for column in domain.columns}
        return Outcome(domain=domain, grids=grids, answers=(*tables, *parities))
