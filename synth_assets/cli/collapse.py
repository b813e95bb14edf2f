"""``collapse CONTRACT``: fit the generator to its own tables again and again, and see how fast it drifts; free."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.fitted import fitted_for, generator_option
from synth_assets.cli.output import json_option, print_json, print_table, progress, spent_bar
from synth_assets.cli.terminal import echo
from synth_assets.errors import naming_missing
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract
    from synth_assets.generator import FittedGenerator
    from synth_assets.release import Release

__all__ = ["collapse"]

_BAR = 20
_HEAD = ("generation", "distance", "by sampling", "beyond", "surely", "")
_NOTE = """\
Mean total variation of the released tables of two or more columns to the first synthetic table of release {release}.
Each generation of kind `{kind}` is fitted to the {tables} tables of the one before. `by sampling` is what as many
samples in a row would do if the generator lost nothing; what is beyond, surely with 99% confidence, it loses itself.
Free: public numbers alone."""


@click.command()
@contract_argument
@click.option("--generations", "count", default=5, show_default=True, type=click.IntRange(min=1), help="Fits in a row.")
@click.option("--noise", is_flag=True, help="Add noise of the release's scales to each generation's tables.")
@click.option(
    "--max", "most", type=click.FloatRange(0, 1), help="Exit with 1 if the last generation is surely further away."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0))
@generator_option
@click.option("--kind", help="Another kind of generator than the contract's, fitted to the same release first.")
@json_option
def collapse(  # noqa: PLR0913 - one parameter per option
    *,
    contract: Path,
    count: int,
    noise: bool,
    most: float | None,
    seed: int,
    digest: str | None,
    kind: str | None,
    as_json: bool,
) -> int:
    """Fit CONTRACT's generator to its own synthetic tables, again and again."""
    from synth_assets.checks.collapse import generations
    from synth_assets.generator import load_generator

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    fitted, release = fitted_for(dataset_contract, workspace, digest=digest, any_kind=kind is not None)
    listed = []
    with naming_missing("`collapse`"):
        if fitted.kind != (asked := kind or dataset_contract.generator.kind):
            dataset_contract, fitted = _of_kind(asked, dataset_contract, release, workspace=workspace, seed=seed)
        begun = load_generator(fitted.folder)
        for generation in generations(dataset_contract, release, begun, count=count, noise=noise, seed=seed):
            progress(f"generation {generation.number} of {count}: {generation.excess:.4f} beyond sampling")
            listed.append(generation)
    if as_json:
        facts = {"release": release.digest, "generator": fitted.digest, "kind": fitted.kind, "noise": noise}
        print_json({**facts, "generations": [generation.as_json() for generation in listed]})
    else:
        widest = max([1e-9, *(generation.distance for generation in listed)])
        rows = [
            [
                generation.number,
                *(
                    f"{figure:.4f}"
                    for figure in (
                        generation.distance,
                        generation.by_sampling,
                        generation.excess,
                        generation.sure_excess,
                    )
                ),
                spent_bar(generation.distance / widest, width=_BAR),
            ]
            for generation in listed
        ]
        print_table(_HEAD, rows)
        echo()
        tables = "newly noisy" if noise else "exact"
        echo(_NOTE.format(release=release.digest[:12], kind=fitted.kind, tables=tables))
    return int(most is not None and listed[-1].sure_excess > most)


def _of_kind(
    kind: str, contract: "DatasetContract", release: "Release", *, workspace: Workspace, seed: int
) -> "tuple[DatasetContract, FittedGenerator]":
    """Return the contract with another kind of generator, and a fit of that kind, kept where `compare` keeps its."""
    from synth_assets.checks.comparison import kinds_asked
    from synth_assets.generator import fit_generator

    (spec,), _ = kinds_asked([kind], contract)
    folder = workspace.comparisons(contract.name) / "generators"
    fitted = fit_generator(
        release, generators=folder, kind=spec.kind, options=spec.options, seed=seed, progress=progress
    )
    return contract.model_copy(update={"generator": spec}), fitted
