"""``sample CONTRACT --out FILE``: a what-if table from a fitted generator; free, and no candidate."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from synth_assets.cli.compute import workers_option
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.fitted import fitted_for, generator_option
from synth_assets.cli.output import json_option, print_json, progress
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract
    from synth_assets.domain import Domain
    from synth_assets.generator import Condition, FittedGenerator
    from synth_assets.release import Release

__all__ = ["sample"]

_PAIR = re.compile(r"(.+?):([^,:]+)(?:,|$)")
"""A value, which may hold commas and colons, and its number."""


@click.command()
@contract_argument
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write: .parquet or .csv."
)
@click.option("--rows", type=click.IntRange(min=1), help="Rows to sample; default: what the contract says.")
@click.option("--where", default="", help="What every row keeps, such as \"age >= 65 AND region = 'north'\".")
@click.option(
    "--rebalance",
    "shares",
    multiple=True,
    metavar="COLUMN=VALUE:SHARE,...",
    help="Shares that a column is to have; values that are not named are left out. May be repeated.",
)
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="COLUMN=VALUE:FACTOR,...",
    help="How much more often than before values are to occur; also CONDITION:FACTOR. May be repeated.",
)
@click.option("--scenario", default="", help="A scenario of the contract, instead of the three options above.")
@click.option("--seed", type=click.IntRange(min=0), help="Default: 0, or the scenario's.")
@generator_option
@workers_option
@json_option
def sample(  # noqa: PLR0913 - one parameter per option
    *,
    contract: Path,
    out: Path,
    rows: int | None,
    where: str,
    shares: tuple[str, ...],
    weights: tuple[str, ...],
    scenario: str,
    seed: int | None,
    digest: str | None,
    workers: int,
    as_json: bool,
) -> None:
    """Draw a what-if table into FILE: not checked, not promoted, and marked as such."""
    from synth_assets.candidate import write_what_if
    from synth_assets.generator.compute import Compute

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    if out.resolve().is_relative_to(workspace.artefacts):
        raise UsageError(f"{out} lies among the project's artefacts", hint="write what-if tables outside data/")
    if scenario and (where or shares or weights):
        raise UsageError(
            f"scenario {scenario!r} has its own conditions, weights and shares",
            hint="leave out --where, --rebalance and --weight, or --scenario",
        )
    fitted, release = fitted_for(dataset_contract, workspace, digest=digest)
    asked = (
        _named(scenario, dataset_contract, fitted, release)
        if scenario
        else _described(where, shares, weights, dataset_contract, fitted, release)
    )
    progress(f"generator {fitted.digest[:12]} of release {release.digest[:12]}")
    with Compute(workers=workers).pool() as executor:
        table = write_what_if(
            dataset_contract,
            fitted,
            release,
            out=out,
            seed=asked.seed if seed is None else seed,
            rows=asked.rows if rows is None else rows,
            condition=asked.condition,
            filters=asked.filters,
            executor=executor,
        )
    if as_json:
        print_json({"out": str(out), "rows": table.rows, "drawn": table.drawn, **table.facts})
        return
    echo(f"{table.rows:,} rows in {out}" + (f" ({table.drawn:,} drawn)" if table.drawn > table.rows else ""))
    echo("a what-if table: not checked, not promoted")


class _Asked(NamedTuple):
    """What decides the rows besides the generator."""

    condition: "Condition | None"
    filters: tuple[str, ...] = ()
    rows: int | None = None
    seed: int = 0


def _named(name: str, contract: "DatasetContract", fitted: "FittedGenerator", release: "Release") -> _Asked:
    from synth_assets.candidate import scenario_order
    from synth_assets.generator import load_generator

    order = scenario_order(contract, name, load_generator(fitted.folder), release)
    return _Asked(condition=order.where, filters=order.filters, rows=order.rows, seed=order.seed)


def _described(  # noqa: PLR0913, PLR0917 - what was written on the command line, and what it is read with
    where: str,
    shares: Sequence[str],
    weights: Sequence[str],
    contract: "DatasetContract",
    fitted: "FittedGenerator",
    release: "Release",
) -> _Asked:
    from synth_assets.candidate import Question, read_question
    from synth_assets.generator import load_generator, what_if

    domain = release.domain
    question = read_question(where, contract=contract, domain=domain) if where else Question(text="")
    condition = what_if(
        load_generator(fitted.folder),
        release,
        where=question.condition,
        weights=_weights(weights, domain),
        shares=_shares(shares, domain),
    )
    return _Asked(condition=condition, filters=question.filters)


def _shares(texts: Sequence[str], domain: "Domain") -> dict[str, dict[Any, float]]:
    by_column: dict[str, dict[Any, float]] = {}
    for text in texts:
        name, numbers = _by_column(text, domain) or (None, {})
        if name is None:
            raise UsageError(f"`{text}` names no measured column", hint="write COLUMN=VALUE:SHARE,VALUE:SHARE")
        by_column[name] = {**by_column.get(name, {}), **numbers}
    return by_column


def _weights(texts: Sequence[str], domain: "Domain") -> dict[str, Mapping[Any, float] | float]:
    factors: dict[str, Mapping[Any, float] | float] = {}
    for text in texts:
        column = _by_column(text, domain)
        if column is not None:
            before = factors.get(column[0], {})
            factors[column[0]] = {**(before if isinstance(before, dict) else {}), **column[1]}
        else:
            condition, _, factor = text.rpartition(":")
            factors[condition] = _number(factor, text)
    return factors


def _by_column(text: str, domain: "Domain") -> tuple[str, dict[Any, float]] | None:
    """Read ``COLUMN=VALUE:NUMBER,...`` or ``COLUMN={"VALUE": NUMBER}``; ``None`` when no column is named."""
    from synth_assets.generator import value_named

    name, equals, rest = text.partition("=")
    if not equals or name not in domain.names:
        return None
    column = domain[name]
    if rest.startswith("{"):
        return name, {value_named(column, key): _number(number, text) for key, number in _json(rest, text).items()}
    pairs = list(_PAIR.finditer(rest))
    if not pairs or pairs[-1].end() < len(rest):
        raise UsageError(f"`{text}` is not readable", hint="write COLUMN=VALUE:NUMBER,VALUE:NUMBER")
    return name, {value_named(column, pair[1]): _number(pair[2], text) for pair in pairs}


def _json(rest: str, text: str) -> dict[str, Any]:
    try:
        numbers = json.loads(rest)
    except ValueError as error:
        raise UsageError(f"`{text}` is not readable", hint='write COLUMN={"VALUE": NUMBER}') from error
    return dict(numbers)


def _number(given: Any, text: str) -> float:
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"`{text}`: {given!r} is not a number", hint="write VALUE:NUMBER, such as north:2") from error
