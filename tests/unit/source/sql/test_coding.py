"""Steps are where the encoder's codes change, and what is written finds them."""

from math import inf

import numpy as np
from sqlglot import exp

from synth_assets.domain import Column
from synth_assets.source.sql.coding import BLANKS, Step, regrouped, search, steps_of, stepwise, text_of
from synth_assets.source.sql.expressions import column, number
from synth_assets.source.sql.flavours import flavour_of


def test_a_number_with_a_code_of_its_own_is_a_step_that_is_closed_on_both_sides() -> None:
    steps = steps_of([5.0, 7.0], lambda numbers: np.where(numbers == 5, 1, 0))
    assert steps == [Step(-inf, True, 0), Step(5.0, True, 1), Step(5.0, False, 0)]


def test_the_search_among_steps_is_as_deep_as_a_balanced_tree() -> None:
    steps = [Step(float(code), True, code) for code in range(1024)]
    tree = search(steps, lambda step: exp.GTE(this=column("x"), expression=number(int(step.start))))
    assert max(node.depth for node in tree.find_all(exp.Case)) < 30


def test_groups_of_codes_are_steps_where_the_group_changes() -> None:
    groups = np.array([0, 0, 1, 1, 0])
    expected = 'CASE WHEN "x" >= 2 THEN CASE WHEN "x" >= 4 THEN 0 ELSE 1 END ELSE 0 END'
    assert regrouped(column("x"), groups).sql("postgres") == expected


def test_what_is_not_finite_has_the_default() -> None:
    aged = Column(name="age", kind="integer", minimum=0, maximum=1)
    tree = stepwise(aged, "double", flavour_of("sqlite"), of=lambda numbers: (numbers > 0).astype(int), default=9)
    assert tree.sql("sqlite").endswith("ELSE 9 END")


def test_truth_values_are_the_words_that_the_kernel_makes_of_them() -> None:
    assert text_of("b", "bool").sql("duckdb") == "CASE WHEN \"b\" THEN 'true' WHEN NOT \"b\" THEN 'false' END"


def test_blanks_are_what_python_strips() -> None:
    assert not BLANKS.strip()
    assert all(not chr(code).isspace() or chr(code) in BLANKS for code in range(0x11_0000))
