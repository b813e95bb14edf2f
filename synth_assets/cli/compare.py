"""``compare CONTRACT``: kinds of generators fitted to one release, side by side; free."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.compute import workers_option
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.fitted import fitted_for
from synth_assets.cli.output import json_option, print_json, print_table, progress
from synth_assets.cli.terminal import echo
from synth_assets.errors import naming_missing
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.candidate import Candidate
    from synth_assets.checks.comparison import KindFigures

__all__ = ["compare"]

_HEAD = ("kind", "beyond", "surely", "columns", "pairs", "broken", "fit s", "rows s", "MB")
_NOTE = """\
All were fitted to release {release}, for nothing. `beyond` is the estimated total variation to the released tables
beyond noise and sampling, `surely` what of it is there with 99% confidence; `columns` and `pairs` are mean plain
distances to tables that hold noise, so 0 is not the aim. `broken` is the share of rows that broke a rule as they were
drawn; `fit s` and `rows s` are CPU seconds, - where it was done before."""
_TOLD = """\
How well a classifier tells the rows of one kind from those of another, on rows that it has not seen: .5 is not at
all, 1 is always."""
_MEGABYTE = 1e6


@click.command()
@contract_argument
@click.option("--kinds", default="all", show_default=True, help="Kinds of generators, with commas; `all` is every one.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Of fits and rows.")
@click.option("--rows", type=click.IntRange(min=100), help="Rows of each table; default: what the contract says.")
@click.option("--device", default="cpu", show_default=True, help="Where generators are fitted, such as cuda.")
@workers_option
@click.option("--record", is_flag=True, help="Also record a run per kind in MLflow.")
@json_option
def compare(  # noqa: PLR0913 - one parameter per option
    *, contract: Path, kinds: str, seed: int, rows: int | None, device: str, workers: int, record: bool, as_json: bool
) -> int:
    """Fit all kinds of generators to CONTRACT's release, and show them side by side.

    Rows are drawn in this process, whose CPU seconds are shown; --workers processes count them.
    """
    from synth_assets.checks.comparison import compare_kinds, kinds_asked, told_apart
    from synth_assets.generator.compute import Compute

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    _, release = fitted_for(dataset_contract, workspace, any_kind=True)
    specs, left_out = kinds_asked([name.strip() for name in kinds.split(",")], dataset_contract)
    for line in left_out:
        progress(line)
    folder = workspace.comparisons(dataset_contract.name)
    figures: list[KindFigures] = []
    tables: dict[str, Candidate] = {}
    with naming_missing("`compare`"), Compute(workers=workers).pool() as executor:
        compared = compare_kinds(
            dataset_contract,
            release,
            specs,
            folder=folder,
            seed=seed,
            rows=rows,
            device=device,
            progress=progress,
            executor=executor,
        )
        for one, table in compared:
            figures.append(one)
            tables |= {} if table is None else {one.kind: table}
        model = dataset_contract.evaluation.model
        areas = told_apart(tables, release, model=model, seed=seed, progress=progress)
    if record:
        from synth_assets.integrations.mlflow_comparison import record_comparison

        recorded = record_comparison(figures, areas, dataset_contract, release=release, seed=seed, workspace=workspace)
        progress(f"recorded in MLflow's experiment {recorded}")
    if as_json:
        told = [{"kinds": list(pair), "auc": round(area, 4)} for pair, area in areas.items()]
        print_json({"release": release.digest, "kinds": [one.as_json() for one in figures], "told_apart": told})
    else:
        _show(figures, areas, release=release.digest)
    return int(not tables)


def _show(figures: "Sequence[KindFigures]", areas: Mapping[tuple[str, str], float], *, release: str) -> None:
    good = [one for one in figures if not one.fault]
    print_table(_HEAD, [_row(one) for one in sorted(good, key=lambda one: one.beyond)])
    for one in figures:
        if one.fault:
            echo(f"{one.kind}: {one.fault}", colour="red")
    echo()
    echo(_NOTE.format(release=release[:12]))
    if not areas:
        return
    names = [one.kind for one in good]
    both = {**areas, **{(b, a): area for (a, b), area in areas.items()}}
    echo()
    print_table(("", *names), [[a, *(f"{both[a, b]:.3f}" if a != b else "" for b in names)] for a in names])
    echo()
    echo(_TOLD)


def _row(one: "KindFigures") -> list[object]:
    pairs = "-" if one.pairs is None else f"{one.pairs:.4f}"
    seconds = ("-" if spent is None else f"{spent:.1f}" for spent in (one.fit_seconds, one.sample_seconds))
    distances = (f"{figure:.4f}" for figure in (one.beyond, one.surely, one.columns))
    return [one.kind, *distances, pairs, f"{one.broken:.2%}", *seconds, f"{one.size / _MEGABYTE:.1f}"]
