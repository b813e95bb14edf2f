"""A reading is told in words, and an entry that says it otherwise is refused."""

from typing import Any

import pytest

from synth_assets.ledger.readings import READING, check_reading, described

GATES: dict[str, Any] = {**dict.fromkeys(READING, "x"), "part": None, "tool": None, "rows": None}
TOOL = {**GATES, "part": "held_out", "tool": "hybrid@0123456789ab", "rows": 2000}


def test_the_facts_of_both_kinds_of_readings_are_taken() -> None:
    check_reading(GATES)
    check_reading(TOOL)


@pytest.mark.parametrize(
    "facts",
    [
        {**GATES, "more": 1},
        {word: GATES[word] for word in READING if word != "tool"},
        {**GATES, "rows": 5},
        {**TOOL, "rows": None},
        {**TOOL, "rows": 0},
        {**TOOL, "rows": True},
        {**TOOL, "tool": 7},
        {**GATES, "candidate": None},
        {**GATES, "part": 3},
    ],
)
def test_facts_that_the_ledger_never_writes_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        check_reading(facts)


def test_words_say_what_was_read_and_by_which_tool() -> None:
    assert described({**GATES, "candidate": "d" * 64}) == "exact figures of candidate dddddddddddd"
    assert described(TOOL) == "figures by hybrid@0123456789ab of 2,000 rows and candidate x"
