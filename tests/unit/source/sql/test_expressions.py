"""Short words for expressions give trees that do not share parts."""

import pytest
from sqlglot import exp

from synth_assets.source.sql.expressions import (
    all_of,
    any_of,
    between,
    call,
    case,
    column,
    equal,
    joined,
    number,
    parameter,
    text,
)

PLACE = column('od"d')


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (
            case([(equal(PLACE, text("x'")), number(1))], default=number(0)),
            "CASE WHEN \"od\"\"d\" = 'x''' THEN 1 ELSE 0 END",
        ),
        (between(PLACE, number(1), number(2)), '"od""d" BETWEEN 1 AND 2'),
        (call("ABS", PLACE), 'ABS("od""d")'),
        (joined(text("a"), PLACE), '\'a\' || "od""d"'),
        (joined(*map(number, range(5))), "0 || 1 || 2 || (3 || 4)"),
        (column("a", of="b"), '"b"."a"'),
        (all_of(PLACE, any_of(PLACE, PLACE)), '"od""d" AND ("od""d" OR "od""d")'),
    ],
)
def test_expressions_are_written_for_postgres(tree: exp.Expression, expected: str) -> None:
    assert tree.sql("postgres") == expected


def test_a_parameter_is_a_text_and_not_a_literal() -> None:
    assert parameter("key").sql("sqlite") == "CAST(:key AS TEXT)"


def test_no_part_has_two_parents() -> None:
    shared = equal(PLACE, number(1))
    tree = case([(shared, PLACE), (shared, PLACE)])
    assert len({id(node) for node in tree.walk()}) == len(list(tree.walk()))
