"""A long list is cut, and says by how much."""

import pytest

from synth_assets.listing import some_of


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (1, "0"), (3, "0, 1, 2"), (4, "0, 1, 2 and 1 more"), (2003, "0, 1, 2 and 2,000 more")],
)
def test_of_many_texts_the_first_are_listed_and_the_others_counted(count: int, text: str) -> None:
    assert some_of([str(number) for number in range(count)], most=3) == text


def test_whole_sentences_are_parted_by_another_sign() -> None:
    assert some_of(["one thing", "another", "a third"], most=2, separator="; ") == "one thing; another and 1 more"
