"""A line of a bundle is read with the types that it must have, or not at all."""

from typing import Any

import pytest

from synth_assets.ledger.lines import entry_from_json, sealed_from_json

LINK: dict[str, Any] = {"seq": 1, "body_digest": "b", "previous": "p", "hash": "h", "key_id": None, "signature": None}
FACTS: dict[str, Any] = {"time": "t", "kind": "k", "account": "a", "reservation_id": None, "by": "b", "login": "l"}
FIRST = {**LINK, **FACTS, "payload": {}}
SECOND = {**FIRST, "format": 2, "part": None, "salt": "s", "tag": "t"}


def test_lines_of_both_formats_are_read() -> None:
    assert (entry_from_json(FIRST).format, entry_from_json(FIRST).tag) == (1, None)
    assert (entry_from_json(SECOND).format, entry_from_json(SECOND).tag) == (2, "t")
    assert sealed_from_json({**LINK, "sealed": True}).tag is None
    assert sealed_from_json({**LINK, "sealed": True, "format": 2, "tag": "t"}).tag == "t"


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "1"},
        {"seq": True},
        {"seq": 0},
        {"seq": 2**60},
        {"seq": 1.0},
        {"time": 5},
        {"payload": []},
        {"account": ["a"]},
        {"format": 3},
        {"format": 2.0},
        {"tag": None},
        {"salt": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_another_type_or_field_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        entry_from_json({**SECOND, **change})


def test_a_missing_field_is_refused() -> None:
    for field in SECOND:
        if field != "format":
            with pytest.raises(TypeError):
                entry_from_json({name: value for name, value in SECOND.items() if name != field})


def test_a_sealed_line_holds_nothing_else() -> None:
    with pytest.raises(TypeError):
        sealed_from_json({**LINK, "sealed": True, "payload": {}})
    with pytest.raises(TypeError):
        sealed_from_json({**LINK, "sealed": True, "tag": "t"})
