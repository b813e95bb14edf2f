"""Decoders give the same bits in whatever order a processor adds, and foreign ones are bounded before they are used."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from kit.incomes import DOMAIN, GRIDS

from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.networks.decoding import (
    LARGEST,
    MOST_LATENT,
    MOST_WIDTH,
    PARTS,
    Array,
    decoded,
    is_decoder,
    most_numbers,
    roots_of_two,
    rounded,
)

LAYOUT = Layout.of(DOMAIN, GRIDS)
State = dict[str, Array]


def make_state(*, decoders: int = 2, points: int = 30, latent: int = 5, width: int = 16, spread: float = 1.0) -> State:
    """Return random decoders of the incomes' columns."""
    rng, sizes = np.random.default_rng(0), (latent, width, width, LAYOUT.cells)
    state = {"points": rounded(rng.normal(size=(decoders, points, latent)))}
    for layer in (1, 2, 3):
        inputs, outputs = sizes[layer - 1], sizes[layer]
        state[f"weight{layer}"] = rounded(spread * rng.normal(size=(decoders, inputs, outputs)))
        state[f"bias{layer}"] = rounded(spread * rng.normal(size=(decoders, 1, outputs)))
    return state


def test_each_column_has_probabilities_that_add_up_to_one() -> None:
    probabilities = decoded(make_state(), LAYOUT)
    assert probabilities.shape == (60, LAYOUT.cells)
    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    assert np.add.reduceat(probabilities, LAYOUT.offsets[:-1], axis=1) == pytest.approx(1, abs=1e-5)


def test_it_is_what_single_precision_finds_nearly() -> None:
    state = make_state(spread=0.2)
    signals = torch.as_tensor(state["points"])
    for layer in (1, 2, 3):
        signals = torch.baddbmm(
            torch.as_tensor(state[f"bias{layer}"]), signals, torch.as_tensor(state[f"weight{layer}"])
        )
        signals = signals.relu() if layer < 3 else signals
    columns = [torch.softmax(signals[:, :, LAYOUT.slice(name)], -1) for name in DOMAIN.names]
    assert decoded(state, LAYOUT) == pytest.approx(torch.cat(columns, -1).flatten(0, 1).numpy(), rel=0.01, abs=1e-6)


@pytest.mark.parametrize("spread", [0.1, 1.0, 1e9])
def test_the_order_in_which_units_are_added_up_changes_no_bit(spread: float) -> None:
    state = make_state(width=MOST_WIDTH, latent=MOST_LATENT, spread=spread)
    shuffled, order = dict(state), np.random.default_rng(1).permutation(MOST_WIDTH)
    for layer in (1, 2):
        shuffled[f"weight{layer}"] = shuffled[f"weight{layer}"][:, :, order]
        shuffled[f"bias{layer}"] = shuffled[f"bias{layer}"][:, :, order]
        shuffled[f"weight{layer + 1}"] = shuffled[f"weight{layer + 1}"][:, order, :]
    assert decoded(shuffled, LAYOUT).tobytes() == decoded(state, LAYOUT).tobytes()


def test_no_root_of_two_is_so_near_to_a_rounding_that_libraries_could_differ() -> None:
    exact = 2.0 ** (np.arange(1024) / 1024)
    roots = roots_of_two().astype(np.float32)
    assert np.array_equal(roots, exact.astype(np.float32))
    half = np.spacing(roots).astype(np.float64) / 2
    to_boundary = np.abs(np.abs(exact - roots.astype(np.float64)) - half)
    assert to_boundary.min() > 8 * np.spacing(2.0)


def test_rounding_keeps_what_is_rounded_and_cuts_what_is_too_large() -> None:
    values = np.array([0.1, -LARGEST, 1e9, -np.inf, 1 / 3])
    once = rounded(values)
    assert np.array_equal(rounded(once), once)
    assert once == pytest.approx([0.1, -LARGEST, LARGEST, -LARGEST, 1 / 3], abs=1e-5)


def _with(name: str, change: Callable[[Array], Array]) -> Callable[[State], State]:
    return lambda state: {**state, name: change(state[name])}


def _planted(value: float) -> Callable[[Array], Array]:
    def plant(array: Array) -> Array:
        changed = array.copy()
        changed.flat[3] = value
        return changed

    return plant


@pytest.mark.parametrize(
    "change",
    [
        _with("weight2", _planted(np.nan)),
        _with("bias3", _planted(np.inf)),
        _with("weight3", _planted(2 * LARGEST)),
        _with("weight1", _planted(1e-9)),
        _with("points", _planted(np.nan)),
        _with("weight2", lambda array: array.astype(np.float64)),
        _with("weight3", lambda array: array[:, :, :-1]),
        _with("bias1", lambda array: array[:1]),
        _with("points", lambda array: array[:, :, :-1]),
        _with("points", lambda array: array[0]),
        _with("points", lambda array: array[:, :0]),
        _with("points", lambda array: np.tile(array, (1, 4, 1))),
        lambda state: {name: array[:0] for name, array in state.items()},
        lambda state: {**state, "more": state["points"]},
        lambda state: {name: state[name] for name in PARTS[1:]},
        lambda _: make_state(decoders=17, points=2),
        lambda _: make_state(latent=MOST_LATENT + 1),
        lambda _: make_state(width=MOST_WIDTH + 1),
    ],
)
def test_what_is_not_a_bounded_decoder_of_the_layout_is_not_taken_for_one(change: Callable[[State], State]) -> None:
    state = make_state()
    assert is_decoder(state, LAYOUT, most_points=100)
    assert not is_decoder(change(state), LAYOUT, most_points=100)


def test_no_decoder_is_larger_than_announced() -> None:
    largest = make_state(decoders=16, points=5, latent=MOST_LATENT, width=MOST_WIDTH)
    assert is_decoder(largest, LAYOUT, most_points=80)
    assert sum(array.size for array in largest.values()) == most_numbers(LAYOUT, most_points=80)
