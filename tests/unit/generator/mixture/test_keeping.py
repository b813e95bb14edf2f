"""Swaps repair what a mixture cannot know, and columns keep their counts where these allow it."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.expressions import parse
from synth_assets.domain.possible import CellRule, cell_rules
from synth_assets.generator.mixture.keeping import Keeper
from synth_assets.generator.mixture.sampling import ColumnModel

SIZE, ROWS, COMPONENTS = 12, 6000, 6
DOMAIN = Domain(columns=tuple(Column(name=name, kind="integer", maximum=SIZE - 1) for name in ("a", "b", "c")))


def rules_of(**rules: str) -> tuple[CellRule, ...]:
    parsed = {name: parse(text, DOMAIN.arrow_schema()) for name, text in rules.items()}
    return cell_rules(parsed, domain=DOMAIN, derived={})


def made_up(seed: int = 0) -> tuple[dict[str, NDArray[np.uint16]], dict[str, ColumnModel], NDArray[np.int64]]:
    """Return rows of a mixture in which ``a <= b`` and ``a = 0`` exactly when ``b = 0``, before components forgot."""
    random = np.random.default_rng(seed)
    owners = np.sort(random.integers(0, COMPONENTS, ROWS))
    b = np.where(random.random(ROWS) < 0.3, 0, random.integers(1, SIZE, ROWS))
    b = np.minimum(b, 2 + 2 * owners)
    a = np.where(b == 0, 0, 1 + np.floor(random.random(ROWS) * b)).astype(int)
    codes = {"a": a, "b": b, "c": 5 * a % SIZE}
    models, shuffled = {}, {}
    for name, code in codes.items():
        table = np.zeros((COMPONENTS, SIZE))
        np.add.at(table, (owners, code), 1)
        models[name] = ColumnModel(
            coarse=table / table.sum(axis=1, keepdims=True),
            grid=np.arange(SIZE),
            inside=lambda _: np.ones((1, SIZE)),
        )
        mixed = [random.permutation(code[owners == owner]) for owner in range(COMPONENTS)]
        shuffled[name] = np.concatenate(mixed).astype(np.uint16)
    return shuffled, models, owners


def repaired(rules: tuple[CellRule, ...], *, seed: int = 0) -> tuple[Mapping[str, NDArray[np.uint16]], Keeper]:
    codes, models, owners = made_up()
    weights = np.bincount(owners) / owners.size
    keeper = Keeper(list(codes.values()), models, rules=rules, owners=owners, weights=weights)
    keeper.repair(np.random.default_rng(seed))
    return codes, keeper


def test_rules_hold_in_every_row_and_columns_keep_their_counts() -> None:
    before, _, _ = made_up()
    after, _ = repaired(rules_of(order="a <= b", zero="(a = 0) = (b = 0)"))
    assert (before["a"] > before["b"]).mean() > 0.1
    assert (after["a"] <= after["b"]).all()
    assert ((after["a"] == 0) == (after["b"] == 0)).all()
    for name in ("a", "b", "c"):
        moved = np.abs(np.bincount(after[name], minlength=SIZE) - np.bincount(before[name], minlength=SIZE)).sum()
        assert moved <= 0.01 * ROWS
    assert (after["c"] == before["c"]).all()


def test_a_column_that_is_a_function_of_another_is_one_again() -> None:
    before, _, _ = made_up()
    after, _ = repaired(rules_of(function="c = (5 * a) % 12", order="a <= b"))
    assert (before["c"] == 5 * before["a"] % SIZE).mean() < 0.5
    assert (after["c"] == 5 * after["a"] % SIZE).all()
    assert (after["a"] <= after["b"]).all()
    for name in ("a", "b", "c"):
        moved = np.abs(np.bincount(after[name], minlength=SIZE) - np.bincount(before[name], minlength=SIZE)).sum()
        assert moved <= 0.03 * ROWS


def test_counts_that_contradict_a_rule_are_changed_no_more_than_they_have_to() -> None:
    before, _, _ = made_up()
    after, _ = repaired(rules_of(never="a <> 3"))
    assert not (after["a"] == 3).any()
    others = np.delete(np.arange(SIZE), 3)
    more = np.bincount(after["a"], minlength=SIZE)[others] - np.bincount(before["a"], minlength=SIZE)[others]
    assert (more.min() >= 0, more.sum()) == (True, (before["a"] == 3).sum())


def test_a_rule_that_nothing_keeps_changes_nothing() -> None:
    before, _, _ = made_up()
    after, _ = repaired(rules_of(never="a > 50 AND b > 50"))
    assert all((after[name] == before[name]).all() for name in before)


def test_a_rule_that_hardly_any_row_keeps_changes_nothing_and_one_that_a_third_breaks_does() -> None:
    before, _, _ = made_up()
    for text, least, most in (("b >= 10", 0.9, 1.0), ("b <= 4", 0.2, 0.9)):
        (rule,) = rules = rules_of(rule=text)
        assert least < (~rule.possible(dict(before))).mean() < most
        after, _ = repaired(rules)
        assert all(np.array_equal(after[name], before[name]) for name in before) == (least == 0.9)


def test_the_same_stream_gives_the_same_rows() -> None:
    rules = rules_of(order="a <= b", other="b <> 4 OR c > 6")
    one, two, other = (repaired(rules, seed=seed)[0] for seed in (1, 1, 2))
    assert all((one[name] == two[name]).all() for name in one)
    assert any((one[name] != other[name]).any() for name in one)


@pytest.mark.parametrize(("column", "wanted"), [(0, [False, True]), (2, [True, True])])
def test_later_swaps_may_not_break_what_was_repaired(column: int, wanted: list[bool]) -> None:
    codes, keeper = repaired(rules_of(order="a <= b"))
    low, high = int(np.argmin(codes["b"])), int(np.argmax(codes["a"]))
    same = np.flatnonzero((codes["a"] == codes["a"][high]) & (np.arange(ROWS) != high))[0]
    first, second = np.array([low, high]), np.array([high, same])
    assert keeper.allows(column, first, second).tolist() == wanted
