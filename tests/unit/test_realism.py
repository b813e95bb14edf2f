"""The scores of ``benchmarks/realism.py`` see what they are for, and see nothing where nothing is."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.likeness.classifier import c2st, combination_areas
from benchmarks.likeness.figures import MEANINGS, likeness
from benchmarks.likeness.relations import conditional_means, few_valued, new_combinations, orders
from benchmarks.likeness.resolution import through_groups
from benchmarks.likeness.values import digits, heaping, point_masses, tails

_ROOT = Path(__file__).parents[2]
_FIVE_DEVIATIONS = 0.08
"""Of an area under the curve of 1,000 rows of each kind that are alike (one deviation is about .013), and some more."""


def _table(rows: int = 2000, *, seed: int = 0) -> pd.DataFrame:
    """Return amounts with zeros, twice nearly the same one, and a group that decides their size."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 3, rows)
    amount = np.where(random.random(rows) < 0.4, 0, np.round(np.exp(random.normal(5 + group, 1)), -1))
    paid = np.minimum(np.round(amount * random.random(rows)), amount)
    return pd.DataFrame({"group": group, "amount": amount, "paid": paid}).astype(float)


def _shuffled(table: pd.DataFrame) -> pd.DataFrame:
    random = np.random.default_rng(1)
    return table.apply(lambda column: random.permutation(column.to_numpy()))


def test_two_halves_of_a_table_cannot_be_told_apart() -> None:
    table = _table()
    assert abs(c2st(table[:1000], table[1000:]) - 0.5) < _FIVE_DEVIATIONS


def test_rows_made_from_real_ones_are_compared_with_other_rows() -> None:
    table = _table()
    assert c2st(table, table) < 0.45  # the classifier learnt each row with the other label
    assert abs(c2st(table, table, twins=True) - 0.5) < _FIVE_DEVIATIONS


def test_shuffled_columns_are_told_apart() -> None:
    copied = _table()[["amount"]].assign(copy=lambda table: table["amount"])
    assert c2st(copied, _shuffled(copied)) > 0.8
    assert c2st(_table(), _shuffled(_table())) > 0.75


def test_a_missing_value_is_a_value_of_its_own_to_the_classifier() -> None:
    table = pd.DataFrame({"x": np.random.default_rng(0).integers(0, 2, 1000).astype(float)})
    halved = table.where(np.arange(1000)[:, None] % 2 == 0)
    assert c2st(table, halved) == pytest.approx(0.75, abs=0.05)  # half of the synthetic rows are recognised


def test_a_classifier_sees_at_most_the_rows_that_it_is_given_and_columns_by_name() -> None:
    table = _table(400)
    assert c2st(table, table[["paid", "group", "amount"]], most_rows=300) == c2st(table, table, most_rows=300)


def test_what_only_two_or_three_columns_tell_together_is_their_gain() -> None:
    random = np.random.default_rng(0)
    codes = pd.DataFrame(random.integers(0, 2, (4000, 4)), columns=list("abcd"))
    pairs = combination_areas(codes.assign(b=codes["a"]), codes, size=2)
    assert pairs.loc[0, "columns"] == "a x b"
    assert pairs.loc[0, "auc"] == pytest.approx(0.75, abs=0.03)  # half of the synthetic rows are impossible
    assert pairs.loc[0, "gain"] > 0.2
    triples = combination_areas(codes.assign(c=codes["a"] ^ codes["b"]), codes, size=3)
    assert triples.loc[0, "columns"] == "a x b x c"
    assert triples.loc[0, "gain"] > 0.2
    assert triples.loc[1:, "auc"].max() < 0.55


def test_a_point_mass_that_became_a_range_is_lost() -> None:
    real = pd.DataFrame({"x": [0.0] * 50 + [np.nan] * 10 + list(range(1, 41))})
    synthetic = pd.DataFrame({"x": [1e-7] * 50 + [np.nan] * 20 + list(range(1, 31))})
    masses = point_masses(real, synthetic, numbers=["x"])
    assert masses[["real", "synthetic"]].to_numpy().tolist() == [[0.5, 0.0], [0.1, 0.2]]
    assert masses["value"].isna().tolist() == [False, True]


def test_tails_are_ratios_and_rows_beyond_the_largest_real_value() -> None:
    real = pd.DataFrame({"x": np.arange(1.0, 1001), "few": np.arange(1000) % 3})
    far = tails(real, real * 2, numbers=["x", "few"])
    assert far["column"].tolist() == ["x"]
    assert far.loc[0, ["p99", "p999"]].tolist() == [2.0, 2.0]
    assert far.loc[0, ["beyond", "far_beyond"]].tolist() == [0.5, 0.25]


def test_round_numbers_are_counted_without_zero() -> None:
    real = pd.DataFrame({"x": [0.0] * 100 + [1000.0 * k for k in range(1, 51)] + [10.0 * k + 3 for k in range(50)]})
    heaps = heaping(real, real + 1, numbers=["x"]).set_index("step")
    assert heaps["real"].to_dict() == dict.fromkeys((1000, 500, 100, 50, 10), 0.5)
    assert heaps["synthetic"].max() == 0.0


def test_digits_behind_the_point_and_last_digits_are_compared() -> None:
    random = np.random.default_rng(0)
    real = pd.DataFrame({"rate": random.random(3000).round(2), "whole": 5.0 * random.integers(10, 500, 3000)})
    synthetic = pd.DataFrame({"rate": random.random(3000), "whole": random.integers(50, 2500, 3000).astype(float)})
    written = digits(real, synthetic, numbers=["rate", "whole"]).set_index("column")
    assert written["real_decimals"].tolist() == [2, 0]
    assert written.loc["rate", "synthetic_decimals"] > 10
    assert written.loc["rate", "real_fractions"] <= 101
    assert written.loc["rate", "last_digit"] < 0.1
    assert written.loc["whole", "last_digit"] == pytest.approx(0.8, abs=0.05)
    assert digits(real, real, numbers=["rate", "whole"])["last_digit"].tolist() == [0, 0]


def test_order_equality_and_zeros_are_compared_between_columns_of_a_common_range() -> None:
    real = pd.DataFrame({"a": [0.0, 1, 2, 3] * 25, "b": [0.0, 2, 2, 5] * 25, "far": np.arange(1e6, 1e6 + 100)})
    synthetic = real.assign(a=[1.0, 1, 2, 9] * 25)
    relations = orders(real, synthetic, numbers=list(real))
    assert set(relations["a"]) | set(relations["b"]) == {"a", "b"}
    shares = relations.set_index(["a", "b", "relation"])[["real", "synthetic"]]
    assert shares.loc[("a", "b", "<=")].tolist() == [1.0, 0.5]
    assert shares.loc[("a", "b", "=")].tolist() == [0.5, 0.25]
    assert shares.loc[("a", "b", "a = 0 | b = 0")].tolist() == [1.0, 0.0]
    assert shares.loc[("b", "a", "a = 0 | b = 0")].tolist() == [1.0, 0.0]  # no zero is left


def test_means_inside_groups_are_off_by_deviations_of_the_number() -> None:
    real = pd.DataFrame({"g": [0.0] * 75 + [1.0] * 25, "x": [-1.0, 1.0] * 50})
    spread = real["x"].std()
    shifted = real.assign(x=real["x"] + spread * (real["g"] == 1))
    means = conditional_means(real, shifted, groups=["g"], numbers=["x"])
    assert means.loc[0, "largest"] == pytest.approx(1.0)
    assert means.loc[0, "mean"] == pytest.approx(0.25)
    lost = conditional_means(real, shifted[shifted["g"] == 1], groups=["g"], numbers=["x"])
    assert lost.loc[0, "largest"] > 0.9


def test_combinations_that_never_occur_are_counted_once_per_row() -> None:
    real = pd.DataFrame({"a": [0.0, 1] * 10, "b": [0.0, 1] * 10, "c": [np.nan, 1] * 10, "d": np.arange(20.0) // 5})
    synthetic = real.copy()
    synthetic.loc[:3, "a"] = [1, 1, 1, 7]
    share, triples = new_combinations(real, synthetic, groups=few_valued(real))
    assert share == pytest.approx(3 / 20)
    assert triples.set_index("columns").loc["a x b x c", "share"] == pytest.approx(3 / 20)
    assert new_combinations(real, real, groups=few_valued(real))[0] == 0


def test_rows_through_groups_keep_each_column_and_each_group_but_not_what_is_inside() -> None:
    random = np.random.default_rng(0)
    codes = pd.DataFrame({"a": random.integers(0, 10, 500)}).assign(b=lambda table: table["a"])
    grid = np.arange(10) // 5
    coarse = through_groups(codes, {"a": grid, "b": grid}, seed=0)
    assert (np.bincount(coarse["a"]) == np.bincount(codes["a"])).all()
    assert (grid[coarse["a"]] == grid[codes["a"]]).all()
    assert (coarse["a"] == coarse["b"]).mean() < 0.3  # a fifth by chance


def test_a_table_like_itself_has_no_error_in_any_figure_and_a_shuffled_one_has() -> None:
    table = _table()
    figures = likeness(table, table, numbers=["amount", "paid"])
    assert set(figures) - {"worst"} <= set(MEANINGS)
    assert {name: figure for name, figure in figures.items() if name != "worst" and figure} == {}
    shuffled = likeness(table, _shuffled(table), numbers=["amount", "paid"])
    assert shuffled["order"] > 5
    assert shuffled["zero"] > 30
    assert shuffled["group_means"] > 0.1


@pytest.mark.slow
def test_the_benchmark_runs_without_any_data(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/realism.py", "--cases", "made_up:1", "--without-ours", "--rows", "200"]
    written = tmp_path / "realism.json"
    done = subprocess.run([*command, "--json", str(written)], capture_output=True, text=True, check=False, cwd=_ROOT)
    assert done.returncode == 0, done.stderr
    results = {row["who"]: row["runs"][0] for row in json.loads(written.read_text())["results"]}
    assert abs(results["half of the real rows"]["c2st_raw"] - 0.5) < 0.15
    assert results["independent columns"]["c2st_raw"] > 0.9
    assert results["real rows, through the domain"]["heaping"] > 50  # what bins alone lose
    assert "AUC of telling rows apart, raw values" in done.stdout


def test_a_peer_that_no_index_has_says_so_beside_our_kinds(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/kinds.py", "--cases", "curves:1", "--kinds", "--peers", "gem:pairs"]
    written = tmp_path / "kinds.json"
    done = subprocess.run([*command, "--json", str(written)], capture_output=True, text=True, check=False, cwd=_ROOT)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(written.read_text())["results"]
    assert (row["kind"], row["failure"].partition(":")[0]) == ("gem pairs", "on no package index")


@pytest.mark.slow
def test_the_made_up_curves_are_found_in_their_own_rows_and_missed_in_independent_columns() -> None:
    code = (
        "import sys; sys.path[:0] = ['benchmarks']; from made_up_curves import *; from cases import text_rows;"
        "import numpy as np; case = curves(); random = np.random.default_rng(0);"
        "shuffled = case.real.apply(lambda column: random.permutation(column.to_numpy()));"
        "print(*(case.score(text_rows(rows))['c2st'] for rows in (make_points(seed=1), shuffled)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=_ROOT)
    assert done.returncode == 0, done.stderr
    same, other = map(float, done.stdout.split())
    assert abs(same - 0.5) < 0.02
    assert other > 0.9
