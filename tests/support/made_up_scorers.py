"""Scorers, public rows and axes of the kit's incomes, made by NumPy, for tests that fit nothing."""

import numpy as np
from kit.incomes import DOMAIN, dependent_codes

from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.features import Features
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.linear import Linear
from synth_assets.rowwise.nearest import PublicRows
from synth_assets.rowwise.scorer import Scorer
from synth_assets.rowwise.trees import Trees

__all__ = ["REGION", "any_codes", "fitted", "linear", "public_rows", "trees"]

REGION = CodeAxis(column="region", places_of=(0, 1, 1), labels=("north", "elsewhere"))


def codes_of(rows: np.ndarray) -> list[np.ndarray]:
    """Return the columns of an array of codes, as axes read them."""
    return [column.astype(np.uint16) for column in rows.T]


def any_codes(rows: int, *, seed: int = 0) -> list[np.ndarray]:
    """Return codes that are uniform over each column's range, so that every code occurs in many rows."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, size, rows).astype(np.uint16) for size in DOMAIN.shape()]


def linear(features: int, *, logits: int = 1, seed: int = 0) -> Linear:
    """Return weights that are random, of many sizes, so that the order of a sum shows in its last bit."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(features, logits)) * 10.0 ** rng.integers(-6, 1, (features, 1))
    return Linear(weights=weights, intercept=rng.normal(size=logits))


def trees(features: int, *, logits: int = 1, count: int = 30, seed: int = 0) -> Trees:
    """Return random trees of three leaves."""
    rng = np.random.default_rng(seed)
    first = 5 * np.arange(count)[:, None]
    left = np.array([1, 1, 3, 3, 4]) + first
    right = np.array([2, 1, 4, 3, 4]) + first
    inner = np.tile(np.array([True, False, True, False, False]), count)
    return Trees(
        inputs=features,
        feature=np.where(inner, rng.integers(0, features, 5 * count), 0).astype(np.int32),
        threshold=np.where(inner, rng.random(5 * count), 0.0),
        missing_left=inner & (rng.random(5 * count) < 0.5),
        left=left.ravel().astype(np.int32),
        right=right.ravel().astype(np.int32),
        value=np.where(inner, 0.0, rng.normal(size=5 * count)),
        roots=first.ravel().astype(np.int32),
        logit=(np.arange(count) % logits).astype(np.int32),
        baseline=rng.normal(size=logits),
    )


def fitted(scorer: Scorer | None = None, *, target: CodeAxis = REGION) -> FittedScorer:
    """Return a scorer of a target, by the other columns."""
    features = Features.of(DOMAIN, one_hot=8, leave_out=(target.column,))
    scorer = linear(features.width) if scorer is None else scorer
    classes = scorer.classes
    return FittedScorer(scorer=scorer, features=features, classes=target.labels, seen=tuple(range(classes)))


def public_rows(rows: int = 50) -> PublicRows:
    """Return made-up synthetic rows of all columns."""
    return PublicRows.of(codes_of(dependent_codes(rows)), domain=DOMAIN)
