"""Discover the categories that a contract leaves open; the cost follows from the contract alone.

Discovery is one draw of thresholds, before anything is encoded. All discovered columns
share a tenth of rho and all of the contract's ``threshold_delta``, in equal parts. The
result is public: it is part of the domain that all later draws use. A contract without
discovered columns has no such draw.
"""

from collections.abc import Sequence
from fractions import Fraction

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.privacy import ATTO, NANO, PrivacyLoss, nano_rho_of
from synth_assets.privacy.noise import ThresholdNoise, least_threshold
from synth_assets.release import Discovery
from synth_assets.release.kinds.thresholds import ThresholdQuery
from synth_assets.strategy.measurer import Measurer, Request

__all__ = ["DISCOVERY_DRAW", "SHARE", "discover", "left_for_tables", "noise_of_discovery"]

DISCOVERY_DRAW = 0
"""Number of the discovery's draw; draws of tables are numbered from 1."""
SHARE = Fraction(1, 10)
"""Share of rho for all discovered columns together."""


def discover(measurer: Measurer, *, contract: DatasetContract, loss: PrivacyLoss) -> tuple[Discovery, ...]:
    """Draw the categories of all discovered columns; nothing is drawn without such columns.

    Args:
        measurer: makes the draw.
        contract: only its release part is used.
        loss: what the reservation paid; the shares follow from it.
    """
    names = contract.discovered_columns
    if not names:
        return ()
    rho, delta = _share_of_each(names, loss)
    queries = (ThresholdQuery(column=contract.open_column(name)) for name in names)
    return tuple(measurer.draw([Request(query=query, rho=rho, delta=delta) for query in queries]))


def noise_of_discovery(contract: DatasetContract, loss: PrivacyLoss) -> ThresholdNoise | None:
    """Return the noise and threshold of each discovered column, or none if there is no such column.

    Args:
        contract: says which columns are discovered and who is protected.
        loss: what the whole release may cost.

    Raises:
        UsageError: the loss is too small for any threshold.
    """
    names = contract.discovered_columns
    if not names:
        return None
    rho, delta = _share_of_each(names, loss)
    return least_threshold(max_rows=contract.unit().max_rows, rho=rho, delta=delta)


def left_for_tables(contract: DatasetContract, loss: PrivacyLoss) -> PrivacyLoss:
    """Return what is left for tables, in whole nano-rho: all of it without discovered columns."""
    noise = noise_of_discovery(contract, loss)
    used = nano_rho_of([noise.rho] * len(contract.discovered_columns)) if noise else 0
    return PrivacyLoss(nano_rho=loss.nano_rho - used)


def _below(exact: Fraction) -> float:
    """Round a share down to a double, by less than the smallest unit of the ledger."""
    return float(exact) * (1 - 2.0**-50)


def _share_of_each(names: Sequence[str], loss: PrivacyLoss) -> tuple[float, float]:
    """Return the rho and the delta that each discovered column may cost."""
    if not (loss.nano_rho and loss.atto_delta):
        raise UsageError(
            "nothing is left for discovered categories", hint="spend more, or declare them", where=("privacy", "spend")
        )
    rho, delta = SHARE * Fraction(loss.nano_rho, NANO), Fraction(loss.atto_delta, ATTO)
    return _below(rho / len(names)), _below(delta / len(names))
