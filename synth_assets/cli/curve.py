"""``budget curve CONTRACT``: what other budgets would buy, simulated around the newest release; free."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.fitted import fitted_for, generator_option
from synth_assets.cli.output import json_option, print_json, print_table, progress, spent_bar
from synth_assets.cli.terminal import echo
from synth_assets.errors import naming_missing
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.generator.curve import CurvePoint, TableError

__all__ = ["curve"]

_AROUND = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Multiples of the contract's epsilon that are simulated if none are named."""
_PAIR, _WORST_PAIRS = 2, 8
_BAR = 20
_NOTE = """\
Simulated from release {release}: its generator stands for the private table. Nothing is spent, nothing private is read.
Errors are total variations (0: the same shares, 1: nothing in common); `released` is by noise alone, `synthetic` of a
generator that is fitted to that, its sampling included. The tables are those of the release: with another budget a real
release would choose its own."""


@click.command("curve")
@contract_argument
@click.option(
    "--epsilon",
    "epsilons",
    multiple=True,
    type=click.FloatRange(0, min_open=True),
    help="An epsilon to simulate; may be repeated. Default: a quarter to four times the contract's.",
)
@click.option(
    "--draws",
    default=1,
    show_default=True,
    type=click.IntRange(min=0),
    help="Draws and fits per epsilon; 0 looks at released tables alone, at once.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0))
@generator_option
@json_option
def curve(  # noqa: PLR0913 - one parameter per option
    *, contract: Path, epsilons: tuple[float, ...], draws: int, seed: int, digest: str | None, as_json: bool
) -> None:
    """Simulate what other budgets for CONTRACT would buy; spends nothing."""
    from synth_assets.generator import load_generator
    from synth_assets.generator.curve import budget_curve

    dataset_contract = read_contract(contract)
    fitted, release = fitted_for(dataset_contract, Workspace.current(), digest=digest)
    own = dataset_contract.privacy.spend.epsilon
    with naming_missing("`budget curve` with fits", hint="--draws 0 looks at the released tables alone"):
        points = budget_curve(
            dataset_contract,
            release,
            load_generator(fitted.folder),
            epsilons=sorted(epsilons or (own * multiple for multiple in _AROUND)),
            draws=draws,
            seed=seed,
            progress=progress,
        )
    if as_json:
        print_json({"release": release.digest, "generator": fitted.digest, "simulated": True, "points": _json(points)})
        return
    _print_means(points, own=own)
    _print_tables(points)
    echo()
    echo(_NOTE.format(release=release.digest[:12]))


def _print_means(points: "Sequence[CurvePoint]", *, own: float) -> None:
    """Print the mean error of columns and pairs at each epsilon, with a bar of the last figure that there is."""
    means = [[point.mean(ways, synthetic=which) for ways in (1, 2) for which in (False, True)] for point in points]
    plotted = [next((mean for mean in reversed(row) if mean is not None), 0.0) for row in means]
    most = max([*plotted, 1e-9])
    rows = [
        [
            f"{point.epsilon:g}{' (contract)' if point.epsilon == own else ''}",
            f"{point.factor:.2f} x",
            *map(_text, row),
            spent_bar(last / most, width=_BAR),
        ]
        for point, row, last in zip(points, means, plotted, strict=True)
    ]
    head = ("epsilon", "noise", "columns released", "columns synthetic", "pairs released", "pairs synthetic", "")
    print_table(head, rows)


def _print_tables(points: "Sequence[CurvePoint]") -> None:
    """Print the error of each column, and of the pairs that are worst in the middle, at each epsilon."""
    middle = points[len(points) // 2].tables
    of_same = {table.attributes: position for position, table in enumerate(middle)}  # the last one of each
    order = sorted(of_same.values(), key=lambda position: -_error(middle[position]))
    columns = [position for position in order if len(middle[position].attributes) == 1]
    pairs = [position for position in order if len(middle[position].attributes) == _PAIR][:_WORST_PAIRS]
    rows = [
        [" x ".join(middle[position].attributes), *(_text(_error(point.tables[position])) for point in points)]
        for position in (*columns, *pairs)
    ]
    echo()
    print_table(["columns, and the worst pairs", *(f"epsilon {point.epsilon:g}" for point in points)], rows)


def _error(table: "TableError") -> float:
    return table.released if table.synthetic is None else table.synthetic


def _text(error: float | None) -> str:
    return "-" if error is None else f"{error:.4f}"


def _json(points: "Sequence[CurvePoint]") -> list[dict[str, Any]]:
    return [
        {
            "epsilon": point.epsilon,
            "noise_factor": point.factor,
            "mean": {
                name: {"released": point.mean(ways, synthetic=False), "synthetic": point.mean(ways, synthetic=True)}
                for name, ways in (("columns", 1), ("pairs", 2))
            },
            "tables": [
                {"attributes": list(table.attributes), "released": table.released, "synthetic": table.synthetic}
                for table in point.tables
            ],
        }
        for point in points
    ]
