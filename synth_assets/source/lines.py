r"""CSV as a table of lines: one line is one row, whatever is in it.

Who reads CSV by the usual rules lets one stray quote swallow the lines of other
people, and then one person changes many rows and no bound holds. So here a row
is a line, and what a line means depends on that line alone:

- a line break always ends a row, inside quotes too;
- an unclosed quote ends with its line;
- missing fields are null, surplus fields are dropped;
- bytes that are not UTF-8 are kept, and are unknown values later;
- a line of more than 16 MiB is a row of nulls, so that memory is bounded whatever a line holds;
- empty lines are not rows, and a file of nothing else has none.

Lines in good order (as many fields as the header, quotes in pairs) are parsed
by Arrow in one go; each other line by itself.

Example:
    >>> table = pa.Table.from_batches(parse_block(b'1,"a,b"\n2,"c\n3\n', names=["x", "y"], columns=["y"]))
    >>> sorted(table["y"].to_pylist(), key=str)
    [None, b'a,b', b'c']
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

__all__ = ["BLOCK_BYTES", "LONGEST_LINE", "is_blank", "line_batches", "parse_block", "read_first_line", "read_header"]

BLOCK_BYTES = 1 << 24
"""Bytes that are read at once; a longer line is still one line."""
LONGEST_LINE = 1 << 24
"""Most bytes of a line, without its end, that are read: what is longer is a row of nulls."""

_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
_MARK = b"\xef\xbb\xbf"
_NULLS = b'""'
"""A line whose one field is empty and whose others are missing: all of them mean null."""


def read_header(path: Path, *, delimiter: str) -> list[str]:
    """Return the column names in the first line of a file, whatever is in it."""
    return _header(read_first_line(path), delimiter=delimiter)


def read_first_line(path: Path) -> bytes:
    """Return the first line of a file, without its line break; a byte order mark and a return belong to it."""
    with pa.input_stream(str(path)) as stream:
        first, _ = _first_line(_blocks(stream))
    return first


def is_blank(path: Path) -> bool:
    """Tell whether a file has nothing but blank lines, and perhaps a byte order mark."""
    with pa.input_stream(str(path)) as stream:
        return not any(block.removeprefix(_MARK).strip() for block in _blocks(stream))


def line_batches(path: Path, *, columns: Sequence[str], delimiter: str = ",") -> Iterator[pa.RecordBatch]:
    """Yield the asked columns of a file as bytes; compressed files are read by their ending."""
    with pa.input_stream(str(path)) as stream:
        blocks = _blocks(stream)
        first, rest = _first_line(blocks)
        names = _header(first, delimiter=delimiter)
        yield from parse_block(rest, names=names, columns=columns, delimiter=delimiter)
        for block in blocks:
            yield from parse_block(block, names=names, columns=columns, delimiter=delimiter)


def parse_block(
    block: bytes, *, names: Sequence[str], columns: Sequence[str], delimiter: str = ","
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of whole lines: those in good order, then the others."""
    if not block:
        return
    starts, ends, regular = _inspect(block, fields=len(names), delimiter=delimiter)
    filled = ends > starts
    too_long = ends - starts > LONGEST_LINE
    regular &= ~too_long
    if regular.all():
        good: bytes = block
    else:
        good = b"".join(block[a:b] + b"\n" for a, b in zip(starts[regular], ends[regular], strict=True))
    if good:
        yield from _parse_regular(good, names=names, columns=columns, delimiter=delimiter)
    odd = filled & ~regular
    if odd.any():
        places = zip(starts[odd], ends[odd], too_long[odd], strict=True)
        lines = [_NULLS if cut else block[a:b] for a, b, cut in places]
        yield _parse_odd(lines, names=names, columns=columns, delimiter=delimiter)


def _blocks(stream: pa.NativeFile) -> Iterator[bytes]:
    """Cut a stream into blocks of whole lines; of a line that is too long in any case nothing is kept."""
    line = _Line()
    while piece := stream.read(BLOCK_BYTES):
        head, newline, rest = piece.partition(b"\n")
        line.add(head)
        if newline:
            whole, newline, tail = rest.rpartition(b"\n")
            yield b"".join([*line.parts(), b"\n", whole, newline])
            line = _Line()
            line.add(tail)
    if any(line.parts()):
        yield b"".join([*line.parts(), b"\n"])


class _Line:
    """A line that goes on over several pieces of a stream."""

    __slots__ = ("_length", "_parts")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, part: bytes) -> None:
        """Go on with ``part``, which has no line break."""
        self._length += len(part)
        self._parts.append(part)
        if self._is_too_long():
            self._parts = []

    def parts(self) -> list[bytes]:
        """Return the line, in parts."""
        return [_NULLS] if self._is_too_long() else self._parts

    def _is_too_long(self) -> bool:
        """Tell it of what is too long even if its last byte is a return, which :func:`parse_block` does not count."""
        return self._length > LONGEST_LINE + 1


def _first_line(blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
    first, _, rest = next(blocks, b"").partition(b"\n")
    return first, rest


def _header(line: bytes, *, delimiter: str) -> list[str]:
    fields = _fields(line.removeprefix(_MARK), delimiter=delimiter)
    return [field.strip() for field in fields]


def _fields(line: bytes, *, delimiter: str) -> list[str]:
    """Split one line; total for any bytes, which survive as surrogates."""
    # A lone return inside a line is not a line break here, but it is one to the csv module.
    text = line.decode("utf-8", errors="surrogateescape").rstrip("\r").replace("\r", " ").replace("\n", " ")
    csv.field_size_limit(sys.maxsize)
    return next(csv.reader([text], delimiter=delimiter), [])


def _inspect(
    block: bytes, *, fields: int, delimiter: str
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Return where lines start and end, and which are in good order."""
    octets = np.frombuffer(block, dtype=np.uint8)
    newlines = np.flatnonzero(octets == _NEWLINE)
    starts = np.concatenate([[0], newlines[:-1] + 1])
    # The return of a line that ends in both belongs to its end.
    ends = newlines - ((newlines > starts) & (octets[newlines - 1] == _RETURN))
    returns = np.flatnonzero(octets == _RETURN)
    stray = _per_line(returns, newlines) > (newlines - ends)
    quotes = np.flatnonzero(octets == _QUOTE)
    paired = _quotes_paired(octets, quotes, newlines, starts, delimiter=delimiter)
    cuts = np.flatnonzero(octets == ord(delimiter))
    if quotes.size:
        # Inside quotes is what stands after an odd number of them, counted from its line's start.
        before = np.searchsorted(quotes, cuts) - np.searchsorted(quotes, starts)[np.searchsorted(newlines, cuts)]
        cuts = cuts[before % 2 == 0]
    whole = _per_line(cuts, newlines) == fields - 1
    return starts, ends, whole & paired & ~stray & (ends > starts)


def _quotes_paired(
    octets: NDArray[np.uint8],
    quotes: NDArray[np.intp],
    newlines: NDArray[np.intp],
    starts: NDArray[np.intp],
    *,
    delimiter: str,
) -> NDArray[np.bool_]:
    """Tell of each line whether every quote opens, closes or doubles; only then an odd number before means inside.

    The first, third ... quote of a line must open a field (after the delimiter or the line's start) or be the second
    of a doubled one; the second, fourth ... must close it (before the delimiter or the line's end) or be the first.

    Example, with Q for a quote and a comma as the delimiter: of the lines ``Qa, bQ,1`` and ``Qx QQyQQQ,2`` all quotes
    are of these kinds. In ``5Q pipe,3`` the first quote follows a ``5``, so the line is flawed; so is ``Qopen,4``,
    whose number of quotes is odd.
    """
    counts = _per_line(quotes, newlines)
    if not quotes.size:
        return np.ones(newlines.size, dtype=np.bool_)
    line = np.searchsorted(newlines, quotes)
    rank = np.arange(quotes.size) - np.searchsorted(quotes, starts)[line]
    before = np.where(quotes == starts[line], ord(delimiter), octets[quotes - 1])
    opens = rank % 2 == 0
    wrong = opens & (before != ord(delimiter)) & (before != _QUOTE)
    after = octets[quotes + 1]
    closed = np.isin(after, [ord(delimiter), _NEWLINE, _RETURN, _QUOTE])
    wrong |= ~opens & ~closed
    flawed = np.bincount(line[wrong], minlength=newlines.size) + counts % 2
    return np.asarray(flawed == 0)


def _per_line(places: NDArray[np.intp], newlines: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.diff(np.searchsorted(places, newlines), prepend=0)


def _parse_regular(
    block: bytes, *, names: Sequence[str], columns: Sequence[str], delimiter: str
) -> Iterator[pa.RecordBatch]:
    places = [str(list(names).index(column)) for column in columns]
    # Arrow drops a byte order mark from whatever line comes first; which one that is depends on other lines.
    block = b"\n" + block
    table = arrow_csv.read_csv(
        pa.BufferReader(block),
        read_options=arrow_csv.ReadOptions(
            column_names=[str(index) for index in range(len(names))], use_threads=False, block_size=len(block) + 1
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.binary()), include_columns=places, strings_can_be_null=False
        ),
    )
    yield from table.rename_columns(list(columns)).to_batches()


def _parse_odd(
    lines: Sequence[bytes], *, names: Sequence[str], columns: Sequence[str], delimiter: str
) -> pa.RecordBatch:
    rows = [_fields(line, delimiter=delimiter) for line in lines]
    places = [list(names).index(column) for column in columns]
    arrays = [
        pa.array([_bytes(row[index]) if index < len(row) else None for row in rows], pa.binary()) for index in places
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")
