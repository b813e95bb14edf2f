"""PUBLIC side of a toy kind of answers: how many rows have an even, and how many an odd code of a column."""

from dataclasses import dataclass
from typing import Any, ClassVar

from synth_assets.domain import Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Grids, require


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParityQuery:
    """The parity of one column's codes. Implements ``Query``."""

    kind: ClassVar[str] = "parities"

    column: str
    domain: Domain

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``."""
        del delta
        return least_gaussian(d_in=unit.max_rows, rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what a reader must know of the values."""
        return {"column": self.column}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (2,)


class Parity(Answer):
    """Rows with an even and with an odd code, shape (2,)."""

    __slots__ = ()
    kind: ClassVar[str] = "parities"
    page: ClassVar[str] = "docs/privacy/parities.md"
    claim: ClassVar[str] = "parity maps"
    absent: ClassVar[str] = "no parity was asked"
    ask_for: ClassVar[str] = "a plan of parities"

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``; all rows of a unit may have the same parity."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del grids
        require(self.descriptor["column"] in domain.names and self.values.shape == (2,), "has an odd parity")
