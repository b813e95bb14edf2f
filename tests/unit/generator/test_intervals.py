"""Intervals hold what they are meant to hold, as often as their level, and the same seed gives the same ones."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kit.incomes import dependent_codes, make_release

from synth_assets.errors import UsageError
from synth_assets.generator.compute import Compute
from synth_assets.generator.intervals import (
    _student_quantile,
    estimate,
    refit_answers,
    refit_interval,
    released_interval,
    resample,
)
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.statistic import make_statistic
from synth_assets.generator.store import fit_generator, load_generator
from synth_assets.release import Release, write_release

CODES = dependent_codes(5000)


def _with_noise(exact: Release, seed: int, scale: float) -> Release:
    rng = np.random.default_rng(seed)
    return replace(
        exact,
        answers=tuple(
            replace(
                marginal,
                scale=scale,
                values=marginal.counts + np.rint(rng.normal(0, scale, marginal.counts.shape)).astype(int),
            )
            for marginal in exact.marginals
        ),
    )


@pytest.mark.statistical
@pytest.mark.parametrize(
    "asked",
    [
        {"by": ["region", "member"]},
        {"share": "member", "by": ["region"]},
        {"mean": "income"},
        {"by": ["age"], "shares": True, "where": "age < 48"},
        {"share": "member", "where": "region = 'north' AND age < 28"},
    ],
)
def test_intervals_of_the_released_tables_hold_the_truth_as_often_as_their_level(asked: dict[str, object]) -> None:
    """False failure below 1e-4: 400 draws, one answer each, within 4 standard errors of 95% and rounding of noise."""
    exact = make_release(codes=CODES, scale=1e-9, triples=[("age", "region", "member")])
    statistic, held = make_statistic(exact, **asked), []
    truth = statistic.answer(exact.project(statistic.attributes, level=statistic.level)[0]).ravel()
    for seed in range(400):
        noisy = _with_noise(exact, seed, 12.0)
        interval = released_interval(noisy, statistic)
        index = seed % truth.size
        held.append(interval.low.ravel()[index] <= truth[index] <= interval.high.ravel()[index])
    assert 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400) <= np.mean(held) <= 0.95 + 4 * np.sqrt(0.95 * 0.05 / 400)


def test_a_count_has_the_error_of_its_noise(release: Release) -> None:
    statistic = make_statistic(release, by=["region", "member"])
    counts, error = release.estimate(["region", "member"])
    interval = released_interval(release, statistic, level=0.6826894921370859)
    assert np.allclose(interval.estimate, counts)
    assert np.allclose(interval.high - counts, error)
    assert np.allclose(counts - interval.low, np.minimum(error, counts))


def test_where_the_rows_below_the_line_may_be_none_everything_possible_is_inside() -> None:
    noisy = make_release(codes=CODES[:20], scale=200.0)
    interval = released_interval(noisy, make_statistic(noisy, share="member", by=["region"]))
    assert ((interval.low == 0) & (interval.high == 1)).any()
    assert (interval.low <= interval.high).all()


def test_the_model_made_anew_differs_from_it_by_noise_of_the_known_scale(
    fitted: MixtureGenerator, release: Release
) -> None:
    drawn = resample(fitted, release, rng=np.random.default_rng(0))
    rests = [
        (marginal.counts - release.total() * fitted.marginal(marginal.attributes, level=marginal.level))
        / marginal.scale
        for marginal in drawn.marginals
    ]
    joined = np.concatenate([rest.ravel() for rest in rests])
    # Rounding adds a twelfth of a squared row; five standard errors of a variance over so many cells.
    assert abs(joined.var() - 1 - 1 / (12 * 2.0**2)) < 5 * np.sqrt(2 / joined.size)
    assert abs(joined.mean()) < 5 / np.sqrt(joined.size)
    assert [marginal.attributes for marginal in drawn.marginals] == [
        marginal.attributes for marginal in release.marginals
    ]


def test_refits_are_the_same_for_a_seed_whatever_the_number_of_cores(
    fitted: MixtureGenerator, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics = [make_statistic(release, by=["region"]), make_statistic(release, mean="age")]
    runs = []
    for cores, seed in ((1, 4), (4, 4), (4, 5)):
        monkeypatch.setattr("synth_assets.generator.intervals.cpu_count", lambda cores=cores: cores)
        runs.append(refit_answers(fitted, release, statistics, refits=5, seed=seed))
    for alone, parallel, reseeded in zip(*runs, strict=True):
        assert np.array_equal(alone[1], parallel[1])
        assert not np.array_equal(alone[1], reseeded[1])
        assert np.array_equal(alone[0], reseeded[0])


def test_refits_may_be_made_by_other_processes_and_are_the_same(fitted: MixtureGenerator, release: Release) -> None:
    statistic = make_statistic(release, by=["region"])
    here = refit_answers(fitted, release, [statistic], refits=5)
    with Compute(workers=2).pool() as executor:
        elsewhere = refit_answers(fitted, release, [statistic], refits=5, executor=executor)
    assert np.array_equal(here[0][1], elsewhere[0][1])


def test_refits_spread_as_wide_as_the_noise_makes_them(fitted: MixtureGenerator, release: Release) -> None:
    statistic = make_statistic(release, by=["region", "member"])
    quiet = refit_answers(fitted, release, [statistic], refits=8)[0][1].std(axis=0).mean()
    loud = replace(
        release, answers=tuple(replace(marginal, scale=10 * marginal.scale) for marginal in release.marginals)
    )
    assert refit_answers(fitted, loud, [statistic], refits=8)[0][1].std(axis=0).mean() > 4 * quiet


def test_an_interval_reaches_as_far_as_the_refits_lie_away(release: Release) -> None:
    statistic = make_statistic(release, mean="member")
    answers = np.array([0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6])
    interval = refit_interval(statistic, estimate=np.array(0.5), answers=answers)
    assert float(interval.high) == pytest.approx(0.5 + 0.1 * 2.2281, abs=1e-4)
    shifted = refit_interval(statistic, estimate=np.array(0.3), answers=answers)
    assert float(shifted.high - 0.3) == pytest.approx(np.sqrt(0.05) * 2.2281, abs=1e-4)
    assert float(refit_interval(statistic, estimate=np.array(0.05), answers=answers * 0 + 0.2).low) == 0


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.7764), (10, 2.2281), (19, 2.0930), (1000, 1.9623)])
def test_quantiles_of_student_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert _student_quantile(0.95, freedom=freedom) == pytest.approx(quantile, abs=0.01)


def test_both_intervals_come_together_and_without_a_generator_one(fitted: MixtureGenerator, release: Release) -> None:
    lines: list[str] = []
    both = estimate(release, by=["region"], generator=fitted, refits=5, progress=lines.append)
    assert both.synthetic is not None
    assert np.allclose(both.synthetic.estimate, both.released.estimate, rtol=0.05)
    assert lines[-1] == "refitted 5 of 5"
    assert estimate(release, by=["region"]).synthetic is None


def test_a_generator_on_disk_answers_as_the_one_in_memory_does(release: Release, tmp_path: Path) -> None:
    written = write_release(release, tmp_path / "releases")
    stored = fit_generator(written, generators=tmp_path / "generators")
    asked = {"share": "member", "by": ["region"], "refits": 5}
    ours = estimate(written, generator=stored, **asked).synthetic
    theirs = estimate(written, generator=load_generator(stored.folder), **asked).synthetic
    assert ours is not None
    assert theirs is not None
    assert np.array_equal(ours.low, theirs.low)


def test_too_few_refits_and_a_level_of_one_are_refused(fitted: MixtureGenerator, release: Release) -> None:
    statistic = make_statistic(release, by=["region"])
    with pytest.raises(UsageError, match="refits=4 must be >= 5"):
        refit_answers(fitted, release, [statistic], refits=4)
    with pytest.raises(UsageError, match="between 0 and 1"):
        released_interval(release, statistic, level=1.0)
