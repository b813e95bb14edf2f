"""Comparisons of kinds of generators in MLflow: one experiment per dataset, one run per kind and release."""

from collections.abc import Mapping, Sequence

from synth_assets.checks.comparison import KindFigures
from synth_assets.contract import DatasetContract
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.release import Release
from synth_assets.workspace import Workspace

__all__ = ["record_comparison"]


def record_comparison(  # noqa: PLR0913 - what a run says of itself
    figures: Sequence[KindFigures],
    areas: Mapping[tuple[str, str], float],
    contract: DatasetContract,
    *,
    release: Release,
    seed: int,
    workspace: Workspace,
) -> str:
    """Record a run per kind that was fitted, and return the experiment's name.

    Args:
        figures: of each kind.
        areas: how well each two are told apart, see ``checks.comparison.told_apart``.
        contract: of the dataset.
        release: what all were fitted to.
        seed: of fits and rows.
        workspace: names the store.

    Raises:
        Fault: the store refused or cannot be reached.
    """
    registry = MlflowRegistry(workspace.mlflow_url, root=workspace.root)
    experiment = f"{contract.name}-comparison"
    for one in figures:
        if one.fault:
            continue
        tags = {
            "synth_assets.dataset": contract.name,
            "synth_assets.release": release.digest,
            "synth_assets.generator": one.generator,
            "synth_assets.candidate": one.candidate,
        }
        registry.record_figures(
            experiment,
            run=f"{one.kind} {release.digest[:12]}",
            tags=tags,
            parameters={"kind": one.kind, "seed": str(seed), "release": release.digest},
            metrics=_metrics(one, areas),
        )
    return experiment


def _metrics(one: KindFigures, areas: Mapping[tuple[str, str], float]) -> dict[str, float]:
    names = ("beyond", "surely", "columns", "pairs", "broken", "fit_seconds", "sample_seconds", "size")
    numbers = {name: getattr(one, name) for name in names}
    numbers |= {f"told_from.{b if a == one.kind else a}": area for (a, b), area in areas.items() if one.kind in (a, b)}
    return {name: float(number) for name, number in numbers.items() if number is not None}
