"""Dependent pairs rank above independent ones, also under noise, and a reference says what pairs say of triples."""

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release

from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.mixture.dependence import Reference

LAYOUT = Layout.of(DOMAIN, GRIDS)


def test_an_independent_column_comes_last() -> None:
    codes = dependent_codes(5000)
    codes[:, 2] = np.random.default_rng(99).integers(0, 3, 5000)
    release = make_release(codes=codes, scale=15.0)
    pairs = [("age", "joined"), ("age", "income"), ("income", "member"), ("age", "region"), ("region", "member")]
    for make in (Reference.sketch, Reference.full):
        strengths = make(release.marginals, layout=LAYOUT, total=release.total()).dependences(pairs)
        assert min(strengths[:3]) > 3 * max(strengths[3:])


def test_a_triple_of_a_reference_has_the_pairs_that_were_measured() -> None:
    codes = dependent_codes(5000)
    release = make_release(codes=codes, scale=2.0)
    table = Reference.full(release.marginals, layout=LAYOUT, total=release.total()).table(("age", "income", "region"))
    assert table.sum() == pytest.approx(1, abs=1e-3)
    (counts,) = [marginal.counts for marginal in release.marginals if marginal.attributes == ("age", "region")]
    assert np.abs(table.sum(axis=1) - counts / release.total()).sum() < 0.1
