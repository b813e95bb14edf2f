"""Read the lines of an exported ledger log strictly: a line with a field of a wrong type is refused.

A bundle's ``ledger.jsonl`` is untrusted input. A line is a whole entry, or a
sealed one, which shows only its digests because it belongs to another account.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synth_assets.ledger.types import Entry

__all__ = ["SealedLine", "entry_from_json", "sealed_from_json"]

_HIGHEST = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLine:
    """What a bundle shows of another account's entry.

    Attributes:
        seq: its number.
        body_digest: digest of its salted facts.
        previous: hash of the entry before.
        hash: its own.
        key_id: the key that signed ``hash``, if one did.
        signature: the signature.
        format: version of the meaning of an entry.
        tag: marks its account; ``None`` under format 1.
    """

    seq: int
    body_digest: str
    previous: str
    hash: str
    key_id: str | None
    signature: str | None
    format: int
    tag: str | None


def _number(value: Any) -> bool:
    return type(value) is int and 0 < value < _HIGHEST


def _text(value: Any) -> bool:
    return type(value) is str


def _text_or_none(value: Any) -> bool:
    return value is None or type(value) is str


def _object(value: Any) -> bool:
    return type(value) is dict


_Types = Mapping[str, Callable[[Any], bool]]
_LINK: _Types = {
    "seq": _number,
    "body_digest": _text,
    "previous": _text,
    "hash": _text,
    "key_id": _text_or_none,
    "signature": _text_or_none,
}
_FACTS: _Types = {
    "time": _text,
    "kind": _text,
    "account": _text_or_none,
    "reservation_id": _text_or_none,
    "by": _text,
    "login": _text,
    "payload": _object,
}


def entry_from_json(line: Mapping[str, Any]) -> Entry:
    """Read an entry that was written with its payload as JSON values. Raises TypeError when it is not one."""
    if line.get("format", 1) == 1:
        return Entry(**_checked(line, {**_LINK, **_FACTS}))
    later: _Types = {"format": _format_2, "part": _text_or_none, "salt": _text, "tag": _text}
    return Entry(**_checked(line, {**_LINK, **_FACTS, **later}))


def sealed_from_json(line: Mapping[str, Any]) -> SealedLine:
    """Read an entry that is sealed to its digests. Raises TypeError when it is not one."""
    facts = {word: value for word, value in line.items() if word != "sealed"}
    if "format" not in facts:
        return SealedLine(**_checked(facts, _LINK), format=1, tag=None)
    return SealedLine(**_checked(facts, {**_LINK, "format": _format_2, "tag": _text}))


def _format_2(value: Any) -> bool:
    return type(value) is int and value == 2  # noqa: PLR2004 -- the only format that a line states


def _checked(line: Mapping[str, Any], types: _Types) -> dict[str, Any]:
    facts = {word: value for word, value in line.items() if word != "format" or "format" in types}
    if facts.keys() != types.keys() or not all(is_valid(facts[word]) for word, is_valid in types.items()):
        raise TypeError
    return facts
