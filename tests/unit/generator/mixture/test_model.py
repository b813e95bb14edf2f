"""The mixture resembles its release, and the same seed gives the same bytes."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release
from safetensors.numpy import load, save

from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import Heaping
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import json_bytes
from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.heap_masses import heaps_of
from synth_assets.generator.heaps import heaps_json
from synth_assets.generator.mixture.model import MOST_COMPONENTS, MixtureGenerator
from synth_assets.release import Release, load_release
from synth_assets.release.kinds.heaping import NoisyHeaping

DATA = Path(__file__).parents[3] / "data"


def _codes(batch: pa.RecordBatch) -> np.ndarray:
    return np.stack([encode(column, batch.column(column.name)) for column in DOMAIN.columns], axis=1).astype(np.int64)


def _shares(codes: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    table = np.zeros([int(GRIDS[name].max()) + 1 for name in names])
    np.add.at(table, tuple(GRIDS[name][codes[:, DOMAIN.index(name)]] for name in names), 1)
    return table / len(codes)


def test_pairs_of_the_sample_are_near_those_of_the_table(fitted: MixtureGenerator) -> None:
    real, drawn = dependent_codes(5000), _codes(fitted.sample(5000, seed=0, shard=0))
    gaps = [np.abs(_shares(real, pair) - _shares(drawn, pair)).sum() for pair in combinations(DOMAIN.names, 2)]
    independent = [
        np.abs(_shares(real, (a, b)) - np.outer(_shares(real, (a,)), _shares(real, (b,)))).sum()
        for a, b in combinations(DOMAIN.names, 2)
    ]
    assert np.mean(gaps) < 0.25 * np.mean(independent)


def test_closed_form_marginals_are_what_is_sampled(fitted: MixtureGenerator) -> None:
    drawn = _codes(fitted.sample(40_000, seed=3, shard=0))
    for names in [("age",), ("age", "region"), ("member", "age", "region")]:
        assert np.abs(fitted.marginal(names) - _shares(drawn, names)).sum() < 0.05


def test_values_have_the_declared_types_and_stay_in_range(fitted: MixtureGenerator) -> None:
    batch = fitted.sample(3000, seed=0, shard=0)
    assert batch.schema == DOMAIN.arrow_schema()
    ages = batch.column("age").drop_null().to_numpy()
    incomes = batch.column("income").to_numpy()
    assert ages.min() >= 18
    assert ages.max() <= 77
    assert 200 < batch.column("age").null_count < 400
    assert ((incomes == -1) | ((incomes >= 0) & (incomes <= 100))).all()
    assert np.unique(incomes).size > 2000


@pytest.mark.parametrize("change", [{"seed": 1}, {"shard": 1}, {"attempt": 1}])
def test_the_same_arguments_give_the_same_rows_and_others_do_not(
    fitted: MixtureGenerator, change: dict[str, int]
) -> None:
    arguments = {"seed": 0, "shard": 0, "attempt": 0}
    first = fitted.sample(500, **arguments)
    assert first.equals(fitted.sample(500, **arguments))
    assert not first.equals(fitted.sample(500, **(arguments | change)))


def test_a_loaded_generator_samples_the_same_bytes(fitted: MixtureGenerator) -> None:
    once = MixtureGenerator.load(fitted.contents())
    assert once.sample(700, seed=5, shard=2).equals(fitted.sample(700, seed=5, shard=2))
    assert np.array_equal(once.marginal(("age", "income")), fitted.marginal(("age", "income")))


def test_what_is_loaded_for_a_release_has_its_columns_and_its_size(fitted: MixtureGenerator, release: Release) -> None:
    largest = MixtureGenerator().largest(release)
    assert all(len(content) <= largest[name] for name, content in fitted.contents().items())
    assert MixtureGenerator.load(fitted.contents(), release=release).domain == release.domain
    regrouped = replace(release, grids={**release.grids, "region": np.array([0, 1, 1])})
    with pytest.raises(IntegrityError, match="other columns"):
        MixtureGenerator.load(fitted.contents(), release=regrouped)


def test_the_most_components_are_those_of_the_largest_fit() -> None:
    from synth_assets.generator.mixture import fitting

    def most(components: int) -> int:
        size = fitting.FEWEST_COMPONENTS
        for stage, _ in fitting.FitPlan(fits=1, components=components, climb=1).stages():
            size *= -(-stage // size)
        return fitting.fits_of(components) * size

    sizes = range(fitting.FEWEST_COMPONENTS, fitting.MOST_COMPONENTS + 1)
    assert max(most(components) for components in sizes) <= MOST_COMPONENTS


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("within"),
        lambda state: state.update(more=np.zeros(1)),
        lambda state: state.update(weights=state["weights"][:-1]),
        lambda state: state.update(weights=state["weights"][:, None]),
        lambda state: state.update(weights=np.full_like(state["weights"], np.nan)),
        lambda state: state.update(weights=state["weights"] * 2),
        lambda state: state.update(probabilities=-state["probabilities"]),
        lambda state: state.update(probabilities=np.zeros_like(state["probabilities"])),
        lambda state: state.update(probabilities=state["probabilities"].astype(np.int64)),
        lambda state: state.update(within=np.full_like(state["within"], np.inf)),
        lambda state: state.update(within=state["within"][::-1].copy()),
    ],
)
def test_weights_that_are_not_shares_of_this_layout_are_refused(
    fitted: MixtureGenerator, change: Callable[[dict[str, np.ndarray]], object]
) -> None:
    contents = fitted.contents()
    state = load(contents["mixture.safetensors"])
    change(state)
    with pytest.raises(IntegrityError, match="not those of a mixture"):
        MixtureGenerator.load({**contents, "mixture.safetensors": save(state)})


@pytest.mark.parametrize("content", [b"", b"\xff" * 16, (8).to_bytes(8, "little") + b"not json", b"\0" * 40])
def test_weights_that_are_not_safetensors_are_refused(fitted: MixtureGenerator, content: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"not readable|too long"):
        MixtureGenerator.load({**fitted.contents(), "mixture.safetensors": content})


def test_one_row_and_no_rows_can_be_sampled(fitted: MixtureGenerator) -> None:
    assert fitted.sample(1, seed=0, shard=0).num_rows == 1
    assert fitted.sample(0, seed=0, shard=0).num_rows == 0


def test_a_condition_holds_in_every_row_and_moves_the_rest_along(fitted: MixtureGenerator) -> None:
    old = parse_condition("age >= 60 AND member", domain=DOMAIN)
    batch = fitted.given(old).sample(2000, seed=0, shard=0)
    assert min(batch.column("age").to_pylist()) >= 60
    assert set(batch.column("member").to_pylist()) == {True}
    assert batch.column("region").to_pylist().count("west") > 1900


def test_an_impossible_condition_is_refused(fitted: MixtureGenerator) -> None:
    unknown = Condition(text="height > 2", weights={"height": (1.0,)})
    with pytest.raises(UsageError, match="unknown column 'height'"):
        fitted.given(unknown)


def test_an_unfitted_generator_is_refused() -> None:
    with pytest.raises(UsageError, match="not fitted"):
        MixtureGenerator().sample(1, seed=0, shard=0)


@pytest.mark.parametrize("rows", [0, 1, 30])
def test_a_release_that_is_all_noise_can_be_fitted_and_sampled(rows: int) -> None:
    generator = MixtureGenerator()
    generator.fit(make_release(codes=dependent_codes(30)[:rows], scale=300.0), seed=0)
    assert generator.sample(100, seed=0, shard=0).num_rows == 100
    assert np.isfinite(generator.marginal(("age", "income"))).all()


def test_a_fit_does_not_depend_on_the_number_of_threads(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = []
    for cores in (1, 4):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        generator = MixtureGenerator()
        generator.fit(release, seed=7)
        fits.append(generator.sample(300, seed=0, shard=0))
    assert fits[0].equals(fits[1])


def test_marginals_at_fine_codes_add_up_to_the_coarse_ones(fitted: MixtureGenerator) -> None:
    fine = fitted.marginal(["age", "region"], level="fine")
    coarse = np.zeros_like(fitted.marginal(["age", "region"]))
    np.add.at(coarse, GRIDS["age"], fine)
    assert np.allclose(coarse, fitted.marginal(["age", "region"]))
    drawn = _codes(fitted.sample(40_000, seed=3, shard=0))
    shares = np.bincount(drawn[:, 0], minlength=61) / len(drawn)
    assert np.abs(fitted.marginal(["age"], level="fine") - shares).sum() < 0.02


def _two_kinds_of_people(fitted: MixtureGenerator, *, version: int = 5) -> MixtureGenerator:
    """Return a mixture of two components, of young people who are rarely members, and of old ones who are."""
    contents = fitted.contents()
    ages = np.array([0.3, 0.25, 0.2, 0.1, 0.05, 0.05, 0.05])
    shares = {"age": [ages, np.concatenate([ages[5::-1], ages[6:]])], "member": [[0.9, 0.1], [0.1, 0.9]]}
    sizes = {name: int(grid.max()) + 1 for name, grid in GRIDS.items()}
    state = {
        "weights": np.array([0.5, 0.5]),
        "probabilities": np.concatenate(
            [np.array(shares.get(name, np.full((2, size), 1 / size))) for name, size in sizes.items()], axis=1
        ),
        "within": np.concatenate([1 / np.bincount(grid)[grid] for grid in GRIDS.values()]),
    }
    layout = contents["mixture.json"].replace(b'"format_version": 5', b'"format_version": %d' % version)
    return MixtureGenerator.load({"mixture.json": layout, "mixture.safetensors": save(state)})


def _mean_ages(table: np.ndarray, group: int) -> list[float]:
    """Return the mean code of age inside a group, of those who are not members and of members."""
    codes = np.flatnonzero(GRIDS["age"] == group)
    return [float(table[codes, side] @ codes / table[codes, side].sum()) for side in (0, 1)]


def test_values_inside_a_group_follow_what_the_other_columns_say(fitted: MixtureGenerator) -> None:
    generator = _two_kinds_of_people(fitted)
    answered = generator.marginal(("age", "member"), level="fine")
    drawn = _codes(generator.sample(60_000, seed=3, shard=0))
    sampled = np.zeros_like(answered)
    np.add.at(sampled, (drawn[:, DOMAIN.index("age")], drawn[:, DOMAIN.index("member")]), 1 / len(drawn))
    assert np.abs(answered - sampled).sum() < 0.03
    for group in (1, 2, 3, 4):
        others, members = _mean_ages(answered, group)
        assert members - others > 0.3
        assert _mean_ages(sampled, group) == pytest.approx([others, members], abs=0.1)


def test_a_generator_of_the_older_format_draws_values_inside_groups_as_in_the_whole_table(
    fitted: MixtureGenerator,
) -> None:
    generator = _two_kinds_of_people(fitted, version=1)
    assert MixtureGenerator.load(generator.contents()).contents() == generator.contents()
    assert b'"format_version": 1' in generator.contents()["mixture.json"]
    table = generator.marginal(("age", "member"), level="fine")
    for group in range(6):
        others, members = _mean_ages(table, group)
        assert members == pytest.approx(others)


def test_a_format_that_this_version_does_not_know_is_refused(fitted: MixtureGenerator) -> None:
    contents = fitted.contents()
    newer = contents["mixture.json"].replace(b'"format_version": 5', b'"format_version": 6')
    with pytest.raises(IntegrityError):
        MixtureGenerator.load({**contents, "mixture.json": newer})


def test_a_condition_inside_a_group_is_what_is_sampled_and_answered_under_it(fitted: MixtureGenerator) -> None:
    generator, where = _two_kinds_of_people(fitted), parse_condition("age >= 41", domain=DOMAIN)
    joint, given = generator.marginal(("age", "member"), level="fine"), generator.given(where)
    kept = np.array(where.weights["age"])[:, None] * joint
    assert given.marginal(("age", "member"), level="fine") == pytest.approx(kept / kept.sum())
    assert given.marginal(("member",)) == pytest.approx(kept.sum(axis=0) / kept.sum())
    drawn = _codes(given.sample(20_000, seed=0, shard=0))
    assert (GRIDS["age"][drawn[:, 0]] >= 2).all()
    assert drawn[:, 3].mean() == pytest.approx(kept[:, 1].sum() / kept.sum(), abs=0.01)


def test_marginals_under_a_condition_are_what_is_sampled_under_it(fitted: MixtureGenerator) -> None:
    where = parse_condition("age >= 35 AND region <> 'south'", domain=DOMAIN)
    drawn = _codes(fitted.given(where).sample(40_000, seed=3, shard=0))
    for names in [("age",), ("age", "member"), ("region", "member")]:
        assert np.abs(fitted.given(where).marginal(names) - _shares(drawn, names)).sum() < 0.03


def test_a_refit_is_another_model_of_the_same_kind(fitted: MixtureGenerator, release: Release) -> None:
    once, again = fitted.refit(release, seed=1), fitted.refit(release, seed=1)
    assert np.array_equal(once.marginal(["age", "region"]), again.marginal(["age", "region"]))
    assert 0 < np.abs(once.marginal(["age", "region"]) - fitted.marginal(["age", "region"])).sum() < 0.1


def test_a_release_with_heaps_decides_values_inside_bins_and_nothing_else(
    fitted: MixtureGenerator, release: Release
) -> None:
    heaping = Heaping.of(DOMAIN["income"])
    tens = 550 * ((heaping.level == 8) & (heaping.decade == 9))  # units are 1e-7
    answer = NoisyHeaping(
        descriptor={"column": "income", "coding": 1}, values=tens, scale=3.0, d_in=1, rho=0.01, draw=9
    )
    measured = replace(release, answers=(*release.answers, answer))
    heaped = MixtureGenerator.load(
        {**fitted.contents(), "mixture.json": with_heaps(fitted, measured)}, release=measured
    )
    even, round_ = fitted.sample(2000, seed=1, shard=0), heaped.sample(2000, seed=1, shard=0)
    assert _codes(even).tolist() == _codes(round_).tolist()
    assert even.drop_columns(["income"]).equals(round_.drop_columns(["income"]))
    tenfold = [np.mean(batch.column("income").to_numpy() % 10 == 0) for batch in (even, round_)]
    assert (tenfold[0] < 0.2, tenfold[1] > 0.7) == (True, True)
    assert MixtureGenerator.load(heaped.contents(), release=measured).contents() == heaped.contents()
    assert all(
        len(content) <= MixtureGenerator().largest(measured)[name] for name, content in heaped.contents().items()
    )
    for contents, of in ((fitted.contents(), measured), (heaped.contents(), release)):
        with pytest.raises(IntegrityError, match="other columns"):
            MixtureGenerator.load(contents, release=of)


def test_a_release_with_orders_decides_which_amounts_are_equal_under_a_condition_too() -> None:
    release = load_release(*(DATA / "release_with_orders").iterdir())
    generator = MixtureGenerator()
    generator.fit(release, seed=0)
    where = parse_condition("bill >= 1000", domain=release.domain)
    for drawn, equal in ((generator, 0.41), (generator.given(where), 0.3)):
        batch = drawn.sample(5_000, seed=0, shard=0).to_pandas()
        assert (batch.bill == batch.paid).mean() > equal - 0.06
        assert (batch.bill < batch.paid).mean() < 0.08
    contents = generator.contents()
    assert json.loads(contents["mixture.json"])["format_version"] == 5
    loaded = MixtureGenerator.load(contents, release=release)
    assert loaded.contents() == contents
    assert loaded.sample(500, seed=3, shard=1).equals(generator.sample(500, seed=3, shard=1))
    assert all(len(content) <= MixtureGenerator().largest(release)[name] for name, content in contents.items())
    without = replace(release, answers=tuple(answer for answer in release.answers if answer.kind != "orders"))
    with pytest.raises(IntegrityError, match="other columns"):
        MixtureGenerator.load(contents, release=without)


def with_heaps(fitted: MixtureGenerator, measured: Release) -> bytes:
    """Return the description of a fitted mixture as a fit to a release with heaps writes it."""
    facts = json.loads(fitted.contents()["mixture.json"])
    return json_bytes(facts | {"format_version": 5} | heaps_json(heaps_of(measured)))
