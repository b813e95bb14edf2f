"""No random stream is shared, and codes become values of their column."""

import numpy as np
from kit.incomes import DOMAIN

from synth_assets.generator.rows import column_values, make_rng, numbers_of, values_of


def test_shards_and_attempts_have_streams_of_their_own() -> None:
    keys = [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0)]
    assert len({make_rng(seed, shard=shard, attempt=attempt).random() for seed, shard, attempt in keys}) == len(keys)
    same = np.random.default_rng(np.random.SeedSequence(entropy=7, spawn_key=(3,)))
    assert make_rng(7, shard=3, attempt=0).random() == same.random()


def test_codes_become_values_of_the_declared_type_and_lie_evenly_in_bins() -> None:
    rng = make_rng(0, shard=0, attempt=0)
    regions = column_values(DOMAIN["region"], np.array([2, 0], np.uint16), rng=rng)
    assert regions.to_pylist() == ["west", "north"]
    incomes = column_values(DOMAIN["income"], np.full(4000, 3, np.uint16), rng=rng).to_numpy()
    assert (incomes.min() >= 30, incomes.max() < 40) == (True, True)
    assert abs(incomes.mean() - 35) < 5 * 10 / np.sqrt(12 * 4000)


def test_values_become_numbers_and_come_back() -> None:
    rng = make_rng(0, shard=0, attempt=0)
    for name, code in (("age", 60), ("joined", 7)):
        codes = np.array([code, 3, 0], np.uint16)
        values = column_values(DOMAIN[name], codes, rng=rng)
        numbers = numbers_of(DOMAIN[name], values)
        assert values_of(DOMAIN[name], numbers, codes).equals(values)
        assert np.isnan(numbers[0]) == (name == "age")
