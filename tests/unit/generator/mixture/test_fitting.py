"""The gradient is that of the loss, and a fit ends at the noise level."""

import numpy as np
import pytest
import torch
from kit.incomes import DOMAIN, dependent_codes, make_release

from synth_assets.generator.cells.targets import fit_targets
from synth_assets.generator.mixture.fitting import SKETCH, FitPlan, _Chunk, fit_mixtures, plan_fit

PLAN = FitPlan(fits=2, components=5, climb=10, settle=(5, 5))


def test_a_fit_explains_the_tables_up_to_their_noise() -> None:
    targets = fit_targets(make_release(scale=5.0))
    weights, single = fit_mixtures(targets, plan_fit(targets), seed=0)
    gap = (single * weights[:, None]).T @ single - targets.pairs
    chi_square = (gap**2 * targets.pairs_precision).sum() / np.count_nonzero(targets.pairs_precision)
    assert 0.5 < chi_square < 1.2


def test_the_result_is_a_mixture_whatever_the_noise() -> None:
    targets = fit_targets(make_release(codes=dependent_codes(5), scale=1000.0))
    weights, single = fit_mixtures(targets, PLAN, seed=0)
    sums = np.add.reduceat(single, targets.layout.offsets[:-1], axis=1)
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert weights.min() >= 0
    assert single.min() >= 0
    assert sums == pytest.approx(1, abs=1e-4)


def test_progress_is_reported_chunk_by_chunk() -> None:
    lines: list[str] = []
    fit_mixtures(
        fit_targets(make_release()),
        FitPlan(fits=3, components=4, climb=5, settle=(5, 5)),
        seed=0,
        progress=lines.append,
    )
    assert lines == ["fitted 1 of 2 groups of mixtures", "fitted 2 of 2 groups of mixtures"]


def test_a_fit_grows_from_few_components_and_stops_growing_where_that_is_enough() -> None:
    plan = FitPlan(fits=2, components=200, climb=30)
    assert plan.stages() == [(24, 100), (40, 150), (200, 30)]
    assert FitPlan(fits=2, components=24, climb=30).stages() == [(24, 30)]
    assert SKETCH.stages() == [(50, 100)]
    vague = fit_targets(make_release(codes=dependent_codes(300), scale=30.0))
    assert len(fit_mixtures(vague, plan, seed=0)[0]) == 2 * 24
    sharp = fit_targets(make_release(codes=dependent_codes(20_000), scale=0.5))
    assert len(fit_mixtures(sharp, plan, seed=0)[0]) >= 2 * 200


@pytest.mark.slow
def test_a_measured_triple_is_followed_where_pairs_say_nothing() -> None:
    codes = np.array(dependent_codes(6000))
    random = np.random.default_rng(5)
    for column in range(codes.shape[1]):
        codes[:, column] = random.permutation(codes[:, column])
    odd = (codes[:, DOMAIN.index("region")] + codes[:, DOMAIN.index("member")]) % 2 == 1
    # The third column follows from the two others together, and from neither alone.
    codes[:, DOMAIN.index("joined")] = np.where(odd, 0, DOMAIN["joined"].regular - 1)
    triple = ("joined", "member", "region")

    def gap(*triples: tuple[str, str, str]) -> float:
        targets = fit_targets(make_release(codes=codes, scale=2.0, triples=triples))
        wanted = fit_targets(make_release(codes=codes, scale=1e-6, triples=(triple,))).loose[0]
        weights, single = fit_mixtures(targets, plan_fit(targets), seed=0)
        parts = [single[:, place] for place in wanted.places]
        return float(np.abs(np.einsum("k,ka,kb,kc->abc", weights, *parts) - wanted.table).sum())

    assert gap(triple) < 0.25 * gap()


def test_a_plan_that_does_not_look_at_clear_cells_goes_on_where_there_is_none() -> None:
    targets = fit_targets(make_release(codes=dependent_codes(5), scale=1000.0))
    plan = FitPlan(fits=2, components=5, climb=30, settle=(5, 5), clear_level=0.0, noise_level=0.0)
    chunk = _Chunk(targets, plan, fits=2, generator=torch.Generator().manual_seed(0), device="cpu")
    assert not chunk._tables._clear.any()
    chunk.fit()
    assert chunk._steps == 30 + 5
