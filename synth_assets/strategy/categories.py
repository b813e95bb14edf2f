"""What it costs to discover the categories that a contract leaves open: a function of the contract alone.

All discovered columns share a tenth of rho and all of the contract's
``threshold_delta``, in equal parts.
"""

from fractions import Fraction

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.privacy import ATTO, NANO, PrivacyLoss, nano_rho_of
from synth_assets.privacy.noise import ThresholdNoise, least_threshold

__all__ = ["SHARE", "left_for_tables", "noise_of_discovery"]

SHARE = Fraction(1, 10)
"""Of rho, for all discovered columns together."""


def noise_of_discovery(contract: DatasetContract, loss: PrivacyLoss) -> ThresholdNoise | None:
    """Return the noise and threshold of each discovered column, or none if there is no such column.

    Args:
        contract: says which columns are discovered and who is protected.
        loss: what the whole release may cost.

    Raises:
        UsageError: the loss is too small for any threshold.
    """
    columns = len(contract.discovered_columns)
    if not columns:
        return None
    if not loss.nano_rho or not loss.atto_delta:
        raise UsageError(
            "nothing is left for discovered categories", hint="spend more, or declare them", where=("privacy", "spend")
        )
    return least_threshold(
        max_rows=contract.unit().max_rows,
        rho=_below(SHARE * Fraction(loss.nano_rho, NANO) / columns),
        delta=_below(Fraction(loss.atto_delta, ATTO) / columns),
    )


def left_for_tables(contract: DatasetContract, loss: PrivacyLoss) -> PrivacyLoss:
    """Return what is left for tables, in whole nano-rho: all of it without discovered columns."""
    noise = noise_of_discovery(contract, loss)
    used = nano_rho_of([noise.rho] * len(contract.discovered_columns)) if noise else 0
    return PrivacyLoss(nano_rho=loss.nano_rho - used)


def _below(exact: Fraction) -> float:
    """Return a share as a double that lies below it by so little that no unit of the ledger notices."""
    return float(exact) * (1 - 2.0**-50)
