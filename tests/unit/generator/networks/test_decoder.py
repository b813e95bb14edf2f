"""Networks of both kinds can do what a mixture can, are read back as they were, and refuse what is not a network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kit.incomes import DOMAIN, make_release
from safetensors.numpy import load, save

from synth_assets.errors import Fault, IntegrityError
from synth_assets.generator import fit_generator
from synth_assets.generator.abilities import abilities_of
from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.condition import parse_condition
from synth_assets.generator.intervals import estimate
from synth_assets.generator.mixture.settling import Array
from synth_assets.generator.networks import decoder, elbo, tables
from synth_assets.generator.networks.decoder import DecoderGenerator
from synth_assets.generator.networks.layers import Decoder
from synth_assets.generator.rules import Rules
from synth_assets.release import Release

NETWORK = "network.safetensors"
FEW = {"gan": {"networks": 1, "steps": 10}, "vae": {"steps": 10}}


def test_a_network_has_all_abilities(network: DecoderGenerator) -> None:
    assert abilities_of(type(network)) == ("answers", "refits", "conditions", "rules")


def test_pairs_of_a_network_are_near_those_of_the_table(network: DecoderGenerator) -> None:
    truth = fit_targets(make_release(scale=1e-3))
    for pair in (("age", "income"), ("age", "region"), ("region", "member")):
        wanted = truth.pairs[truth.layout.slice(pair[0]), truth.layout.slice(pair[1])]
        assert np.abs(network.marginal(pair) - wanted).sum() < 0.2


def test_a_condition_holds_in_every_row(network: DecoderGenerator) -> None:
    older = network.given(parse_condition("age >= 40", domain=DOMAIN))
    both = older.given(parse_condition("member", domain=DOMAIN))
    rows = both.sample(400, seed=0, shard=0)
    assert min(rows.column("age").to_pylist()) >= 40
    assert set(rows.column("member").to_pylist()) == {True}
    assert network.sample(400, seed=0, shard=0).column("age").null_count > 0


def test_rules_are_kept_by_the_mixture_that_it_is(network: DecoderGenerator) -> None:
    rules = Rules(cells=(), kept=lambda batch: np.ones(batch.num_rows, dtype=bool))
    ruled = network.keeping(rules)
    assert ruled is not network
    assert ruled.sample(200, seed=0, shard=0).equals(network.sample(200, seed=0, shard=0))


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refits that end early; what they are is the same."""
    monkeypatch.setattr(decoder, "REFIT_STEPS", 20)


@pytest.mark.usefixtures("few_steps")
def test_refits_give_intervals_and_depend_on_their_seed_alone(network: DecoderGenerator, release: Release) -> None:
    again = [network.refit(release, seed=seed).marginal(("age", "income")) for seed in (1, 2, 1)]
    assert np.array_equal(again[0], again[2])
    assert not np.array_equal(again[0], again[1])
    shown = estimate(release, by=["region"], generator=network, refits=5).synthetic
    assert shown is not None
    assert (shown.low < shown.estimate).all()
    assert (shown.estimate < shown.high).all()


@pytest.mark.usefixtures("few_steps")
def test_it_is_read_back_as_it_was_and_can_be_fitted_again(network: DecoderGenerator, release: Release) -> None:
    read = type(network).load(network.contents(), release=release)
    assert read.contents() == network.contents()
    assert read.sample(300, seed=1, shard=0).equals(network.sample(300, seed=1, shard=0))
    pair = ("age", "income")
    assert np.array_equal(read.refit(release, seed=3).marginal(pair), network.refit(release, seed=3).marginal(pair))


def _changed(network: DecoderGenerator, change: Callable[[dict[str, Array]], None]) -> dict[str, bytes]:
    contents = network.contents()
    state = {name: array.copy() for name, array in load(contents[NETWORK]).items()}
    change(state)
    return contents | {NETWORK: save(state)}


def test_moves_of_groups_at_the_ends_are_made_again_by_whoever_reads_it(network: DecoderGenerator) -> None:
    contents = _changed(network, lambda state: state.update(moves=np.array([[0.0, 1.0, 0.75]])))
    before, after = network.marginal(["age"]), type(network).load(contents).marginal(["age"])
    assert after[0] == pytest.approx(0.25 * before[0])
    assert after[1] == pytest.approx(before[1] + 0.75 * before[0])
    assert after[2:] == pytest.approx(before[2:])


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update(moves=np.array([[0.0, 1.0, 2.0]])),
        lambda state: state.update(moves=np.array([[0.0, 1.0, np.nan]])),
        lambda state: state.update(moves=np.array([[0.5, 1.0, 0.5]])),
        lambda state: state.update(moves=np.array([[-1.0, 1.0, 0.5]])),
        lambda state: state.update(moves=np.array([[0.0, 1e9, 0.5]])),
        lambda state: state.update(moves=np.array([[0.0, state["weight3"].shape[2] - 1, 0.5]])),
        lambda state: state.update(moves=np.zeros((10_000, 3))),
        lambda state: state.update(moves=np.zeros((1, 4))),
        lambda state: state.update(moves=state["moves"].astype(np.float32)),
        lambda state: state.pop("moves"),
        lambda state: state.update(within=state["within"][:-1]),
        lambda state: state.update(within=state["within"] * np.nan),
        lambda state: state.update(within=state["within"] * 2),
        lambda state: state.pop("within"),
        lambda state: state.update(weight2=state["weight2"] * np.nan),
        lambda state: state.update(points=np.tile(state["points"], (1, 9, 1))),
        lambda state: state.update(more=state["points"]),
    ],
)
def test_numbers_that_are_not_a_network_of_these_columns_are_refused(
    network: DecoderGenerator, release: Release, change: Callable[[dict[str, Array]], None]
) -> None:
    with pytest.raises(IntegrityError):
        type(network).load(_changed(network, change), release=release)


def test_a_header_that_is_too_long_is_not_read(network: DecoderGenerator) -> None:
    contents = network.contents()
    with pytest.raises(IntegrityError, match="header"):
        type(network).load(contents | {NETWORK: (1 << 40).to_bytes(8, "little") + contents[NETWORK][8:]})


class _Planted(Decoder):
    """A decoder with a number that is not finite, as many times as :attr:`left` says."""

    left = 0

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)  # type: ignore[arg-type]
        if _Planted.left > 0:
            _Planted.left -= 1
            self.weights[1].data[0, 0] = float("nan")


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.parametrize("planted", [1, 2])
def test_a_planted_nan_gives_one_restart_then_a_fault_and_no_file(
    kind: str, planted: int, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables if kind == "gan" else elbo, "Decoder", _Planted)
    monkeypatch.setattr(_Planted, "left", planted)
    lines: list[str] = []
    fit: dict[str, Any] = {"kind": kind, "options": FEW[kind], "generators": tmp_path, "progress": lines.append}
    if planted == 1:
        assert fit_generator(release, **fit).folder.exists()
    else:
        with pytest.raises(Fault, match="diverged from two starts"):
            fit_generator(release, **fit)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len([line for line in lines if "starting once more" in line]) == 1
