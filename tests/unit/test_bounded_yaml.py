"""A text is refused for what it stands for, before anything is built from it."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synth_assets import bounded_yaml
from synth_assets.bounded_yaml import LONGEST_SCALAR, MOST_CHARACTERS, MOST_LEVELS, YamlTooLargeError, check_bounds

values = st.recursive(
    st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=20,
)


def size_of(value: Any) -> int:
    """Count what a value is made of, each part as often as it stands in it."""
    if isinstance(value, dict):
        return 1 + sum(1 + size_of(inner) for inner in value.values())
    return 1 + sum(map(size_of, value)) if isinstance(value, list) else 1


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def refused(text: str) -> str:
    with pytest.raises(YamlTooLargeError) as refusal:
        check_bounds(text)
    return str(refusal.value.problem)


def shared(value: Any) -> str:
    """Write a value twice, the second time by an alias; PyYAML anchors what is one object."""
    return yaml.safe_dump([value, value])


@given(value=values)
def test_aliases_count_for_what_they_stand_for(value: Any) -> None:
    text, expanded = shared(value), [value, value]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_yaml, "MOST_VALUES", size_of(expanded))
        patch.setattr(bounded_yaml, "MOST_LEVELS", depth_of(expanded))
        check_bounds(text)
        patch.setattr(bounded_yaml, "MOST_VALUES", size_of(expanded) - 1)
        assert "more than" in refused(text)
        patch.undo()
        patch.setattr(bounded_yaml, "MOST_LEVELS", depth_of(expanded) - 1)
        assert "nest deeper" in refused(text)


def test_a_text_or_a_value_that_is_too_long_is_refused() -> None:
    assert "characters" in refused("#" * (MOST_CHARACTERS + 1))
    check_bounds("x" * LONGEST_SCALAR)
    assert "one value" in refused("a: " + "x" * (LONGEST_SCALAR + 1))


def test_what_nests_too_deep_is_refused() -> None:
    check_bounds("[" * MOST_LEVELS + "]" * MOST_LEVELS)
    assert "nest deeper" in refused("[" * (MOST_LEVELS + 1) + "]" * (MOST_LEVELS + 1))
    assert "nest deeper" in refused("[" * 100_000)


def test_an_alias_that_holds_itself_is_left_to_the_reader() -> None:
    check_bounds("a: &a {b: *a, c: *a}")


@pytest.mark.parametrize("text", ["", "a: [", "*unknown", "a: b: c", "\x00", "- &a 1\n- *a"])
def test_what_is_not_yaml_is_left_to_the_reader(text: str) -> None:
    check_bounds(text)
