"""Mutations of a version, drawn by a seed.

A version is held as a mapping of names to bytes. A mutation changes bytes, JSON
values, keys, numbers, files or Parquet tables.
"""

import copy
import io
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.files import json_bytes

Files = dict[str, "bytes | Odd"]


@dataclass(frozen=True)
class Odd:
    """What stands where a file should: a link, a pipe or a folder."""

    kind: str


@dataclass
class Mutation:
    """A mutated version, before digests are rewritten.

    Attributes:
        kind: what was done.
        files: the version.
        touched: names of the files that were changed, added or taken away.
    """

    kind: str
    files: Files
    touched: set[str] = field(default_factory=set)


def read_version(folder: Path) -> Files:
    """Read all files of a version."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_version(files: Files, folder: Path, *, outside: Path) -> None:
    """Write a version into an empty folder; links lead to ``outside``."""
    for name, content in files.items():
        path = folder / name
        if isinstance(content, Odd) and content.kind == "folder":
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, Odd):
            path.write_bytes(content)
        elif content.kind == "link":
            path.symlink_to(outside)
        else:
            os.mkfifo(path)


# -- JSON ---------------------------------------------------------------------------------------------------------


def is_json(name: str) -> bool:
    """Return whether a file holds JSON, or lines of it."""
    return name.endswith((".json", ".jsonl"))


def parsed(name: str, content: bytes) -> Any:
    """Read JSON as leniently as can be.

    Raises:
        ValueError: it is not JSON at all.
    """
    try:
        if name.endswith(".jsonl"):
            return [json.loads(line) for line in content.splitlines() if line]
        return json.loads(content)
    except RecursionError:
        raise ValueError(name) from None


def written(name: str, value: Any) -> bytes:
    """Write JSON as the file of that name is written."""
    if name.endswith(".jsonl"):
        lines = value if isinstance(value, list) else [value]
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    if name.endswith("contract.json"):  # the order of its columns counts
        return json.dumps(value, indent=1).encode() + b"\n"
    try:
        return json_bytes(value)
    except (ValueError, TypeError):
        return json.dumps(value).encode()


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in JSON, the outermost last."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in children:
        yield from paths_in(inner, (*path, key))
    yield path


def value_at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the value at a path."""
    for key in path:
        value = value[key]
    return value


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return JSON with another value at a path; the outermost may be replaced too."""
    if not path:
        return new
    value_at(value, path[:-1])[path[-1]] = new
    return value


def hostile(draw: random.Random) -> Any:
    """Return a value that somebody may not have thought of."""
    deep: Any = 0
    for _ in range(draw.choice([10, 60, 200, 900])):
        deep = [deep] if draw.random() < 0.5 else {"a": deep}
    return draw.choice(
        [
            None,
            True,
            False,
            0,
            -1,
            1,
            2,
            0.0,
            -0.5,
            1e-300,
            1e300,
            2**31,
            2**63,
            -(2**63),
            10**30,
            10**60,
            float("inf"),
            float("nan"),
            "",
            "x" * 5000,
            "\x1b[2J\x00\u202e",
            "\ud800",
            "../../etc/passwd",
            "/etc/passwd",
            "0" * 64,
            "{{ 7 * 7 }}",
            "<script>alert(1)</script>",
            [],
            {},
            [0] * 2000,
            {str(n): n for n in range(500)},
            [[]],
            deep,
        ]
    )


def nearby(value: Any, draw: random.Random) -> Any:
    """Return a value of the same type that is a little different."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw.choice([value + 1, value - 1, value * 2, value // 2, -value])
    if isinstance(value, float):
        return draw.choice([value * 2, value / 2, value * (1 + 1e-6), value + 1, -value, value * 1e6])
    if value and isinstance(value, str | list | dict):
        return {str: _nearby_text, list: _nearby_list, dict: _nearby_object}[type(value)](value, draw)
    return hostile(draw)


def _nearby_text(text: str, draw: random.Random) -> str:
    index = draw.randrange(len(text))
    return draw.choice([text[:index], text + draw.choice("a0 "), text[:index] + "b" + text[index + 1 :]])


def _nearby_list(items: list[Any], draw: random.Random) -> list[Any]:
    index = draw.randrange(len(items))
    less, more = [*items[:index], *items[index + 1 :]], [*items[:index], copy.deepcopy(items[index]), *items[index:]]
    return draw.choice([less, more, items[::-1], []])


def _nearby_object(items: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    key = draw.choice(sorted(items))
    rest = {name: value for name, value in items.items() if name != key}
    return draw.choice([rest, {**rest, f"{key}x": items[key]}, {**items, "more": 1}, {}])


def mutate_json(files: Files, draw: random.Random) -> Mutation:
    """Change one value of one JSON file."""
    name = draw.choice([name for name in files if is_json(name)])
    value = parsed(name, bytes_of(files[name]))
    paths = list(paths_in(value))
    path = draw.choice(paths)
    kind = draw.choice(["nearby", "nearby", "nearby", "hostile", "swapped", "key twice"])
    if kind == "key twice":
        return _key_twice(files, name, value, draw)
    old = value_at(value, path)
    new = nearby(old, draw) if kind == "nearby" else hostile(draw)
    if kind == "swapped":
        new = copy.deepcopy(value_at(value, draw.choice(paths)))
    return Mutation(f"JSON: {kind}", {**files, name: written(name, with_value(value, path, new))}, {name})


def _key_twice(files: Files, name: str, value: Any, draw: random.Random) -> Mutation:
    """Write a key twice, with another value first: what a reader takes depends on the reader."""
    text = written(name, value).decode()
    spots = [index for index, char in enumerate(text) if char == "{" and '"' in text[index : index + 40]]
    if not spots:
        return mutate_bytes(files, draw)
    index = draw.choice(spots)
    key = text[index:].split('"')[1]
    changed = f'{text[: index + 1]}"{key}": 0, {text[index + 1 :]}'
    return Mutation("JSON: key twice", {**files, name: changed.encode()}, {name})


# -- bytes and files ----------------------------------------------------------------------------------------------


def mutate_bytes(files: Files, draw: random.Random) -> Mutation:
    """Flip, cut, repeat or insert bytes of one file."""
    name = draw.choice(sorted(files))
    content = bytearray(bytes_of(files[name]))
    start = draw.randrange(len(content) + 1)
    end = min(len(content), start + draw.choice([1, 1, 1, 2, 16, 300]))
    kind = draw.choice(["flipped", "cut", "repeated", "inserted", "cut to the end", "nested deeply", "emptied"])
    if kind == "flipped":
        content[start:end] = bytes(byte ^ draw.randrange(1, 256) for byte in content[start:end])
    elif kind == "cut":
        del content[start:end]
    elif kind == "repeated":
        content[end:end] = content[start:end]
    elif kind == "inserted":
        content[start:start] = draw.randbytes(draw.choice([1, 4, 100]))
    elif kind == "cut to the end":
        del content[start:]
    elif kind == "nested deeply":
        content[start:start] = draw.choice([b"[", b'{"a":', b"[[1],"]) * draw.choice([100, 2000, 100_000])
    else:
        content.clear()
    return Mutation(f"bytes: {kind}", {**files, name: bytes(content)}, {name})


def mutate_files(files: Files, draw: random.Random) -> Mutation:
    """Drop, add, move, swap or replace files."""
    names = sorted(files)
    name, second = draw.choice(names), draw.choice(names)
    kind = draw.choice(["dropped", "added", "copied", "swapped", "moved", "link", "pipe", "folder", "two dropped"])
    rest = {path: content for path, content in files.items() if path != name}
    if kind == "dropped":
        return Mutation("files: dropped", rest, {name})
    if kind == "two dropped":
        return Mutation(
            "files: two dropped", {path: content for path, content in rest.items() if path != second}, {name, second}
        )
    if kind == "added":
        extra = draw.choice(
            ["bundle/", "data/", "bundle/checks/", "data/more/", "bundle/generator/", "", "bundle/\x1b/"]
        )
        extra += draw.choice(["rows.csv", "part-00001.parquet", "x.json", ".hidden", "a" * 200, "é.txt"])
        return Mutation("files: added", {**files, extra: draw.choice([b"", b"{}", draw.randbytes(50)])}, {extra})
    if kind in ("copied", "moved"):
        extra = draw.choice(
            [f"{name}.bak", f"data/{Path(name).name}", f"bundle/{Path(name).name}", f"bundle/checks/{Path(name).name}"]
        )
        base = files if kind == "copied" else rest
        return Mutation(f"files: {kind}", {**base, extra: files[name]}, {name, extra} if kind == "moved" else {extra})
    if kind == "swapped":
        return Mutation("files: swapped", {**files, name: files[second], second: files[name]}, {name, second})
    return Mutation(f"files: {kind}", {**rest, name: Odd(kind)}, {name})


def bytes_of(content: "bytes | Odd") -> bytes:
    """Return what a reader of the file gets: nothing from a link, a pipe or a folder."""
    return b"" if isinstance(content, Odd) else content


# -- Parquet ------------------------------------------------------------------------------------------------------


def mutate_parquet(files: Files, draw: random.Random) -> Mutation:
    """Change a table: values, rows, columns, types, how it is written."""
    name = draw.choice([name for name in files if name.endswith(".parquet")])
    table = pq.read_table(io.BytesIO(bytes_of(files[name])))
    kind = draw.choice(
        ["value", "value", "nulls", "fewer rows", "more rows", "order of rows", "column", "type", "form"]
    )
    options: dict[str, Any] = {"compression": "zstd"}
    index = draw.randrange(table.num_columns)
    if kind == "value":
        table = _other_value(table, index, draw)
    elif kind == "nulls":
        field_ = table.schema.field(index)
        table = table.set_column(index, field_.with_nullable(True), pa.nulls(table.num_rows, field_.type))
    elif kind == "fewer rows":
        table = table.slice(draw.randrange(table.num_rows))
    elif kind == "more rows":
        table = pa.concat_tables([table, table.slice(0, draw.randrange(1, 50))])
    elif kind == "order of rows":
        table = table.take(np.random.default_rng(draw.randrange(2**32)).permutation(table.num_rows))
    elif kind == "column":
        table = draw.choice(
            [lambda: table.remove_column(index), lambda: _added(table, draw), lambda: _renamed(table)]
        )()
    elif kind == "type":
        values = [[1]] * table.num_rows if draw.random() < 0.5 else [str(n) for n in range(table.num_rows)]
        table = table.set_column(index, table.column_names[index], pa.array(values))
    else:
        options = draw.choice(
            [
                {"compression": "gzip"},
                {"compression": "none", "use_dictionary": False},
                {"data_page_version": "2.0"},
                {"row_group_size": 7},
                {"store_schema": False},
                {"version": "1.0"},
            ]
        )
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return Mutation(f"Parquet: {kind}", {**files, name: stream.getvalue()}, {name})


def _other_value(table: pa.Table, index: int, draw: random.Random) -> pa.Table:
    field_, values = table.schema.field(index), table.column(index).to_pylist()
    row = draw.randrange(len(values))
    old = values[row]
    if isinstance(old, bool):
        values[row] = not old
    elif isinstance(old, str):
        values[row] = draw.choice(["spy", "x" * 10_000, ""])
    elif old is not None:
        values[row] = old + draw.choice([1, -1, 1000])
    return table.set_column(index, field_, pa.array(values, field_.type))


def _added(table: pa.Table, draw: random.Random) -> pa.Table:
    return table.append_column("more", pa.array(draw.choice([["spy"], [1], [None]]) * table.num_rows))


def _renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns([f"{name}x" for name in table.column_names])


MUTATORS: tuple[tuple[Callable[[Files, random.Random], Mutation], int], ...] = (
    (mutate_json, 11),
    (mutate_bytes, 3),
    (mutate_files, 3),
    (mutate_parquet, 3),
)


def mutate(files: Files, draw: random.Random) -> Mutation:
    """Draw one mutation; now and then a second one on top of it."""
    chosen = draw.choices([mutator for mutator, _ in MUTATORS], [weight for _, weight in MUTATORS])[0]
    first = chosen(files, draw)
    if draw.random() < 0.9 or any(isinstance(content, Odd) for content in first.files.values()):
        return first
    try:
        second = draw.choice([mutate_json, mutate_bytes])(first.files, draw)
    except (ValueError, IndexError):
        return first
    return Mutation(f"{first.kind}, {second.kind}", second.files, first.touched | second.touched)
