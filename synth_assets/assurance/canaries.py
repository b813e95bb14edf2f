"""Marked values for a made-up table, and every way in which one could be written somewhere else.

A canary is random, so that it is nowhere by chance: a word of letters that every encoding
keeps, a word of letters that they write differently, a whole number and real numbers. Each
is searched for as text in several encodings, and numbers also as eight bytes.

Example:
    >>> found = dict(encodings("kanari"))
    >>> found["hex"], found["base64"], found["percent"][:6]
    (b'6b616e617269', b'a2FuYXJp', b'%6b%61')
"""

import base64
import math
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

__all__ = ["Canaries", "Needles", "encodings"]

_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_LETTERS = 12
_LEAST_NUMBER = 10**14
_WHOLE_BITS, _BYTE_BITS = 6, 8

Needles = dict[str, bytes]
"""What to search for, by what it is and how it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """The marked values of one test.

    Attributes:
        word: ASCII letters and digits.
        letters: letters that are not ASCII.
        number: a whole number of 15 digits.
        reals: real numbers of as many digits as there are.
    """

    word: str
    letters: str
    number: int
    reals: tuple[float, ...] = ()

    @classmethod
    def fresh(cls) -> Self:
        """Return new ones, which nobody could have foreseen."""
        return cls(
            word=f"kanari{secrets.token_hex(8)}",
            letters="".join(secrets.choice(_GREEK) for _ in range(_LETTERS)),
            number=_LEAST_NUMBER + secrets.randbelow(9 * _LEAST_NUMBER),
        )

    def needles(self) -> Needles:
        """Return everything that must be nowhere outside of the private zone."""
        texts = {"the word": self.word, "the letters": self.letters, "the number": str(self.number)}
        texts |= {f"real number {index}": repr(value) for index, value in enumerate(self.reals, start=1)}
        needles = {f"{name}, {form}": content for name, text in texts.items() for form, content in encodings(text)}
        for index, number in enumerate((self.number, *self.reals)):
            for form, content in _packed(number):
                needles[f"number {index}, {form}"] = content
        return needles


def encodings(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms of a text: encodings, escapes, and base64 at each of its three alignments."""
    octets = text.encode()
    yield "UTF-8", octets
    for name in ("utf-16-le", "utf-16-be"):
        yield name.upper(), text.encode(name)
    if text.upper() != text and text.isascii():
        yield "capitals", text.upper().encode()
    yield "hex", octets.hex().encode()
    yield "HEX", octets.hex().upper().encode()
    yield "percent", "".join(f"%{octet:02x}" for octet in octets).encode()
    yield "PERCENT", "".join(f"%{octet:02X}" for octet in octets).encode()
    yield "JSON escapes", "".join(f"\\u{ord(letter):04x}" for letter in text).encode()
    yield "JSON ESCAPES", "".join(f"\\u{ord(letter):04X}" for letter in text).encode()
    if quote(text) != text:
        yield "URL", quote(text).encode()
    if not text.isascii():
        yield "ISO 8859-7", text.encode("iso-8859-7")
    for shift in range(3):
        name = f"base64 at {shift}" if shift else "base64"
        coded = _base64(octets, shift=shift)
        yield name, coded
        if coded.translate(_URL_SAFE) != coded:
            yield f"URL-safe {name}", coded.translate(_URL_SAFE)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _base64(octets: bytes, *, shift: int) -> bytes:
    """Return the characters of base64 that bytes decide alone, whatever stands before and behind them."""
    coded = base64.b64encode(bytes(shift) + octets)
    first = math.ceil(shift * _BYTE_BITS / _WHOLE_BITS)
    return coded[first : (shift + len(octets)) * _BYTE_BITS // _WHOLE_BITS]


def _packed(number: float) -> Iterator[tuple[str, bytes]]:
    for order, name in (("<", "little-endian"), (">", "big-endian")):
        yield f"float64 {name}", struct.pack(f"{order}d", number)
        if isinstance(number, int):
            yield f"int64 {name}", struct.pack(f"{order}q", number)
