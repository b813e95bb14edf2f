"""Texts of a codebook stay on one line, and say what cannot be seen."""

import pytest

from synth_assets.drafting.codebooks.codebook import codebook_error, plain, text_of


def test_words_are_one_line_without_characters_that_cannot_be_seen() -> None:
    assert plain("Age\n  in\tyears\u202e") == "Age in years\\u202e"
    assert len(plain("a" * 10_000)) == 600
    assert plain("abcdef", most=5) == "ab..."


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (1, "1"), (0.5, "0.5"), (True, "true"), (None, ""), ([1], "")])
def test_plain_values_become_the_texts_that_a_person_writes(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_refusal_names_the_file_and_what_to_do() -> None:
    assert str(codebook_error("a\nb.csv", "is odd", hint="mend it")) == "codebook a b.csv is odd\n  hint: mend it"
