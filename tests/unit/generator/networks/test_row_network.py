"""What networks that draw rows have in common: they learn pairs, diverge at most twice, and read only their own."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from kit.incomes import DOMAIN, GRIDS
from safetensors.numpy import load, save

from synth_assets.domain.codes import encode
from synth_assets.errors import Fault, IntegrityError, UsageError
from synth_assets.generator.abilities import abilities_of, answering, refitting
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.networks import diffusion_training, row_network, transformer_training
from synth_assets.generator.networks.diffusion import DiffusionGenerator
from synth_assets.generator.networks.row_network import RowNetwork
from synth_assets.generator.networks.transformer import TransformerGenerator
from synth_assets.generator.store import fit_generator
from synth_assets.release import Release

KINDS = {"transformer": (TransformerGenerator, 300), "diffusion": (DiffusionGenerator, 600)}
STUDENTS = {
    "transformer": transformer_training.TransformerStudent,
    "diffusion": diffusion_training.DiffusionStudent,
}
NETWORK = "network.safetensors"


@pytest.fixture(scope="module", params=KINDS)
def network(request: pytest.FixtureRequest, release: Release) -> RowNetwork:
    kind, steps = KINDS[request.param]
    generator: RowNetwork = kind(kind.options.model_validate({"steps": steps}))
    generator.fit(release, seed=0)
    return generator


def _joint(batch: pa.RecordBatch, *names: str) -> np.ndarray:
    """Return the shares of rows in a table of fine codes."""
    codes = []
    for name in names:
        values = batch.column(name).to_pylist()
        codes.append(encode(DOMAIN[name], np.array([np.nan if value is None else value for value in values])))
    shares = np.zeros([DOMAIN[name].size for name in names])
    np.add.at(shares, tuple(codes), 1 / batch.num_rows)
    return shares


def test_pairs_of_rows_are_near_those_of_the_mixture_that_taught_it(
    network: RowNetwork, fitted: MixtureGenerator
) -> None:
    batch = network.sample(20_000, seed=0, shard=0)
    for names in (("age", "region"), ("region", "member"), ("age", "member")):
        assert np.abs(fitted.marginal(names, level="fine") - _joint(batch, *names)).sum() < 0.08


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("member", ("age", "region")),
        ("age >= 40 AND age < 48", ("region", "member")),
        ("region = 'west' AND NOT member", ("age",)),
        ("joined >= DATE '1970-01-20' AND member AND age < 60", ("age", "region")),
    ],
)
def test_rows_hold_a_condition_and_are_otherwise_as_under_it(
    network: RowNetwork, fitted: MixtureGenerator, where: str, names: tuple[str, ...]
) -> None:
    condition = parse_condition(where, domain=DOMAIN)
    batch = network.given(condition).sample(6000, seed=1, shard=0)
    assert batch.num_rows == 6000
    for name, weights in condition.weights.items():
        assert (_joint(batch, name)[np.array(weights) == 0] == 0).all()
    expected = fitted.given(condition).marginal(names, level="fine")
    assert np.abs(expected - _joint(batch, *names)).sum() < 0.2


def test_conditions_add_up_and_are_refused_where_they_leave_nothing(network: RowNetwork) -> None:
    first, second = (parse_condition(text, domain=DOMAIN) for text in ("age >= 40", "member"))
    both = network.given(first).given(second).sample(100, seed=0, shard=0)
    assert both.equals(network.given(first & second).sample(100, seed=0, shard=0))
    assert network.sample(1, seed=0, shard=0).num_rows == network.given(first).sample(1, seed=0, shard=0).num_rows == 1
    with pytest.raises(UsageError, match="unknown column 'nobody'"):
        network.given(Condition(text="nobody", weights={"nobody": (1.0,)}))
    stored = network.contents()
    parts = load(stored[NETWORK])
    ages = parts["within"][:61]
    ages[:10] = [1.0, *[0.0] * 9]
    narrow = type(network).load({**stored, NETWORK: save({**parts, "within": parts["within"]})})
    with pytest.raises(UsageError, match="gives `age = 20` no probability"):
        narrow.given(parse_condition("age = 20", domain=DOMAIN))


def test_what_it_cannot_do_is_refused_with_its_reason(network: RowNetwork) -> None:
    assert abilities_of(type(network)) == ("conditions",)
    with pytest.raises(UsageError, match=r"no intervals .*; its network draws rows, and the probability"):
        answering(network)
    with pytest.raises(UsageError, match=r"error bars: .*; each refit would train a network again"):
        refitting(network)


def test_pieces_are_drawn_alike_however_small(network: RowNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = network.sample(5000, seed=0, shard=0)
    monkeypatch.setattr(row_network, "PIECE", 1)
    pieces = network.sample(5000, seed=0, shard=0)
    assert pieces.num_rows == 5000
    assert not pieces.equals(whole)
    members = [np.mean(batch.column("member").to_pylist()) for batch in (whole, pieces)]
    assert abs(members[0] - members[1]) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad_starts", [1, 2])
def test_numbers_that_are_none_give_one_restart_then_a_fault_and_no_file(
    kind: str, bad_starts: int, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    lines: list[str] = []

    class Broken(STUDENTS[kind]):  # type: ignore[misc]
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)
            started.append(1)
            if len(started) <= bad_starts:
                self.parameters["0.up"][0, 0] = torch.nan

    module = {"transformer": transformer_training, "diffusion": diffusion_training}[kind]
    monkeypatch.setattr(module, STUDENTS[kind].__name__, Broken)

    def fit() -> None:
        fit_generator(release, kind=kind, options={"steps": 20}, generators=tmp_path, progress=lines.append)

    if bad_starts > 1:
        with pytest.raises(Fault, match=f"a {kind} cannot be fitted to this release: it diverged from two starts"):
            fit()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    else:
        fit()
        assert list(tmp_path.rglob(NETWORK))
    assert len(started) == 2
    assert sum("diverged (the loss is nan" in line for line in lines) == 1


def _refused(network: RowNetwork, release: Release, **parts: np.ndarray | None) -> None:
    contents = network.contents()
    stored = {**load(contents[NETWORK]), **parts}
    contents[NETWORK] = save({name: values for name, values in stored.items() if values is not None})
    with pytest.raises(IntegrityError, match=f"not a {network.kind} of these columns"):
        type(network).load(contents, release=release)


def test_a_foreign_network_is_refused_where_a_part_of_it_is_not_right(network: RowNetwork, release: Release) -> None:
    stored = load(network.contents()[NETWORK])
    bias, within = stored["bias"], stored["within"]
    _refused(network, release, bias=None)
    _refused(network, release, bias=bias[:-1].copy())
    _refused(network, release, bias=bias.astype(np.float64))
    _refused(network, release, bias=np.where(np.arange(bias.size) == 0, np.inf, bias).astype(np.float32))
    _refused(network, release, more=bias)
    _refused(network, release, codes=None)
    _refused(network, release, codes=stored["codes"][:, :0].copy())
    _refused(network, release, codes=bias)
    _refused(network, release, within=None)
    _refused(network, release, within=within * 1.1)
    _refused(network, release, within=within.astype(np.float32))
    _refused(network, release, **{name: None for name in stored if name[0].isdigit()})


def test_a_header_that_is_too_long_is_refused_before_it_is_read(network: RowNetwork) -> None:
    contents = network.contents()
    contents[NETWORK] = (1 << 40).to_bytes(8, "little") + contents[NETWORK][8:]
    with pytest.raises(IntegrityError, match="header"):
        type(network).load(contents)


def test_the_largest_network_of_its_options_is_within_what_it_announces(release: Release) -> None:
    for kind, _ in KINDS.values():
        width, blocks = kind.largest_size
        shapes = kind.shapes(Layout.of(DOMAIN, GRIDS), width=width, blocks=blocks)
        written = save(
            {name: np.zeros(shape, np.float32) for name, shape in shapes.items()} | {"within": np.zeros(120)}
        )
        assert len(written) <= kind().largest(release)[NETWORK]
        assert int.from_bytes(written[:8], "little") <= 1 << 13
