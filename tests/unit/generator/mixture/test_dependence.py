"""Dependent pairs rank above independent ones, also under noise."""

import numpy as np
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release

from synth_assets.generator.mixture.dependence import dependences
from synth_assets.generator.mixture.layout import Layout


def test_an_independent_column_comes_last() -> None:
    codes = dependent_codes(5000)
    codes[:, 2] = np.random.default_rng(99).integers(0, 3, 5000)
    release = make_release(codes=codes, scale=15.0)
    pairs = [("age", "joined"), ("age", "income"), ("income", "member"), ("age", "region"), ("region", "member")]
    strengths = dependences(pairs, marginals=release.marginals, layout=Layout.of(DOMAIN, GRIDS), total=release.total())
    assert min(strengths[:3]) > 3 * max(strengths[3:])
