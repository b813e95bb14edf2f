"""Fit a model to synthetic rows, whatever its kind: which rows, which features, which classes.

Everything here is public and costs nothing.
"""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import UsageError, naming_missing
from synth_assets.evaluation.encode import evenly_spaced
from synth_assets.evaluation.models.model import Labels, Model
from synth_assets.evaluation.models.registry import DEFAULT_MODEL, MODELS, make_model
from synth_assets.rowwise.axis import CodeAxis, Codes
from synth_assets.rowwise.features import Features
from synth_assets.rowwise.fitted import SCORERS, FittedScorer
from synth_assets.rowwise.scorer import Matrix, Scorer

__all__ = ["MOST_ROWS", "fit_classes", "fit_target"]

MOST_ROWS = 100_000
"""Most rows that a model is fitted to; of more, as many are taken at equal steps."""
Progress = Callable[[str], None]


def fit_target(  # noqa: PLR0913 - what decides a fit, by keyword
    codes: Codes,
    *,
    domain: Domain,
    target: CodeAxis,
    model: str = DEFAULT_MODEL,
    seed: int = 0,
    progress: Progress | None = None,
) -> FittedScorer:
    """Fit a model that predicts the place of a row on ``target`` from the other columns.

    Args:
        codes: fine codes of synthetic rows, one array per column of the domain, see ``evaluation.encode``.
        domain: the columns.
        target: the column that is predicted, and the class of each of its codes.
        model: kind of model, see ``registry``.
        seed: determines whatever is random in a fit.
        progress: called with a message about the progress.

    Raises:
        UsageError: all rows are of one class, there are none, or no other column, or there is no such kind.
        NotInstalled: a package that the kind fits with is not installed.
    """
    return fit_classes(
        codes,
        domain=domain,
        labels=target.places(codes, domain),
        classes=target.labels,
        leave_out=(target.column,),
        called=f"{target.column!r}",
        model=model,
        seed=seed,
        progress=progress,
    )


@naming_missing("fitting a model")
def fit_classes(  # noqa: PLR0913 - what decides a fit, by keyword
    codes: Codes,
    *,
    domain: Domain,
    labels: NDArray[Any],
    classes: tuple[str, ...],
    leave_out: Collection[str] = (),
    called: str = "the class",
    model: str = DEFAULT_MODEL,
    seed: int = 0,
    progress: Progress | None = None,
) -> FittedScorer:
    """Fit a model to classes that need not be a column, such as which of two tables a row is from.

    Args:
        codes: see :func:`fit_target`.
        domain: the columns.
        labels: class of each row, from 0 on, shape (rows,).
        classes: text of each class.
        leave_out: columns that are not read.
        called: what to call the class in messages.
        model: see :func:`fit_target`.
        seed: see :func:`fit_target`.
        progress: see :func:`fit_target`.

    Raises:
        UsageError: see :func:`fit_target`.
        NotInstalled: see :func:`fit_target`.
    """
    kind = make_model(model)
    chosen = evenly_spaced(labels.size, most=MOST_ROWS)
    seen, own = np.unique(labels[chosen], return_inverse=True)
    _refuse_one_class(seen, classes, called=called)
    features = Features.of(domain, one_hot=kind.one_hot, leave_out=leave_out)
    matrix = features.matrix([column[chosen] for column in codes], domain)
    if progress is not None:
        progress(f"fitting {model} for {called}: {chosen.size:,} rows, {features.width} features, {seen.size} classes")
    scorer = _fitted(kind, matrix, own, seed=seed)
    return FittedScorer(scorer=scorer, features=features, classes=classes, seen=tuple(seen.tolist()))


def _refuse_one_class(seen: NDArray[Any], classes: tuple[str, ...], *, called: str) -> None:
    if not seen.size:
        raise UsageError("there are no synthetic rows to fit a model to", hint="sample a candidate with rows")
    if seen.size == 1:
        raise UsageError(
            f"all synthetic rows have {classes[seen[0]]!r} for {called}, so there is nothing to learn",
            hint="choose another target, or group its codes otherwise",
        )


def _fitted(kind: Model, matrix: Matrix, labels: Labels, *, seed: int) -> Scorer:
    """Fit, and hold the result against what ``Model`` promises."""
    scorer = kind.fit(matrix, labels, seed=seed)
    wanted = (matrix.shape[1], int(labels.max()) + 1)
    if type(scorer) not in SCORERS.values() or (scorer.inputs, scorer.classes) != wanted:
        raise UsageError(
            f"model {kind.name!r} of package {MODELS.package_of(kind.name)} did not end as "
            f"{' or '.join(SCORERS)} of {wanted[0]} features and {wanted[1]} classes",
            hint="install a version of that package for this synth-assets",
        )
    return scorer
