"""What can be estimated from a release, and with which error."""

import dataclasses

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.release import NoisyMarginal, Release


def test_every_column_has_its_fine_one_way_marginal(small_release: Release) -> None:
    assert small_release.one_way("age").counts.shape == (21,)
    with pytest.raises(KeyError):
        small_release.one_way("nothing")


def test_shapes_are_known_at_both_levels(small_release: Release) -> None:
    assert small_release.shape(("age", "city"), "fine") == (21, 3)
    assert small_release.shape(("age", "city"), "coarse") == (11, 3)


def test_the_total_weighs_tables_by_their_precision() -> None:
    good, bad = _marginal("a", [10, 10], scale=1.0), _marginal("b", [50, 50], scale=100.0)
    release = _release(good, bad)
    assert release.total() == pytest.approx((20 + 100 / 1e4) / (1 + 1 / 1e4))
    assert release.total_standard_error() == pytest.approx((1 / 2 + 1 / 2e4) ** -0.5)


def test_the_total_of_an_empty_source_is_not_below_zero() -> None:
    assert _release(_marginal("a", [-5, 2], scale=2.0)).total() == 0


def test_an_estimate_of_one_table_is_that_table_with_its_noise(small_release: Release) -> None:
    counts, errors = small_release.estimate(("age", "city"))
    assert counts == pytest.approx(small_release.marginals[3].counts, rel=1e-12)
    assert errors == pytest.approx(np.full(counts.shape, 5.0))


def test_estimates_are_at_the_finest_level_that_was_measured(small_release: Release) -> None:
    assert small_release.estimate(("age",))[0].shape == (21,)
    assert small_release.estimate(("age", "member"))[0].shape == (11, 2)


def test_axes_follow_the_order_that_is_asked_for(small_release: Release) -> None:
    straight, _ = small_release.estimate(("age", "city"))
    turned, _ = small_release.estimate(("city", "age"))
    assert np.array_equal(straight.T, turned)


def test_tables_that_agree_are_combined_by_precision() -> None:
    fine = _marginal("a", [10, 20, 30], scale=1.0)
    coarse = NoisyMarginal.of(attributes=("a",), level="coarse", counts=np.array([40, 40]), scale=2.0, rho=0.1, draw=2)
    counts, variances = _release(fine, coarse).project(("a",), level="coarse")
    # The fine table has 30 with variance 2 and 30 with variance 1; the coarse one says 40, 40 with variance 4.
    assert counts == pytest.approx([(30 / 2 + 40 / 4) / (1 / 2 + 1 / 4), (30 + 40 / 4) / (1 + 1 / 4)])
    assert variances == pytest.approx([1 / (1 / 2 + 1 / 4), 1 / (1 + 1 / 4)])


def test_what_was_not_measured_together_is_not_estimated(small_release: Release) -> None:
    with pytest.raises(KeyError):
        small_release.estimate(("age", "city", "member"))
    with pytest.raises(KeyError):
        small_release.project(("age", "city"), level="fine")


def test_the_statement_stays_out_of_the_representation(small_release: Release) -> None:
    assert "max_rows" not in repr(small_release)
    with pytest.raises(dataclasses.FrozenInstanceError):
        small_release.dataset = "x"  # type: ignore[misc]


def _marginal(name: str, counts: list[int], *, scale: float) -> NoisyMarginal:
    return NoisyMarginal.of(attributes=(name,), level="fine", counts=np.array(counts), scale=scale, rho=0.1, draw=1)


def _release(*marginals: NoisyMarginal) -> Release:
    from synth_assets.domain import Column, Domain

    sizes = {m.attributes[0]: m.counts.size for m in marginals if m.level == "fine"}
    columns = tuple(Column(name=name, kind="integer", maximum=size - 1) for name, size in sizes.items())
    return Release(
        dataset="d",
        source="s",
        version="1",
        fingerprint="f",
        reservation="r",
        domain=Domain(columns=columns),
        grids={name: np.minimum(np.arange(size) // 2, 1) for name, size in sizes.items()},
        answers=marginals,
        privacy={},
    )


def test_the_total_of_a_release_without_tables_is_refused(small_release: Release) -> None:
    with pytest.raises(UsageError, match="of plan 'release' holds no table"):
        dataclasses.replace(small_release, answers=()).total()
