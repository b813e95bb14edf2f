"""What a contract's faults are called: pydantic's, as what was given, the rule and a hint.

Example:
    >>> said = {"type": "missing", "loc": ("source",), "input": {}, "msg": "Field required"}
    >>> say(said, ("source",))
    'is missing: add `source`'
"""

import difflib
from collections.abc import Callable
from functools import cache
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.domain.kinds.registry import KINDS

__all__ = ["say"]

Path_ = tuple[str | int, ...]
_OF_OTHER_KINDS: dict[Path_, str] = {
    ("integer", "decimals"): "whole numbers have none; `step: 5` or `step: 100` says what all are multiples of"
}
_HINTS = {
    "string_too_short": "write it down",
    "too_short": "list at least one",
    "dict_type": "write it as keys and values",
    "tuple_type": "write it as a list",
    "list_type": "write it as a list",
    "recursion_loop": "an alias holds itself: write the groups out",
}


_REFRESH = (
    "`once` keeps one release for ever; `new_version` makes one for each version label of the source, each charged"
)


def say(fault: Any, where: Path_) -> str:
    """Say one of pydantic's faults as what was given, the rule and a hint."""
    return _in_our_words(fault, where) or _in_words_of_pydantic(fault, where)


def _in_our_words(fault: Any, where: Path_) -> str | None:
    name = str(where[-1]) if where else ""
    context = fault.get("ctx", {})
    *first_kinds, last_kind = KINDS
    wordings: dict[str, Callable[[], str]] = {
        "missing": lambda: f"is missing: add `{name}`",
        "extra_forbidden": lambda: _of_another_kind(fault["loc"]) or _unknown_key(name),
        "union_tag_invalid": lambda: f"type {context['tag']!r} must be one of {context['expected_tags']}",
        "union_tag_not_found": lambda: f"has no `type`: {', '.join(first_kinds)} or {last_kind}",
        "value_error": lambda: str(context["error"]),
        "model_type": lambda: f"{_shown(fault['input'])} must be keys and values",
        "model_attributes_type": lambda: f"{_shown(fault['input'])} must be keys and values",
    }
    return wordings[fault["type"]]() if fault["type"] in wordings else None


def _in_words_of_pydantic(fault: Any, where: Path_) -> str:
    kind, given = fault["type"], fault["input"]
    rule = fault["msg"].replace("Input should", "must").replace("String should match pattern", "must match")
    rule = rule.replace("String should", "must").replace("Dictionary should", "must").replace("Tuple should", "must")
    rule = rule.replace("List should", "must")
    if where[-2:] == ("refresh", "release"):
        hint = _REFRESH
    elif kind == "string_pattern_mismatch":
        hint = "a letter, then letters, digits or _" if "A-Z" in rule else "one line of at most 128 characters"
    else:
        hint = _HINTS.get(kind) or _yaml_hint(kind, given)
    return f"{_shown(given)} {rule}" + (f": {hint}" if hint else "")


def _yaml_hint(kind: str, given: Any) -> str:
    """Say what YAML made of a value that was meant otherwise."""
    if isinstance(given, bool):
        return "YAML reads yes, no, on and off as booleans; quote it if it is text"
    if kind == "float_type" and isinstance(given, str):
        return "YAML reads 1e-7 as text; write 1.0e-7"
    if kind in ("string_type", "invalid_key"):
        return "quote it"
    return ""


def _shown(given: Any) -> str:
    return repr(given) if isinstance(given, str | int | float | bool) or given is None else f"a {type(given).__name__}"


def _of_another_kind(where: Path_) -> str:
    """Say what to write instead of a key that another kind of column has; pydantic's place names the kind."""
    return _OF_OTHER_KINDS.get(where[-2:], "")


def _unknown_key(key: str) -> str:
    if key in _known_keys():
        return "is not a key of this part: remove it"
    close = difflib.get_close_matches(key, sorted(_known_keys()), n=1)
    return f"unknown key; did you mean `{close[0]}`?" if close else "unknown key: remove it"


@cache
def _known_keys() -> frozenset[str]:
    """Collect every key that a contract may hold, at any depth, from its schema."""
    schema = DatasetContract.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    return frozenset(key for part in parts for key in part.get("properties", ()))
