"""``budget plan CONTRACT``: what a release would cost and be like, and what another epsilon would buy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synth_assets.cli.book import current_ledger
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.output import PART_NAMES, json_option, located, print_json, print_table, spent_bar
from synth_assets.cli.price import price_words
from synth_assets.cli.terminal import echo
from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.ledger import Ledger, Source
from synth_assets.privacy import ATTO, PrivacyLoss

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract
    from synth_assets.ledger.budget import Plan
    from synth_assets.privacy.noise import ThresholdNoise
    from synth_assets.strategy.expected import ColumnError

__all__ = ["plan"]

_AROUND = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Multiples of the contract's epsilon that are compared."""
_LARGEST = 100.0
_BAR = 24
_SPEND = ("privacy", "spend")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    """A release at another epsilon.

    Attributes:
        epsilon: of the release.
        fits: whether the account covers it now.
        errors: what noise would do to each column; empty if the values of none are known.
    """

    epsilon: float
    fits: bool
    errors: "tuple[ColumnError, ...]"


@click.command("plan")
@contract_argument
@click.option("--rows", type=click.IntRange(min=1), help="About how many rows there are, if that is public.")
@json_option
def plan(*, contract: Path, rows: int | None, as_json: bool) -> int:
    """Say what CONTRACT would cost, how far off each column would be, and what another epsilon would buy.

    A contract that cannot be released is refused, exit code 1 if the account does not cover it, 2 otherwise. Nothing
    is spent and no row is read: the noise follows from the contract, and errors as shares from --rows, or
    `evaluation: {population: ...}`. With a release there is also `budget curve`.
    """
    from synth_assets.obtain.paid import paid_before, release_plan
    from synth_assets.strategy.categories import noise_of_discovery

    dataset_contract, ledger = read_contract(contract), current_ledger()
    source = ledger.source(dataset_contract.source)
    with located(contract):
        _refuse(dataset_contract, ledger, source)
    rows = rows or dataset_contract.evaluation.population
    planned = _planned(dataset_contract, ledger, source)
    threshold = noise_of_discovery(dataset_contract, dataset_contract.release_loss())
    others = _others(dataset_contract, planned.balance.remaining, rows=rows)
    (own,) = (other for other in others if other.epsilon == dataset_contract.privacy.spend.epsilon)
    if as_json:
        print_json(_json(planned, threshold, own=own, others=others, rows=rows))
        return 0
    if paid_before(ledger, source, release_plan(ledger, source, dataset_contract)):
        echo("its release is paid already, and a run costs nothing; this is what another one would cost")
    _print_cost(dataset_contract, planned, threshold)
    if own.errors:
        _print_columns(own.errors, rows=rows)
        _print_others(others, own=own, rows=rows)
    return 0


def _refuse(contract: "DatasetContract", ledger: Ledger, source: Source) -> None:
    """Refuse what no release can come of, with all of its faults.

    Raises:
        BudgetRefused: the account does not cover it, and nothing else is wrong.
        UsageError: it does not fit what is registered.
    """
    from synth_assets.obtain.preflight import remarks_on_account, remarks_on_source
    from synth_assets.strategy.expected import largest_epsilon
    from synth_assets.strategy.release_plan import ReleasePlan

    remarks = (*remarks_on_source(source, contract), *remarks_on_account(ledger, source, contract))
    faults = [remark for remark in remarks if remark.refused]
    if not faults:
        return
    first = faults[0]
    rest = "".join(f"\n  also {'.'.join(fault.where)}: {fault.message}" for fault in faults[1:])
    if first.where != _SPEND or rest:
        raise UsageError(f"{first.message}{rest}", hint=first.hint, where=first.where)
    left = ledger.balance(source.account, part=ReleasePlan(contract=contract).part).remaining
    most = largest_epsilon(contract, within=left)
    fits = f"epsilon {most:g} would fit; " if most else ""
    raise BudgetRefused(first.message, hint=fits + first.hint, where=first.where)


def _planned(contract: "DatasetContract", ledger: Ledger, source: Source) -> "Plan":
    from synth_assets.ledger.budget import make_plan
    from synth_assets.strategy.categories import left_for_tables
    from synth_assets.strategy.release_plan import ReleasePlan

    columns, asked = len(contract.columns), contract.release_loss()
    return make_plan(
        ledger,
        account=source.account,
        asked=asked,
        unit=contract.unit(),
        tables=columns + math.comb(columns, 2),
        on_tables=left_for_tables(contract, asked),
        part=ReleasePlan(contract=contract).part,
    )


def _others(contract: "DatasetContract", left: PrivacyLoss, *, rows: int | None) -> list[_Other]:
    """Return releases at multiples of the contract's epsilon; without errors if no column's values are known."""
    from synth_assets.strategy.expected import expected_errors, with_epsilon

    own = contract.privacy.spend.epsilon
    known = len(contract.discovered_columns) < len(contract.columns)
    contracts = [with_epsilon(contract, own * times) for times in _AROUND if own * times <= _LARGEST]
    return [
        _Other(
            epsilon=each.privacy.spend.epsilon,
            fits=each.release_loss().fits(left),
            errors=expected_errors(each, rows=rows) if known else (),
        )
        for each in contracts
    ]


def _print_cost(contract: "DatasetContract", planned: "Plan", threshold: "ThresholdNoise | None") -> None:
    echo(f"a release of {contract.name} costs {price_words(contract, planned.balance)}")
    echo(
        f"account {planned.balance.account} would then be at epsilon {planned.epsilon_after:.4f} "
        f"at delta {planned.balance.delta:g}, not the plain sum"
    )
    echo(f"{planned.releases_left} releases of this size are left")
    echo(f"a count is off by about {planned.noise:.0f} rows, if all columns and pairs share the loss equally")
    _print_evaluations(contract)
    if threshold:
        names, left = ", ".join(contract.discovered_columns), planned.balance.remaining.atto_delta / ATTO
        echo(
            f"a category of {names} is found above {threshold.threshold} rows, give or take {threshold.scale:.0f}; "
            f"thresholds have delta {left:g} left and use {contract.release_loss().atto_delta / ATTO:g}"
        )


def _print_evaluations(contract: "DatasetContract") -> None:
    """Say what checks on real people cost, which have budgets of their own."""
    from synth_assets.evaluation.asked import parts_of
    from synth_assets.evaluation.metrics.registry import parse

    read = (parts_of(parse(name)[0], contract) for name in contract.gates)
    for part in dict.fromkeys(part for parts in read for part in parts):
        each, whose = contract.evaluation_loss(part), PART_NAMES.get(part or "", "the same")
        echo(
            f"checks on {whose} people cost rho {each.rho:.6g} for a candidate, at most "
            f"{contract.privacy.evaluation_attempts} of them for a release"
        )


def _print_columns(errors: "Sequence[ColumnError]", *, rows: int | None) -> None:
    """Print the noise of each column, and its error where the number of rows is public."""
    echo()
    drawn = [each.noise if each.error is None else each.error for each in errors]
    cells = [
        (
            each.name,
            each.codes,
            f"{each.noise:.1f} rows",
            "-" if each.error is None else f"{each.error:.4f}",
            spent_bar(bar / max(drawn), width=_BAR),
        )
        for each, bar in zip(errors, drawn, strict=True)
    ]
    print_table(("column", "values or bins", "noise on each", "error of shares", _drawn(rows)), cells)
    if rows is None:
        echo("errors of shares need the number of rows: --rows N if that is public; the noise is at most this")


def _drawn(rows: int | None) -> str:
    """Return what bars are of."""
    return "bars: noise" if rows is None else "bars: error"


def _print_others(others: "Sequence[_Other]", *, own: _Other, rows: int | None) -> None:
    """Plot what other epsilons would buy, as bars."""
    from synth_assets.strategy.expected import mean_error, mean_noise

    echo()
    means = [(mean_noise(other.errors), mean_error(other.errors)) for other in others]
    drawn = [noise if error is None else error for noise, error in means]
    cells = [
        (
            f"{other.epsilon:g}{' (contract)' if other is own else ''}",
            "fits" if other.fits else "does not fit",
            f"{noise:.1f} rows",
            "-" if error is None else f"{error:.4f}",
            spent_bar(bar / max(drawn), width=_BAR),
        )
        for other, (noise, error), bar in zip(others, means, drawn, strict=True)
    ]
    print_table(("epsilon", "account", "mean noise", "mean error", _drawn(rows)), cells)
    echo("errors are total variations of released columns by noise alone (0: the same shares); a fit smooths some away")


def _json(
    planned: "Plan", threshold: "ThresholdNoise | None", *, own: _Other, others: Sequence[_Other], rows: int | None
) -> dict[str, Any]:
    keys = ("releases_left", "epsilon_asked", "epsilon_after", "noise")
    return {
        "account": planned.balance.account,
        **{key: getattr(planned, key) for key in keys},
        **({"threshold": threshold.threshold} if threshold else {}),
        "rows": rows,
        "columns": _columns_json(own.errors),
        "alternatives": [
            {"epsilon": other.epsilon, "fits": other.fits, "columns": _columns_json(other.errors)} for other in others
        ],
    }


def _columns_json(errors: "Sequence[ColumnError]") -> list[dict[str, Any]]:
    return [{slot: getattr(each, slot) for slot in each.__slots__} for each in errors]
