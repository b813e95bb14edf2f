r"""Refuse or escape invisible characters that change how text is displayed.

Purposes, names and reasons are written by one person and read by another, in a
terminal or a spreadsheet. An escape sequence can erase the lines above
it, a change of text direction can display ``VERIFIED`` where something else is
written, a line end can add a line that nobody wrote. So they are refused where
people enter text, and printed as their code points where a program shows it.

Example:
    >>> visible("good\x1b[2K\u202edaB"), refused_in("good\u202e"), refused_in("two\nlines", lines=True)
    ('good\\u001b[2K\\u202edaB', 'U+202E', None)
"""

import unicodedata

__all__ = ["refused_in", "visible"]

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, formats, surrogates, and ends of lines and paragraphs."""
_JOINERS = "\u200c\u200d"  # part of how several languages are written
_LINES = "\n\t"


def visible(text: str) -> str:
    """Return ``text`` with each character that is not shown replaced by its code point, as JSON escapes it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_number(letter) if _is_unseen(letter) else letter for letter in text)


def refused_in(text: str, *, lines: bool = False) -> str | None:
    """Return the first character that a text must not contain, as ``U+202E``, or ``None``.

    Args:
        text: what a person wrote.
        lines: whether the text may have several lines, and tabs.
    """
    allowed = _JOINERS + (_LINES if lines else "")
    unseen = (letter for letter in text if _is_unseen(letter) and letter not in allowed)
    return next((f"U+{ord(letter):04X}" for letter in unseen), None)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN


def _number(letter: str) -> str:
    """Write a character as JSON does; by arithmetic, because a codec would be imported while a bundle is verified."""
    code = ord(letter)
    above = code - 0x10000
    halves = (code,) if above < 0 else (0xD800 + (above >> 10), 0xDC00 + (above & 0x3FF))
    return "".join(f"\\u{half:04x}" for half in halves)
