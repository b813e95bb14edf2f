"""Tables are laid out where the model predicts them, and repeated ones are combined by precision."""

import dataclasses

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release, release_of
from kit.releases import noisy_table

from synth_assets.errors import UsageError
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.cells.targets import INDEPENDENCE_WEIGHT, fit_targets, lay_out
from synth_assets.release import Release

CODES = dependent_codes(2000)
RNG = np.random.default_rng(0)
EXACT = 1e-6


def _joint(names: tuple[str, ...]) -> np.ndarray:
    table = noisy_table(CODES, names, level="coarse", domain=DOMAIN, grids=GRIDS, scale=EXACT, random=RNG)
    return table.counts / 2000


def test_pairs_lie_on_both_sides_of_the_diagonal() -> None:
    targets = fit_targets(make_release(codes=CODES, scale=EXACT))
    age, region = targets.layout.slice("age"), targets.layout.slice("region")
    assert targets.pairs[age, region] == pytest.approx(_joint(("age", "region")), abs=1e-5)
    assert np.array_equal(targets.pairs, targets.pairs.T)
    assert targets.pairs_precision[age, age].max() == 0


def test_fine_one_ways_are_summed_to_coarse_codes_with_their_noise() -> None:
    targets = fit_targets(make_release(codes=CODES, scale=2.0))
    age = targets.layout.slice("age")
    assert targets.one_way_precision[age] * np.bincount(GRIDS["age"]) == pytest.approx(
        np.full(7, (targets.total / 2) ** 2), rel=1e-3
    )


def test_triples_lie_in_layers_of_the_column_they_share_whatever_the_order() -> None:
    release = make_release(codes=CODES, scale=EXACT, triples=[("age", "income", "member"), ("member", "region", "age")])
    targets = fit_targets(dataclasses.replace(release, target="member"))
    age, income, region = (targets.layout.slice(name) for name in ("age", "income", "region"))
    assert targets.pivot == targets.layout.slice("member")
    wanted = np.moveaxis(_joint(("age", "income", "member")), 2, 0)
    assert targets.triples[:, age, income] == pytest.approx(wanted, abs=1e-5)
    assert targets.triples[:, region, age] == pytest.approx(_joint(("member", "region", "age")), abs=1e-5)
    assert targets.triples[:, age, region] == pytest.approx(np.swapaxes(targets.triples[:, region, age], 1, 2))


def test_a_table_measured_twice_counts_by_precision() -> None:
    once = make_release(codes=CODES, scale=EXACT)
    vague = dataclasses.replace(once.marginals[5], values=once.marginals[5].counts * 0 + 9999, scale=1e4)
    again = release_of((*once.marginals, vague))
    assert fit_targets(again).pairs == pytest.approx(fit_targets(once).pairs, abs=1e-4)


def test_triples_without_the_target_are_kept_one_by_one() -> None:
    names = ("income", "age", "region")
    release = make_release(codes=CODES, scale=2.0, triples=[names, ("age", "income", "member"), names])
    targets = fit_targets(dataclasses.replace(release, target="member"))
    (triple,) = targets.loose
    assert triple.places == tuple(targets.layout.slice(name) for name in ("age", "income", "region"))
    measured = [marginal for marginal in release.marginals if marginal.attributes == names]
    mean = np.mean([marginal.counts for marginal in measured], axis=0).transpose(1, 0, 2)
    assert triple.table == pytest.approx(mean / targets.total, abs=1e-6)
    assert triple.precision == pytest.approx(np.full(mean.shape, 2 * targets.total**2 / 4.0), rel=1e-5)
    assert targets.triples[:, targets.layout.slice("age"), targets.layout.slice("region")].max() == 0


def test_without_a_target_all_triples_are_loose() -> None:
    targets = fit_targets(make_release(codes=CODES, triples=[("age", "income", "member"), ("age", "joined", "member")]))
    assert len(targets.loose) == 2
    assert targets.pivot == slice(0, 0)


def test_tables_of_four_columns_are_refused() -> None:
    release = make_release(codes=CODES)
    names = ("age", "income", "region", "member")
    four = noisy_table(CODES, names, level="coarse", domain=DOMAIN, grids=GRIDS, scale=1.0, random=RNG)
    with pytest.raises(UsageError, match="up to three columns"):
        fit_targets(release_of((*release.marginals, four)))


def _without(*names: tuple[str, ...], triples: list[tuple[str, str, str]] | None = None) -> Release:
    """Return a release that did not measure the pairs ``names``."""
    release = make_release(codes=CODES, scale=2.0, triples=triples or [])
    remaining = tuple(marginal for marginal in release.marginals if marginal.attributes not in names)
    return dataclasses.replace(release_of(remaining), target="member")


def test_a_pair_that_was_not_measured_leans_on_independence() -> None:
    targets, complete = fit_targets(_without(("age", "income"))), fit_targets(_without())
    age, income = targets.layout.slice("age"), targets.layout.slice("income")
    ones = np.clip(targets.one_way, 0, None)
    assert targets.pairs[age, income] == pytest.approx(np.outer(ones[age], ones[income]), rel=1e-5)
    assert targets.pairs[income, age] == pytest.approx(targets.pairs[age, income].T, rel=1e-5)
    measured = complete.pairs_precision[complete.pairs_precision > 0]
    weights = targets.pairs_precision[age, income]
    assert weights == pytest.approx(np.full(weights.shape, INDEPENDENCE_WEIGHT * np.median(measured)), rel=1e-3)


def test_leaning_leaves_measured_pairs_and_their_number_alone() -> None:
    release = _without(("age", "income"))
    targets = fit_targets(release)
    age, income, region = (targets.layout.slice(name) for name in ("age", "income", "region"))
    (counts,) = [marginal.counts for marginal in release.marginals if marginal.attributes == ("age", "region")]
    assert targets.pairs[age, region] == pytest.approx(counts / targets.total, rel=1e-5)
    cells = sum(marginal.counts.size for marginal in release.marginals if len(marginal.attributes) == 2)
    assert targets.measured == cells
    assert targets.pairs_precision[age, age].max() == targets.pairs_precision[income, income].max() == 0


def test_pairs_that_a_triple_covers_do_not_lean() -> None:
    triple = ("age", "income", "member")
    pairs = (("age", "income"), ("age", "member"), ("income", "member"), ("age", "joined"))
    targets = fit_targets(_without(*pairs, triples=[triple]))
    age, income, member, joined = (targets.layout.slice(name) for name in ("age", "income", "member", "joined"))
    assert targets.pivot == member
    for first, second in ((age, income), (age, member), (income, member)):
        assert targets.pairs_precision[first, second].max() == 0
        assert targets.pairs_precision[second, first].max() == 0
    assert targets.pairs_precision[age, joined].min() > 0


def test_nothing_leans_on_a_column_without_a_one_way_table() -> None:
    release = make_release(codes=CODES, scale=2.0)
    remaining = tuple(
        marginal for marginal in release.marginals if marginal.attributes not in {("age",), ("age", "income")}
    )
    targets = lay_out(remaining, layout=Layout.of(DOMAIN, GRIDS), total=2000.0)
    assert targets.pairs_precision[targets.layout.slice("age"), targets.layout.slice("income")].max() == 0


def test_what_noise_explains_of_a_pair_is_shrunk_where_most_pairs_are_noise() -> None:
    independent = RNG.permuted(CODES, axis=0)
    noisy = make_release(codes=independent, scale=20.0)
    plain = lay_out(noisy.marginals, layout=Layout.of(DOMAIN, GRIDS), total=noisy.total())
    shrunk, exact = fit_targets(noisy), fit_targets(make_release(codes=independent, scale=EXACT))
    age, region = plain.layout.slice("age"), plain.layout.slice("region")
    gaps = [np.abs(targets.pairs - exact.pairs)[age, region].sum() for targets in (plain, shrunk)]
    assert gaps[1] < 0.95 * gaps[0]  # the noise of the margins stays
    assert shrunk.pairs[age, region].sum(axis=0) == pytest.approx(plain.pairs[age, region].sum(axis=0), abs=1e-5)
    assert np.array_equal(shrunk.pairs, shrunk.pairs.T)


def test_pairs_stay_as_they_were_measured_where_most_are_clear() -> None:
    release = make_release(codes=CODES, scale=2.0)
    plain = lay_out(release.marginals, layout=Layout.of(DOMAIN, GRIDS), total=release.total())
    assert np.array_equal(fit_targets(release).pairs, plain.pairs)
