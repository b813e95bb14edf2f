r"""Who a row belongs to, in SQL: the canonical text of an id as ``source.identity`` makes it, of integers and texts.

It is made in three steps, each a column that the next one names, because SQL has no other way to name a part.

Example:
    >>> from synth_assets.source.sql.expressions import column
    >>> stripped(column("person"), "int64").sql("postgres")
    'CAST("person" AS TEXT)'
"""

from sqlglot import exp

from synth_assets.source.sql.expressions import Tree, all_of, any_of, call, case, equal, number, parameter, text

__all__ = ["ID_BLANKS", "canonical", "digits_of", "stripped"]

ID_BLANKS = " \t\n\r\x0b\x0c"
"""What bytes are stripped of at their ends; bound as the parameter ``id_blanks``."""
_DIGITS, _HEX = "0123456789", "0123456789abcdefABCDEF"
_UUID_LETTERS, _HYPHENS = 36, (9, 14, 19, 24)
_TOLD_APART = str(2**53)


def stripped(value: Tree, registered: str) -> Tree:
    """Return an id in normal form as a text, of texts without blanks around it."""
    if registered == "int64":
        return exp.cast(value, "TEXT")
    return exp.Trim(this=value.copy(), expression=parameter("id_blanks"))


def digits_of(name: Tree) -> Tree:
    """Return the digits of a whole number that is written with a sign or as a float; null for other texts."""
    like_number = all_of(_consists_of(name, f"-.{_DIGITS}"), any_of(_has_point(name), _has_sign(name)))
    body = _body(name)
    unsigned = case([(_has_sign(name), _part(body, 2))], default=body)
    return case([(like_number, unsigned)])


def canonical(name: Tree, digits: Tree) -> Tree:
    """Return the canonical id of a stripped text and its digits; null names nobody. See ``identity._of_text``."""
    is_zero = equal(digits, text("0"))
    no_zero_first = exp.NEQ(this=_part(digits, 1, 1), expression=text("0"))
    not_empty = exp.NEQ(this=digits.copy(), expression=text(""))
    whole = all_of(not_empty, _consists_of(digits, _DIGITS), any_of(is_zero, no_zero_first))
    length = call("LENGTH", digits)
    beyond = any_of(
        exp.GT(this=length.copy(), expression=number(len(_TOLD_APART))),
        all_of(equal(length, number(len(_TOLD_APART))), exp.GTE(this=digits.copy(), expression=text(_TOLD_APART))),
    )
    return case(
        [
            (equal(name, text("")), exp.null()),
            (all_of(whole, _has_point(name), beyond), exp.null()),
            (all_of(whole, is_zero), text("0")),
            (whole, _body(name)),
            (_is_uuid(name), call("LOWER", name)),
        ],
        default=name,
    )


def _has_point(name: Tree) -> Tree:
    return exp.Like(this=name.copy(), expression=text("%.0"))


def _has_sign(name: Tree) -> Tree:
    return equal(_part(name, 1, 1), text("-"))


def _body(name: Tree) -> Tree:
    """Return a text without ``.0`` at its end."""
    before = _part(name, 1, exp.Sub(this=call("LENGTH", name), expression=number(2)))
    return case([(_has_point(name), before)], default=name)


def _is_uuid(name: Tree) -> Tree:
    hyphens = (equal(_part(name, place, 1), text("-")) for place in _HYPHENS)
    others = call("REPLACE", name, text("-"), text(""))
    return all_of(
        _consists_of(name, f"-{_HEX}"),
        equal(call("LENGTH", name), number(_UUID_LETTERS)),
        equal(call("LENGTH", others), number(_UUID_LETTERS - len(_HYPHENS))),
        *hyphens,
    )


def _consists_of(value: Tree, letters: str) -> Tree:
    """Return whether a text has no other letters: nothing is left when they are taken from both ends."""
    return equal(exp.Trim(this=value.copy(), expression=text(letters)), text(""))


def _part(value: Tree, start: int, length: Tree | int | None = None) -> Tree:
    ends = () if length is None else (number(length) if isinstance(length, int) else length,)
    return call("SUBSTR", value, number(start), *ends)
