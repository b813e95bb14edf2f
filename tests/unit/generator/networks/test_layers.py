"""What is trained in torch is what is computed in NumPy."""

import numpy as np
import pytest
import torch
from kit.incomes import make_release

from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.networks.decoding import decoded, is_decoder
from synth_assets.generator.networks.layers import Decoder, random_of, side_by_side

TARGETS = fit_targets(make_release())


def _decoder(seed: int) -> tuple[Decoder, torch.Tensor]:
    random = random_of(np.random.SeedSequence(seed))
    return Decoder(TARGETS, latent=6, width=24, random=random), torch.randn(40, 6, generator=random)


def test_decoders_side_by_side_decode_as_in_torch() -> None:
    decoders = [_decoder(seed) for seed in (0, 1)]
    state = side_by_side([decoder.state(points) for decoder, points in decoders])
    assert is_decoder(state, TARGETS.layout, most_points=80)
    with torch.no_grad():
        wanted = torch.cat([decoder(points) for decoder, points in decoders]).numpy()
    assert decoded(state, TARGETS.layout) == pytest.approx(wanted, rel=0.01, abs=1e-5)


def test_the_logarithms_of_shares_are_those_of_the_probabilities() -> None:
    decoder, points = _decoder(2)
    with torch.no_grad():
        logits, totals = decoder.log_totals(points)
        shares = (logits - totals[:, torch.as_tensor(TARGETS.layout.column_of_cell)]).exp()
        assert torch.allclose(shares, decoder(points), rtol=1e-4)


def test_the_same_seed_gives_the_same_weights_and_another_does_not() -> None:
    states = [decoder.state(points) for decoder, points in map(_decoder, (3, 3, 4))]
    assert all(np.array_equal(states[0][name], states[1][name]) for name in states[0])
    assert not np.array_equal(states[0]["weight1"], states[2]["weight1"])
