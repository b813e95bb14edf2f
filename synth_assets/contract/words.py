"""What a contract's faults are called: pydantic's, as what was given, the rule and a hint.

Example:
    >>> said = {"type": "missing", "loc": ("source",), "input": {}, "msg": "Field required"}
    >>> say(said, ("source",))
    'is missing: add `source`'
"""

import difflib
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.contract.declared import shown
from synth_assets.domain.kinds.registry import KINDS

__all__ = ["say"]

Path_ = tuple[str | int, ...]
_OF_OTHER_KINDS: dict[Path_, str] = {
    ("integer", "decimals"): "whole numbers have none; `step: 5` or `step: 100` says what all are multiples of"
}
_RULES: dict[str, str] = {
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "must be a date, as 2026-11-22"),
    "date_from_datetime_inexact": "must be a date without a time, as 2026-11-22",
    **dict.fromkeys(("datetime_type", "datetime_parsing"), "must be a time, as 2026-11-22T00:00:00"),
    **dict.fromkeys(("dict_type", "mapping_type"), "must be keys and values"),
    "finite_number": "must be a number, and not infinite",
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "must be a whole number"),
    "invalid-json-value": "must be a text, a number, true or false, a list, or keys and values",
    **dict.fromkeys(("invalid_key", "string_type", "string_sub_type"), "must be text"),
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    **dict.fromkeys(("list_type", "tuple_type"), "must be a list"),
    "recursion_loop": "must not hold itself",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}
"""What each of pydantic's faults breaks, in our words."""
_ONE_LINE = "one line of at most 128 characters"
_EXPONENT = re.compile(r"[+-]?[0-9]+[eE][+-]?[0-9]+")
_HINTS = {
    "string_too_short": "write it down",
    "recursion_loop": "write the groups out",
}
_HINTS_AT: dict[Path_, str] = {
    ("privacy", "unit"): "or the column whose values are persons: `{column: patient_id, max_rows: 3}`",
    ("refresh", "release"): (
        "`once` keeps one release for ever; `new_version` makes one for each version label of the source, each charged"
    ),
}


def say(fault: Any, where: Path_) -> str:
    """Say one of pydantic's faults as what was given, the rule and a hint."""
    return _in_our_words(fault, where) or _as_a_rule(fault, where)


def _in_our_words(fault: Any, where: Path_) -> str | None:
    name = str(where[-1]) if where else ""
    context = fault.get("ctx", {})
    *first_kinds, last_kind = KINDS
    wordings: dict[str, Callable[[], str]] = {
        "missing": lambda: f"is missing: add `{name}`",
        "extra_forbidden": lambda: _of_another_kind(fault["loc"]) or _unknown_key(name),
        "union_tag_invalid": lambda: f"type {shown(fault['input']['type'])} must be one of {context['expected_tags']}",
        "union_tag_not_found": lambda: f"has no `type`: {', '.join(first_kinds)} or {last_kind}",
        "value_error": lambda: str(context["error"]),
        "model_type": lambda: f"{shown(fault['input'])} must be keys and values",
        "model_attributes_type": lambda: f"{shown(fault['input'])} must be keys and values",
    }
    return wordings[fault["type"]]() if fault["type"] in wordings else None


def _as_a_rule(fault: Any, where: Path_) -> str:
    kind, given = fault["type"], fault["input"]
    if kind == "string_pattern_mismatch":
        name = "A-Z" in fault["ctx"]["pattern"]
        return f"{shown(given)} must be {'a letter or _, then letters, digits or _' if name else _ONE_LINE}"
    limits = {key: f"{limit:g}" if isinstance(limit, float) else limit for key, limit in fault.get("ctx", {}).items()}
    rule = _RULES[kind].format(**limits) if kind in _RULES else f"cannot be read: {fault['msg']}"
    hint = _HINTS_AT.get(where[-2:]) or _HINTS.get(kind) or _yaml_hint(kind, given)
    return f"{shown(given)} {rule}" + (f": {hint}" if hint else "")


def _yaml_hint(kind: str, given: Any) -> str:
    """Say what YAML made of a value that was meant otherwise."""
    if isinstance(given, bool):
        return "YAML reads yes, no, on and off as booleans; quote it if it is text"
    if kind == "float_type" and isinstance(given, str) and _EXPONENT.fullmatch(given):
        return "YAML reads 1e-7 as text; write 1.0e-7"
    if kind in ("string_type", "invalid_key"):
        return "quote it"
    return ""


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
