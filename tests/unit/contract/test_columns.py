"""What a contract says of a column becomes its layout; what contradicts itself is refused."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from synth_assets.contract.columns import LARGEST_DOMAIN, CategoricalColumn, ColumnSpec
from synth_assets.domain import FINEST
from synth_assets.domain.round_edges import MOST_BINS, grid_edges, round_edges

_ADAPTER: TypeAdapter[Any] = TypeAdapter(ColumnSpec)


def spec(**parts: Any) -> Any:
    return _ADAPTER.validate_python({"domain_source": "definition", **parts})


def refusal(**parts: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        spec(**parts)
    return str(caught.value)


def test_every_type_becomes_a_layout_of_its_kind() -> None:
    specs = {
        "integer": spec(type="integer", min=0, max=9),
        "float": spec(type="float", min=0, max=1.5),
        "date": spec(type="date", min="2020-01-01", max="2020-01-10"),
        "datetime": spec(type="datetime", min="2020-01-01T00:00", max="2020-01-01T00:10", resolution="minute"),
        "categorical": spec(type="categorical", categories=["a", "b"], other="b"),
        "boolean": spec(type="boolean", nullable=True),
    }
    assert {kind: column_spec.column("c").kind for kind, column_spec in specs.items()} == {kind: kind for kind in specs}
    assert [column_spec.column("c").size for column_spec in specs.values()] == [10, 238, 10, 11, 2, 3]


def test_layouts_carry_everything_that_was_declared() -> None:
    column = spec(type="integer", min=0, max=99, edges=[10, 20], special_values=[999], null_tokens=["NA"]).column("c")
    assert (column.edges, column.specials, column.null_tokens, column.regular) == ((10, 20), (999,), ("NA",), 3)
    assert spec(type="integer", values=[3, 5]).column("c").values == (3, 5)
    assert spec(type="float", min=0, max=1, bins=7).column("c").regular == 7


def test_the_leaves_of_a_hierarchy_are_the_domain_where_none_is_listed() -> None:
    tree = {"Land": ["b", "a"], "Services": {"Health": ["c"], "School": ["d"]}}
    column = spec(type="categorical", hierarchy=tree).column("c")
    assert (column.categories, column.parents) == (("b", "a", "c", "d"), (4, 4, 5, 6, 8, 7, 7, 8))
    listed = spec(type="categorical", hierarchy=tree, categories=["a", "b", "c", "d"], other="d").column("c")
    assert (listed.categories, listed.parents) == (("a", "b", "c", "d"), (4, 4, 5, 6, 8, 7, 7, 8))
    numbers = spec(type="integer", hierarchy={"x": [9, 1], "y": [5]}).column("c")
    assert (numbers.values, numbers.minimum, numbers.maximum, numbers.parents) == ((1, 5, 9), 1, 9, (3, 4, 3, 5, 5))
    assert spec(type="categorical", categories=["a", "b"]).column("c").parents == ()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"type": "integer"}, "needs min and max, or values"),
        ({"type": "integer", "min": 0}, "needs min and max, or values"),
        ({"type": "integer", "min": 3, "max": 1}, "min=3 must not be above max=1"),
        ({"type": "integer", "min": 0, "max": 2**60}, "declare a narrower domain"),
        ({"type": "integer", "values": [2**60]}, "declare a narrower domain"),
        ({"type": "integer", "values": [2, 1]}, "values must ascend"),
        ({"type": "integer", "values": [1, 1]}, "values must ascend"),
        ({"type": "integer", "values": [1], "min": 0}, "values stand alone"),
        ({"type": "integer", "values": list(range(LARGEST_DOMAIN + 1))}, f"at most {LARGEST_DOMAIN}"),
        ({"type": "integer", "min": 0, "max": 9, "edges": [5, 5]}, "edges must ascend"),
        ({"type": "integer", "min": 0, "max": 9, "edges": [0]}, "lie between min and max"),
        ({"type": "integer", "min": 0, "max": 9, "edges": [5], "bins": 2}, "keep one"),
        ({"type": "integer", "min": 0, "max": 9999, "edges": list(range(1, 5000))}, "are too many to measure"),
        ({"type": "integer", "min": 0, "max": 9, "special_values": [99, 99]}, "once each"),
        ({"type": "integer", "min": 0, "max": 9, "special_values": list(range(100, 200))}, "at most 64"),
        ({"type": "integer", "values": [1, 2], "special_values": [2]}, "cannot be one of values too"),
        ({"type": "integer", "min": 0, "max": 9, "special_values": [2**60]}, "within"),
        ({"type": "integer", "min": 0, "max": 9, "bins": FINEST + 1}, f"less than or equal to {FINEST}"),
        ({"type": "integer", "min": 0.5, "max": 9}, "valid integer"),
        ({"type": "integer", "min": True, "max": 9}, "valid integer"),
        ({"type": "float", "min": 1.0, "max": 1.0}, "far enough below"),
        ({"type": "float", "min": 1.0, "max": 1.0000000000000002}, "far enough below"),
        ({"type": "float", "min": float("nan"), "max": 1.0}, "finite number"),
        ({"type": "float", "min": 0.0, "max": float("inf")}, "finite number"),
        ({"type": "float", "min": -1e308, "max": 1e308}, "declare a narrower domain"),
        ({"type": "float", "min": 0, "max": 1, "edges": [float("nan")]}, "finite number"),
        ({"type": "categorical", "categories": []}, "at least 1 item"),
        ({"type": "categorical", "categories": ["a", "a"]}, "'a' is listed twice"),
        ({"type": "categorical", "categories": ["a", " "]}, "blank category"),
        ({"type": "categorical", "categories": ["a"], "other": "b"}, "other='b' must be one of the categories"),
        ({"type": "categorical", "categories": ["a"], "null_tokens": ["a"]}, "cannot be a category too"),
        ({"type": "categorical", "categories": [True, False]}, 'quote it, as in ["yes", "no"]'),
        ({"type": "categorical", "categories": ["a", 1]}, 'quote it, as in "1"'),
        ({"type": "categorical", "categories": [str(n) for n in range(LARGEST_DOMAIN + 1)]}, "at most 4096 items"),
        ({"type": "categorical", "categories": ["a"], "hierarchy": {"A": ["a", "b"]}}, "'b', which is not declared"),
        ({"type": "categorical", "categories": ["a", "b"], "hierarchy": {"A": ["a"]}}, "hierarchy has no 'b'"),
        ({"type": "categorical", "hierarchy": {"A": ["a"], "B": {"C": ["a"]}}}, "hierarchy has 'a' in A and B/C"),
        ({"type": "categorical", "hierarchy": {"A": ["a"], "B": []}}, "at least 1 item"),
        ({"type": "categorical", "hierarchy": {"A": ["a"], "B": 5}}, "valid list"),
        ({"type": "categorical", "hierarchy": {"A": ["a", 5]}}, "valid string"),
        ({"type": "categorical", "hierarchy": {}}, "Field required"),
        ({"type": "categorical", "hierarchy": {"A": [str(n) for n in range(LARGEST_DOMAIN + 1)]}}, "at most 4096"),
        ({"type": "integer", "hierarchy": {"A": [1, 2]}, "values": [1]}, "has 2, which is not declared"),
        ({"type": "integer", "hierarchy": {"A": [1, True]}}, "valid integer"),
        ({"type": "integer", "hierarchy": {"A": [1]}, "min": 0}, "values stand alone"),
        ({"type": "integer", "hierarchy": {"A": [1]}, "min": 0, "max": 5, "values": []}, "hierarchy has 1, which"),
        ({"type": "integer", "hierarchy": {"A": list(range(LARGEST_DOMAIN + 1))}}, f"at most {LARGEST_DOMAIN}"),
        ({"type": "float", "hierarchy": {"A": [1.0]}, "min": 0.0, "max": 1.0}, "Extra inputs"),
        ({"type": "boolean", "min": 0}, "Extra inputs"),
        ({"type": "text"}, "union_tag_invalid"),
    ],
    ids=str,
)
def test_a_column_that_contradicts_itself_is_refused(parts: dict[str, Any], message: str) -> None:
    assert message in refusal(**parts)


def test_a_domain_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="domain_source"):
        _ADAPTER.validate_python({"type": "boolean"})
    assert "at least 1 character" in refusal(type="boolean", domain_source="")


def test_no_column_has_more_codes_than_can_be_measured() -> None:
    most = spec(type="integer", min=0, max=9, edges=list(range(1, 9)), special_values=[99], nullable=True).column("c")
    assert most.size == 11
    assert spec(type="integer", min=0, max=FINEST - 1, nullable=True).column("c").size == FINEST + 1
    assert spec(type="integer", min=-(2**53) + 1, max=2**53 - 1).column("c").size <= MOST_BINS


def test_every_whole_number_up_to_the_largest_has_a_bin_of_its_own() -> None:
    last = spec(type="integer", min=2**53 - 1024, max=2**53 - 1).column("c")
    assert (np.diff(last.bounds()) == 1).all()
    assert "9.0072e+15" in refusal(type="integer", min=2**53 - 1024, max=2**53)


def test_bounds_alone_give_one_code_per_value_where_that_fits_and_round_edges_otherwise() -> None:
    assert spec(type="integer", min=1, max=FINEST).column("c").edges == ()
    assert spec(type="integer", min=0, max=FINEST).column("c").edges == round_edges(0, FINEST)
    assert spec(type="float", min=0, max=9).column("c").edges == round_edges(0.0, 9.0, whole=False)


def test_declared_bins_are_of_equal_width() -> None:
    assert spec(type="integer", min=0, max=9999, bins=4).column("c").bounds().tolist() == [0, 2500, 5000, 7500, 10000]
    assert spec(type="float", min=0, max=1, bins=2).column("c").bounds().tolist() == [0, 0.5, 1]
    assert spec(type="float", min=0, max=1, edges=[0.1]).column("c").edges == (0.1,)


@pytest.mark.parametrize("listed", [{}, {"categories": ["a"]}])
def test_a_hierarchy_of_aliases_is_refused_in_python_too(listed: dict[str, Any]) -> None:
    """Dagster reads the file itself and gives us what its aliases stand for."""
    tree: Any = ["a"]
    for _ in range(30):
        tree = {"x": tree, "y": tree}
    with pytest.raises(ValidationError) as refused:
        CategoricalColumn.model_validate({"type": "categorical", "domain_source": "x", "hierarchy": tree, **listed})
    assert "more than 16,384" in str(refused.value)  # and what was given is not written out


def test_digits_become_a_step_and_bins_that_begin_at_multiples() -> None:
    rate = spec(type="float", min=0, max=1, decimals=4).column("c")
    assert (rate.step, rate.edges) == (0.0001, grid_edges(0, 1, step=0.0001))
    assert spec(type="float", min=0, max=9, decimals=0).column("c").step == 1
    assert spec(type="float", min=0, max=9, step=0.05).column("c").step == 0.05
    assert spec(type="float", min=0, max=1, decimals=2).column("c").exact
    loan = spec(type="integer", min=0, max=2_000_000, step=1000).column("c")
    assert (loan.step, loan.edges[:3]) == (1000, (1000, 2000, 3000))
    assert all(type(edge) is int for edge in loan.edges)


def test_a_range_with_one_multiple_has_one_bin() -> None:
    assert spec(type="float", min=1, max=11, step=7).column("c").bounds().tolist() == [1, 11]
    only = spec(type="integer", min=3, max=6, step=5).column("c")
    assert (only.bounds().tolist(), only.exact) == ([3, 7], True)


def test_a_column_without_digits_is_written_as_before() -> None:
    for declared in ({"type": "float", "min": 0, "max": 1}, {"type": "integer", "min": 0, "max": 1}):
        column = spec(**declared)
        assert not {"decimals", "step"} & set(column.model_dump())
        assert "step" not in column.column("c").as_json()


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"type": "float", "max": 1, "decimals": 2, "step": 0.01}, "say the same thing twice"),
        ({"type": "float", "max": 1, "decimals": 2, "bins": 300}, "no multiple of 0.01 lies in the bin from 0.0033"),
        ({"type": "float", "max": 1, "step": 0.5, "edges": [0.1, 0.2]}, "lies in the bin from 0.1 to 0.2"),
        ({"type": "float", "max": 1e9, "decimals": 15}, "too fine for numbers from 0 to 1e"),
        ({"type": "float", "min": 0.2, "max": 0.3, "step": 1}, "no multiple of 1 lies between min=0.2 and max=0.3"),
        ({"type": "float", "max": 1, "decimals": 16}, "less than or equal to 15"),
        ({"type": "float", "max": 1, "step": 0}, "greater than or equal to"),
        ({"type": "integer", "max": 9, "step": 5, "edges": [1, 3]}, "no multiple of 5 lies in the bin from 1 to 3"),
        ({"type": "integer", "min": 6, "max": 9, "step": 5}, "no multiple of 5 lies between"),
        ({"type": "integer", "min": None, "max": None, "values": [5, 10], "step": 5}, "remove min, max, edges, bins"),
    ],
)
def test_digits_that_cannot_be_kept_are_refused(declared: dict[str, Any], message: str) -> None:
    assert message in refusal(**{"min": 0, **declared})
