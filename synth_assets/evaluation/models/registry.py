"""The kinds of models: a class per name, checked to be a model.

Example:
    >>> model_kinds()[:2]
    ('gradient_boosting', 'logistic_regression')
"""

from collections.abc import Iterator
from typing import Any, cast

from synth_assets.errors import UsageError
from synth_assets.evaluation.models.model import Model
from synth_assets.kinds import Kinds

__all__ = ["DEFAULT_MODEL", "MODELS", "make_model", "model_kinds"]

DEFAULT_MODEL = "gradient_boosting"

MODELS = Kinds(
    what="model",
    group="synth_assets.models",
    built_in={
        "gradient_boosting": "synth_assets.evaluation.models.gradient_boosting:GradientBoosting",
        "logistic_regression": "synth_assets.evaluation.models.logistic_regression:LogisticRegression",
    },
)
"""The kinds of models. One of ours is a line here; one of another package is an entry point of its own."""


def model_kinds() -> tuple[str, ...]:
    """Return the names of all kinds that are installed, ours first."""
    return MODELS.names()


def make_model(name: str) -> Model:
    """Return an unfitted model of a kind; it is imported here, so that other kinds are not imported.

    Raises:
        UsageError: there is no such kind, it cannot be imported, or it is not a model of that name.
    """
    loaded = MODELS.load(name)
    if faults := list(_faults(loaded, name)):
        raise UsageError(
            f"{name!r} of package {MODELS.package_of(name)} is not a model of this version: {'; '.join(faults)}",
            hint="install a version of that package for this synth-assets",
        )
    return cast("Model", loaded())


def _faults(loaded: Any, name: str) -> Iterator[str]:
    missing = [part for part in ("name", "one_hot", "libraries", "fit") if not hasattr(loaded, part)]
    if missing:
        yield f"it lacks {', '.join(missing)}"
    elif loaded.name != name:
        yield f"it calls itself {loaded.name!r}"
