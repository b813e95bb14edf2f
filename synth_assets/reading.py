"""Read untrusted files within limits: size, depth, number of values, and only regular files.

JSON is parsed into plain values and nothing else. Refused are: bytes that are
not UTF-8 (also an escape of half a surrogate pair), duplicate keys in an object,
NaN and infinity (also ``1e999``), whole numbers of more than 40 digits, more
values than the limit, and deeper nesting than the limit. A link, a pipe, a
socket or a device is not followed or opened.

Example:
    >>> parse_json('{"a": [1, 2.5]}', name="x.json")
    {'a': [1, 2.5]}
    >>> parse_json('{"a": 1, "a": 2}', name="x.json")
    Traceback (most recent call last):
        ...
    synth_assets.errors.IntegrityError: x.json has a key twice in one object
      hint: the file was altered or is not one of ours
"""

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from synth_assets.errors import IntegrityError

__all__ = ["MOST_BYTES", "digest_file", "open_regular", "parse_json", "parse_lines", "read_file", "read_json"]

MOST_BYTES = 32 << 20
"""Size limit of one JSON file."""
_PIECE = 1 << 20
_MOST_VALUES = 4_000_000
_DEEPEST = 64
_MOST_DIGITS = 40
_LONG_NUMBER = re.compile(rf"\d{{{_MOST_DIGITS + 1}}}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_LINES = 400_000
_LONGEST_LINE = 1 << 20
_MOST_LINE_BYTES = 128 << 20
_HINT = "the file was altered or is not one of ours"


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading; a link, a pipe, a socket or a device is not followed or read.

    Raises:
        IntegrityError: it is missing or is not a regular file.
    """
    try:
        # Without O_NONBLOCK a pipe would block until a writer opens it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise IntegrityError(f"{path.name} is missing or cannot be read", hint=_HINT) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IntegrityError(f"{path.name} is not a regular file", hint=_HINT)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            yield stream
    finally:
        os.close(descriptor)


def read_file(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a regular file of at most ``most`` bytes.

    Raises:
        IntegrityError: it is missing, is not a regular file, or is larger.
    """
    with open_regular(path) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise IntegrityError(f"{path.name} has more than {most:,} bytes", hint=_HINT)
    return content


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a regular file in hexadecimal.

    Raises:
        IntegrityError: it is missing or is not a regular file.
    """
    digest = hashlib.sha256()
    with open_regular(path) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def read_json(path: Path, *, most: int = MOST_BYTES) -> Any:
    """Read a JSON file within all limits.

    Raises:
        IntegrityError: a limit is exceeded.
    """
    return parse_json(read_file(path, most=most), name=path.name)


def parse_lines(content: bytes, *, name: str) -> list[Any]:
    """Parse a file of JSON lines, each within the limits of a line.

    Raises:
        IntegrityError: a limit is exceeded.
    """
    if len(content) > _MOST_LINE_BYTES or content.count(b"\n") > _MOST_LINES:
        raise IntegrityError(f"{name} has too many lines", hint=_HINT)
    return [parse_json(line, name=name, most=_LONGEST_LINE) for line in content.split(b"\n") if line]


def parse_json(content: bytes | str, *, name: str, most: int = MOST_BYTES) -> Any:
    """Parse JSON within all limits.

    Args:
        content: what to parse; bytes are UTF-8.
        name: what to call it in a message.
        most: the largest length accepted.

    Raises:
        IntegrityError: a limit is exceeded.
    """
    if len(content) > most:
        raise IntegrityError(f"{name} has more than {most:,} bytes", hint=_HINT)
    try:
        text = content if isinstance(content, str) else content.decode()
        if text.count(",") + text.count("[") + text.count("{") > _MOST_VALUES:
            raise IntegrityError(f"{name} has too many values", hint=_HINT)
        whole = _checked_whole if _LONG_NUMBER.search(text) else None
        value = json.loads(
            text, object_pairs_hook=_unique, parse_float=_finite, parse_int=whole, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise IntegrityError(f"{name} is nested too deeply", hint=_HINT) from None
    except _Twice:
        raise IntegrityError(f"{name} has a key twice in one object", hint=_HINT) from None
    except ValueError as error:
        raise IntegrityError(f"{name} is not JSON within our limits", hint=_HINT) from error
    if _SURROGATE.search(text) and not _is_text(value):
        raise IntegrityError(f"{name} holds half of a character", hint=_HINT)
    if _deeper_than(value, _DEEPEST):
        raise IntegrityError(f"{name} is nested too deeply", hint=_HINT)
    return value


class _Twice(ValueError):  # noqa: N818 - never leaves this module
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Twice
    return members


def _is_text(value: Any) -> bool:
    """Tell whether all of a value can be written as UTF-8; call it only after the parser bounded the depth."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _checked_whole(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(text)
    return int(text)


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)


def _deeper_than(value: Any, deepest: int) -> bool:
    level = [value]
    for _ in range(deepest):
        inner = (node.values() if type(node) is dict else node for node in level if type(node) in (dict, list))
        level = [child for children in inner for child in children if type(child) in (dict, list)]
        if not level:
            return False
    return True
