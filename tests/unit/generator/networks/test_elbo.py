"""An autoencoder learns from rows, and its decoder from the tables."""

import numpy as np
import pytest
import torch
from kit.incomes import make_release

from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.mixture.loss import TableLoss
from synth_assets.generator.networks import elbo
from synth_assets.generator.networks.decoding import decoded
from synth_assets.generator.networks.elbo import train_autoencoder
from synth_assets.generator.networks.layers import State

SIZES = {"latent": 8, "width": 64, "seed": 0, "device": "cpu", "progress": None}


def _level(state: State) -> float:
    targets = fit_targets(make_release(scale=5.0))
    single = torch.as_tensor(decoded(state, targets.layout))[None]
    weights = torch.full(single.shape[:2], 1 / single.shape[1])
    return TableLoss(targets, device="cpu").per_clear_cell(single, weights)


@pytest.mark.slow
def test_rows_teach_it_most_and_the_tables_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    release = make_release(scale=5.0)
    both = _level(train_autoencoder(release, **SIZES, steps=300))
    monkeypatch.setattr(elbo, "follow_tables", lambda *_, **__: None)
    rows = _level(train_autoencoder(release, **SIZES, steps=300))
    nothing = _level(train_autoencoder(release, **SIZES, steps=1))
    assert both < 0.5 * rows < 0.1 * nothing


@pytest.mark.slow
def test_points_are_where_the_encoder_puts_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elbo, "follow_tables", lambda *_, **__: None)
    state = train_autoencoder(make_release(), **SIZES, steps=300)
    assert state["points"].shape == (1, elbo.POINTS, 8)
    elsewhere = {**state, "points": np.random.default_rng(0).permuted(state["points"], axis=1)}
    assert _level(state) < _level(elsewhere)  # each dimension is as before, what they are together is not
