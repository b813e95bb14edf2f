"""What a release of a contract would be like, before it is paid: the noise on each column, by public arithmetic.

The one-way tables of a release cost a share of rho that follows from the columns, from what is set aside for other
rounds, and from how many rows there are (:func:`~synth_assets.strategy.allocation.one_way_share`). So the noise of each
is known beforehand if the number of rows is; without it the smallest share is assumed, and the noise is at most what is
said. Errors are of the released columns, by noise alone; a fitted generator smooths some of it away. For display only:
a measurement takes its scales from OpenDP.

Example:
    >>> from synth_assets.contract import DatasetContract
    >>> contract = DatasetContract.model_validate({
    ...     "name": "x", "purpose": "x", "source": "x",
    ...     "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    ...     "columns": {"sex": {"type": "boolean", "domain_source": "law"}},
    ... })
    >>> (sex,) = expected_errors(contract, rows=1000)
    >>> sex.codes, round(sex.noise, 1), round(sex.error, 4)
    (2, 4.5, 0.0036)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.domain import NEWEST_LAYOUT
from synth_assets.errors import UsageError
from synth_assets.privacy import PrivacyLoss
from synth_assets.strategy.allocation import MOST_ONE_WAY_SHARE, Floats, one_way_share, shares_by_size
from synth_assets.strategy.categories import left_for_tables
from synth_assets.strategy.rounds import MOST_UNSCORED
from synth_assets.strategy.side_rounds import side_rounds

__all__ = ["ColumnError", "expected_errors", "largest_epsilon", "mean_error", "mean_noise", "with_epsilon"]

_STEPS = 30
_LEAST = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnError:
    """What noise does to one released column.

    Attributes:
        name: of the column.
        codes: values or bins that are counted.
        noise: standard deviation of the noise on each count, in rows.
        error: expected total variation of the column's shares by noise alone; ``None`` if it is not known how many rows
            there are.
    """

    name: str
    codes: int
    noise: float
    error: float | None


def expected_errors(contract: DatasetContract, *, rows: int | None = None) -> tuple[ColumnError, ...]:
    """Return what noise would do to each column whose values are known beforehand.

    Args:
        contract: says columns, unit and spend.
        rows: about how many rows there are, if that is public.

    Raises:
        UsageError: nothing is left for tables.
    """
    return tuple(_errors(contract, rows=rows))


def mean_noise(errors: tuple[ColumnError, ...]) -> float:
    """Return the mean standard deviation of the noise on a count, over columns."""
    return sum(each.noise for each in errors) / len(errors)


def mean_error(errors: tuple[ColumnError, ...]) -> float | None:
    """Return the mean error over columns; ``None`` if it is not known how many rows there are."""
    known = [each.error for each in errors if each.error is not None]
    return sum(known) / len(known) if known else None


def with_epsilon(contract: DatasetContract, epsilon: float) -> DatasetContract:
    """Return the contract with another epsilon, for comparison."""
    spend = contract.privacy.spend.model_copy(update={"epsilon": epsilon})
    return contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"spend": spend})})


def largest_epsilon(contract: DatasetContract, *, within: PrivacyLoss) -> float | None:
    """Return the largest epsilon, in thousandths, whose release fits ``within``, or ``None``; delta stays."""
    low, high = _LEAST, contract.privacy.spend.epsilon
    if not with_epsilon(contract, low).release_loss().fits(within):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        fits = with_epsilon(contract, middle).release_loss().fits(within)
        low, high = (middle, high) if fits else (low, middle)
    return math.floor(low * 1000) / 1000 or None


@dataclass(frozen=True, slots=True)
class _Unspent:
    """All that rounds ask of a measurer before they draw."""

    rho_left: float


def _errors(contract: DatasetContract, *, rows: int | None) -> Iterator[ColumnError]:
    columns = contract.known_domain().columns
    if not columns:
        raise UsageError("all columns are discovered: what they hold is only known after a release", where=("columns",))
    rho = left_for_tables(contract, contract.release_loss()).rho
    if rho <= 0:
        raise UsageError("nothing is left for tables", hint="spend more", where=("privacy", "spend"))
    unspent = cast("Any", _Unspent(rho))
    beside = side_rounds(measurer=unspent, domain=contract.known_domain(), layout=NEWEST_LAYOUT)
    rho -= sum(side.rho for side in beside)
    rhos = _rhos(contract, rho, rows=rows)
    for column, noise in zip(columns, _scales(contract, rhos).tolist(), strict=True):
        error = None if rows is None else min(1.0, column.size * noise * math.sqrt(2 / math.pi) / 2 / rows)
        yield ColumnError(name=column.name, codes=column.size, noise=noise, error=error)


def _rhos(contract: DatasetContract, rho: float, *, rows: int | None) -> Floats:
    """Return what the one-way table of each column costs, of ``rho`` for all rounds of tables, as rounds divide it."""
    columns = contract.known_domain().columns
    weights = shares_by_size(columns)
    if len(contract.columns) == 1:
        return rho * weights
    scored = math.comb(len(contract.columns), 2) > MOST_UNSCORED
    first = rho * MOST_ONE_WAY_SHARE * weights
    total = math.inf if rows is None else float(rows)
    share = one_way_share(columns, scales=_scales(contract, first), total=total, scored=scored)
    smallest = int(np.argmin(weights))  # it is drawn first, before the share is known
    rhos = np.asarray(rho * share * weights)
    rhos[smallest] = first[smallest]
    return rhos


def _scales(contract: DatasetContract, rhos: Floats) -> Floats:
    """Return the standard deviation of the noise on tables that cost ``rhos`` each (Bun and Steinke 2016, 1.6)."""
    return np.asarray(contract.unit().max_rows / np.sqrt(2 * rhos))
