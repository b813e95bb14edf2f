"""One-way masses are possible, nearer to the truth than the noise, and keep spikes."""

from dataclasses import replace

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release, release_of

from synth_assets.domain import Column, Domain
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.one_way import end_moves, nearest_masses, segments_of, shares_of, shrink_in_groups
from synth_assets.release import NoisyMarginal, Release
from synth_assets.release.kinds.tails import NoisyTails


def all_shares(release: Release, fraction: float) -> list[np.ndarray]:
    groups = {name: int(grid.max()) + 1 for name, grid in GRIDS.items()}
    return [
        shares_of(release, name, masses=np.full(groups[name], fraction * max(1.0, release.total())))
        for name in DOMAIN.names
    ]


def test_masses_are_not_negative_and_add_up() -> None:
    masses = nearest_masses(np.array([-5.0, 3.0, 10.0, 4.0]), total=10)
    assert masses == pytest.approx([0, 0.5, 7.5, 2.0], abs=0.51)
    assert masses.sum() == pytest.approx(10)
    assert masses.min() == 0


def test_counts_that_are_possible_stay() -> None:
    assert nearest_masses(np.array([1.0, 2.0]), total=3) == pytest.approx([1, 2])


def amounts(counts: np.ndarray, grid: np.ndarray, *, scale: float) -> Release:
    """Return a release of one number, whose only table this is."""
    column = Column(name="amount", kind="integer", maximum=counts.size - 1)
    table = NoisyMarginal.of(
        attributes=("amount",), level="fine", counts=counts.astype(np.int64), scale=scale, rho=0.1, draw=1
    )
    return replace(release_of((table,)), domain=Domain(columns=(column,)), grids={"amount": grid})


def test_rows_that_a_group_lacks_go_where_it_has_rows() -> None:
    counts = np.array([100, 300, 0, 0, 0, -3, 50, 50])
    shares = shares_of(amounts(counts, np.repeat([0, 1], [6, 2]), scale=1.0), "amount", masses=np.array([600.0, 10.0]))
    assert shares == pytest.approx([0.25, 0.75, 0, 0, 0, 0, 0.5, 0.5])


def test_rows_that_a_group_has_too_many_are_taken_as_noise() -> None:
    shares = shares_of(
        amounts(np.array([100, 300, 30, -3]), np.zeros(4, int), scale=1.0), "amount", masses=np.array([340.0])
    )
    assert shares * 340 == pytest.approx(nearest_masses(np.array([100.0, 300, 30, -3]), total=340))


def test_what_noise_explains_at_an_end_goes_to_the_next_group_inwards() -> None:
    truth = np.concatenate([np.zeros(40), np.full(20, 500.0), np.zeros(80)])
    counts = np.rint(truth + np.random.default_rng(0).normal(0, 30, truth.size))
    release = amounts(counts, np.repeat([0, 1, 2, 3], [30, 50, 30, 30]), scale=30.0)
    masses = np.array([60.0, 9900.0, 80.0, 70.0])
    moves = end_moves(release, "amount", masses=masses)
    assert [(group, other) for group, other, _ in moves] == [(3, 2), (2, 1), (0, 1)]
    for group, other, share in moves:
        moved = share * masses[group]
        masses[group] -= moved
        masses[other] += moved
    assert masses.sum() == pytest.approx(10_110)
    assert masses[[0, 2, 3]].max() < 20


def test_an_end_group_with_rows_keeps_them() -> None:
    truth = np.concatenate([np.full(20, 500.0), np.zeros(30), np.full(60, 40.0)])
    counts = np.rint(truth + np.random.default_rng(0).normal(0, 30, truth.size))
    release = amounts(counts, np.repeat([0, 1], [50, 60]), scale=30.0)
    assert end_moves(release, "amount", masses=np.array([10_000.0, 2400.0])) == []


def test_categories_have_no_ends() -> None:
    release = make_release(codes=dependent_codes(50), scale=300.0)
    assert end_moves(release, "region", masses=np.full(3, 10.0)) == []


def test_noise_around_a_level_is_drawn_together_and_a_spike_stays() -> None:
    rng = np.random.default_rng(0)
    grid = np.repeat([0, 1], 20)
    truth = np.full(40, 50.0)
    truth[25] = 5000
    shrunk = shrink_in_groups(truth + rng.normal(0, 20, 40), grid, scale=20.0)
    assert np.abs(shrunk[:20] - 50).mean() < 8
    assert shrunk[25] == pytest.approx(5000, abs=100)


@pytest.mark.parametrize("rows", [0, 5000])
def test_shares_of_every_group_of_a_release_add_up(rows: int) -> None:
    release = make_release(codes=dependent_codes(5000)[:rows], scale=30.0)
    layout = Layout.of(DOMAIN, GRIDS)
    shares = all_shares(release, 0.1)
    assert [share.size for share in shares] == list(DOMAIN.shape())
    for share, grid in zip(shares, layout.grids, strict=True):
        assert share.min() >= 0
        assert np.bincount(grid, weights=share) == pytest.approx(np.ones(grid.max() + 1))


def test_the_model_decides_how_much_of_a_group_is_noise() -> None:
    release = make_release(codes=dependent_codes(5000), scale=30.0)
    little, much = (all_shares(release, fraction) for fraction in (1e-4, 0.5))
    assert all(np.count_nonzero(a) <= np.count_nonzero(b) for a, b in zip(little, much, strict=True))
    assert any(np.count_nonzero(a) < np.count_nonzero(b) for a, b in zip(little, much, strict=True))


def test_a_spike_does_not_keep_its_neighbours_from_being_drawn_together() -> None:
    random = np.random.default_rng(3)
    true = np.full(200, 5.0)
    true[[7, 90]] = 3000.0
    noisy = true + np.rint(random.normal(0, 10, true.size))
    shrunk = shrink_in_groups(noisy, np.zeros(true.size, np.int64), scale=10.0)
    assert shrunk[[7, 90]].tolist() == noisy[[7, 90]].tolist()
    crowd = np.delete(np.arange(true.size), [7, 90])
    assert np.abs(shrunk - true)[crowd].mean() < 0.3 * np.abs(noisy - true)[crowd].mean()


def test_a_group_far_out_in_a_tail_has_shares_though_its_curve_is_as_good_as_zero() -> None:
    # A column of few rows: the bell curve of its upper tail is below the smallest double at the last group.
    counts = np.concatenate([[900, 40], np.zeros(300)])
    grid = np.concatenate([[0], np.ones(150), np.full(151, 2)]).astype(np.int64)
    with np.errstate(all="raise", under="ignore"):
        shares = shares_of(amounts(counts, grid, scale=25.0), "amount", masses=np.array([900.0, 40.0, 0.0]))
    assert np.isfinite(shares).all()
    assert [shares[grid == group].sum() for group in range(3)] == pytest.approx([1, 1, 1])


def test_a_group_that_holds_a_tail_follows_its_segments() -> None:
    """Without them, the noise of 200 codes decides."""
    truth = np.concatenate([np.full(40, 500.0), np.full(100, 5.0), np.zeros(100)])
    counts = np.rint(truth + np.random.default_rng(2).normal(0, 30, truth.size))
    release = amounts(counts, np.repeat([0, 1], [30, 210]), scale=30.0)
    segments = NoisyTails(
        descriptor={"column": "amount", "cuts": (40, 90, 140, 240)},
        values=np.array([260, 240, 10]),
        scale=20.0,
        d_in=1,
        rho=0.1,
        draw=2,
    )
    known = replace(release, answers=(*release.answers, segments))
    assert segments_of(release, "amount") is None
    assert segments_of(known, "amount") is segments
    masses = np.array([15_000.0, 5_500.0])
    rows = 5_500 * shares_of(known, "amount", masses=masses)
    assert rows[40:140].sum() == pytest.approx(500, rel=0.2)
    assert rows[140:].sum() < 60
    before = 5_500 * shares_of(release, "amount", masses=masses)
    assert abs(before[40:140].sum() - 500) > abs(rows[40:140].sum() - 500)


def test_a_group_whose_rows_only_segments_show_keeps_them() -> None:
    truth = np.concatenate([np.full(40, 500.0), np.full(100, 5.0)])
    counts = np.rint(truth + np.random.default_rng(2).normal(0, 30, truth.size))
    release = amounts(counts, np.repeat([0, 1, 2], [40, 50, 50]), scale=30.0)
    descriptor = {"column": "amount", "cuts": (40, 56, 88, 140)}
    full, empty = (
        NoisyTails(descriptor=descriptor, values=np.array(rows), scale=20.0, d_in=1, rho=0.1, draw=2)
        for rows in ([80, 160, 260], [0, 0, 0])
    )
    masses = np.array([20_000.0, 250.0, 250.0])
    kept, moved = (
        {
            group: share
            for group, _, share in end_moves(
                replace(release, answers=(*release.answers, answer)), "amount", masses=masses
            )
        }
        for answer in (full, empty)
    )
    assert kept.get(2, 0.0) < 0.2
    assert moved[2] > 0.8


def test_a_group_with_too_many_rows_keeps_its_measured_tail_in_proportion() -> None:
    truth = np.concatenate([np.full(40, 500.0), np.full(100, 5.0)])
    counts = np.rint(truth + np.random.default_rng(2).normal(0, 30, truth.size))
    release = amounts(counts, np.zeros(140, int), scale=30.0)
    segments = NoisyTails(
        descriptor={"column": "amount", "cuts": (40, 90, 140)},
        values=np.array([250, 250]),
        scale=5.0,
        d_in=1,
        rho=0.1,
        draw=2,
    )
    known = replace(release, answers=(*release.answers, segments))
    rows = 10_250 * shares_of(known, "amount", masses=np.array([10_250.0]))
    assert rows[40:].sum() == pytest.approx(250, rel=0.1)
    assert rows[40:].min() > 0
