"""Read the page headers of a Parquet file before a reader allocates memory for the pages.

A page header states the size after decompression, and a reader allocates that much
at once: a page of 60 kB may declare, and become, 2 GB. The footer's own sums may be
wrong. So the headers are read first, which takes a few bytes per page.

They are Thrift structs in the compact protocol. Only what is needed is kept:
whole numbers, and structs of them.

References:
    https://parquet.apache.org/docs/file-format/data-pages/ and ``parquet.thrift``;
    https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from synth_assets.errors import IntegrityError

__all__ = ["PageHeader", "page_headers"]

_LONGEST = 1 << 16
_MOST_PAGES = 20_000
_DEEPEST = 8
_HINT = "the file was not written by synth-assets"
_DATA, _DICTIONARY = 0, 2
_VARINT_BYTES = 10
_LONG_LIST = 15
_BOOLEANS, _BYTE, _WHOLES, _DOUBLE, _BINARY, _LISTS, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
"""Types of the compact protocol."""
Struct = dict[int, "int | Struct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHeader:
    """What one page header declares.

    Attributes:
        dictionary: whether it holds a chunk's distinct values.
        unpacked: bytes after decompression.
        packed: bytes in the file.
        values: values in it, nulls too.
        encoding: number of the encoding, as in ``parquet.thrift``.
    """

    dictionary: bool
    unpacked: int
    packed: int
    values: int
    encoding: int


def page_headers(stream: BinaryIO, *, start: int, end: int) -> Iterator[PageHeader]:
    """Yield the headers of the pages that fill ``start`` to ``end`` of a file.

    Raises:
        IntegrityError: the pages do not fill that part, or one is not a data or dictionary page.
    """
    for _ in range(_MOST_PAGES):
        if start == end:
            return
        stream.seek(start)
        reader = _Compact(stream.read(min(_LONGEST, end - start)))
        header = _header(reader.struct())
        start += reader.position + header.packed
        if start > end:
            raise _fault("a page does not end where its column ends")
        yield header
    raise _fault("a column has too many pages")


def _header(fields: Struct) -> PageHeader:
    kind, unpacked, packed = (_number(fields, field) for field in (1, 2, 3))
    if kind not in (_DATA, _DICTIONARY):
        raise _fault("a page is neither a version 1 data page nor a dictionary page")
    details = fields.get(5 if kind == _DATA else 7)
    if not isinstance(details, dict):
        raise _fault("a page header lacks its data or dictionary header")
    return PageHeader(
        dictionary=kind == _DICTIONARY,
        unpacked=unpacked,
        packed=packed,
        values=_number(details, 1),
        encoding=_number(details, 2),
    )


def _number(fields: Struct, field: int) -> int:
    value = fields.get(field)
    if not isinstance(value, int) or value < 0:
        raise _fault("a page's header lacks a number")
    return value


def _fault(what: str) -> IntegrityError:
    return IntegrityError(f"a Parquet file breaks a rule: {what}", hint=_HINT)


class _Compact:
    """Reads Thrift's compact protocol; ``position`` is the offset of the next byte."""

    __slots__ = ("_content", "position")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.position = 0

    def struct(self, *, depth: int = 0) -> Struct:
        """Read a struct; of its fields, whole numbers and structs are kept."""
        if depth > _DEEPEST:
            raise _fault("a page's header is nested too deeply")
        fields: Struct = {}
        field = 0
        while kind := self._byte():
            field = field + (kind >> 4) if kind >> 4 else self._zigzag()
            value = self._value(kind & 15, depth=depth)
            if value is not None:
                fields[field] = value
        return fields

    def _value(self, kind: int, *, depth: int, inside: bool = False) -> "int | Struct | None":
        if kind in _BOOLEANS:  # a field's type byte holds the value; in a list each element has its own byte
            return int((self._byte() if inside else kind) == 1)
        if kind == _BYTE:
            return self._byte()
        if kind in _WHOLES:
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(depth=depth + 1)
        self._skip_value(kind, depth=depth)
        return None

    def _skip_value(self, kind: int, *, depth: int) -> None:
        if kind == _DOUBLE:
            self._skip(8)
        elif kind == _BINARY:
            self._skip(self._varint())
        elif kind in _LISTS:
            self._list(depth=depth)
        else:
            raise _fault("a page's header holds an unknown type")

    def _list(self, *, depth: int) -> None:
        head = self._byte()
        count = self._varint() if head >> 4 == _LONG_LIST else head >> 4
        if count > len(self._content) or depth > _DEEPEST:
            raise _fault("a page's header has a list that is too long")
        for _ in range(count):
            self._value(head & 15, depth=depth + 1, inside=True)

    def _skip(self, count: int) -> None:
        self.position += count
        if self.position > len(self._content):
            raise _fault("a page's header does not end")

    def _byte(self) -> int:
        if self.position >= len(self._content):
            raise _fault("a page's header does not end")
        self.position += 1
        return self._content[self.position - 1]

    def _varint(self) -> int:
        value = 0
        for position in range(_VARINT_BYTES):
            byte = self._byte()
            value |= (byte & 127) << (7 * position)
            if byte < 128:  # noqa: PLR2004 - set when more bytes follow
                return value
        raise _fault("a page's header holds a number that is too long")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
