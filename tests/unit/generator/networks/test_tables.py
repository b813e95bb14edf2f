"""Networks that follow the tables come as near as noise allows, and stop there."""

import os

import numpy as np
import pytest
import torch
from kit.incomes import dependent_codes, make_release

from synth_assets.generator import progress
from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.mixture.loss import TableLoss
from synth_assets.generator.networks.decoding import decoded
from synth_assets.generator.networks.layers import Decoder, random_of
from synth_assets.generator.networks.tables import follow_tables, refuse_divergence, train_networks
from synth_assets.generator.networks.training import Diverged
from synth_assets.generator.progress import Every
from synth_assets.release import Release

SIZES = {"networks": 3, "points": 64, "latent": 8, "width": 32}


@pytest.mark.slow
def test_networks_explain_the_tables_up_to_their_noise() -> None:
    release = make_release(scale=5.0)
    targets = fit_targets(release)
    single = torch.as_tensor(decoded(train_networks(release, **SIZES, steps=1000, seed=0), targets.layout))[None]
    level = TableLoss(targets, device="cpu").per_clear_cell(single, torch.full((1, 192), 1 / 192))
    assert 0.5 < level < 1.4


def test_the_number_of_cores_changes_nothing(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        states.append(train_networks(release, **SIZES, steps=20, seed=1))
    assert all(np.array_equal(states[0][name], states[1][name]) for name in states[0])
    assert not np.array_equal(states[0]["points"][0], states[0]["points"][1])


@pytest.mark.slow
def test_training_ends_where_noise_explains_the_rest_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS", 0)

    def steps_of(scale: float) -> int:
        targets, lines = fit_targets(make_release(codes=dependent_codes(300), scale=scale)), list[str]()
        random = random_of(np.random.SeedSequence(0))
        decoder, points = Decoder(targets, latent=8, width=32, random=random), torch.randn(64, 8, generator=random)
        report = Every(lines.append, "network 1 of 1")
        follow_tables(decoder, points, TableLoss(targets, device="cpu"), steps=200, rate=2e-3, report=report)
        climbing = [line for line in lines if "per clear cell" in line]
        assert climbing[0].startswith("network 1 of 1: step 10, chi-square ")
        return len(climbing)

    assert steps_of(30.0) < steps_of(1.0) == 20


def test_each_network_is_reported_when_it_is_trained(release: Release) -> None:
    lines: list[str] = []
    train_networks(release, **SIZES, steps=1, seed=0, progress=lines.append)
    assert lines[-1] == "trained 3 of 3 networks"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_has_diverged(value: float) -> None:
    refuse_divergence(torch.tensor([1.0, 2.0]))
    with pytest.raises(Diverged, match="not a finite number"):
        refuse_divergence(torch.tensor([1.0, value]))
