r"""The public files that hold tables of derived columns, beside the contract.

A CSV file has a head, and in it the names of the column that is looked up and of the
column that is derived; other columns are left out. Numbers are read as numbers if
every value of the column is one, ``06`` is a text, and an empty field is null. A YAML
file is a mapping of keys to values. Both are read within limits.

Example:
    >>> read_table("state,density,capital\nNY,468,Albany\nCA,254.3,Sacramento\n", "a.csv", key="state", value="density")
    {'NY': 468.0, 'CA': 254.3}
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from synth_assets.bounded_yaml import MOST_CHARACTERS, check_bounds
from synth_assets.contract import DatasetContract
from synth_assets.contract.lookup import MOST_KEYS, TABLE_ENDINGS
from synth_assets.domain.codes import written
from synth_assets.domain.lookup import TRUTH, Value
from synth_assets.errors import ContractError, IntegrityError, UsageError
from synth_assets.reading import read_file

__all__ = ["read_beside", "read_table", "with_tables"]

Places = list[tuple[tuple[str | int, ...], str]]
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})", re.ASCII)
_REAL = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?", re.ASCII)


def with_tables(attributes: Any, folder: Path | None) -> tuple[Any, Places]:
    """Return a contract's plain values with what the files of its tables hold, and the faults of these files.

    Args:
        attributes: anything; what is not a contract is returned as it is.
        folder: where the contract lies; ``None`` if nowhere.
    """
    derived = attributes.get("derived") if isinstance(attributes, Mapping) else None
    if not isinstance(derived, Mapping):
        return attributes, []
    read, faults = dict(derived), Places()
    for name, given in derived.items():
        if not isinstance(given, Mapping) or not isinstance(given.get("file"), str):
            continue
        try:
            read[name] = {**given, "values": _values(name, given, folder)}
        except UsageError as error:
            read[name] = {key: part for key, part in given.items() if key != "values"}  # nothing follows from these
            faults.append((("derived", name, "file"), f"{error.message}: {error.hint}"))
    return {**attributes, "derived": read}, faults


def read_beside(contract: DatasetContract, folder: Path) -> DatasetContract:
    """Return a contract with what the files of its tables hold.

    Args:
        contract: as it is written, its tables not read.
        folder: where it lies.

    Raises:
        ContractError: with all faults of the files.
    """
    if not contract.lookups:
        return contract
    read, faults = with_tables(contract.model_dump(mode="json"), folder)
    if faults:
        listed = "; ".join(f"{'.'.join(map(str, where))}: {message}" for where, message in faults)
        raise ContractError(f"{contract.name}: {listed}", hint="`synth-assets contract check` says where")
    return DatasetContract.model_validate_json(json.dumps(read))


def _values(name: Any, given: Mapping[str, Any], folder: Path | None) -> dict[str, Value]:
    file, key = given["file"], given.get("lookup")
    if given.get("values"):
        raise UsageError("file and values say the same thing twice", hint="keep one")
    if folder is None:
        raise UsageError(f"{file} cannot be read", hint="a table's file lies beside the contract's file")
    if Path(file).name != file or not file.endswith(TABLE_ENDINGS):
        raise UsageError(
            f"{file!r} is not the name of a table's file",
            hint=f"put a file that ends in {', '.join(TABLE_ENDINGS)} beside the contract, and give its name",
        )
    return read_table(_text(folder / file), file, key=str(key), value=str(name))


def _text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        UsageError: it is missing, is not a regular file, is too large, or is not UTF-8.
    """
    if not path.exists():
        raise UsageError(f"there is no {path.name} beside the contract", hint="put it there, or correct the name")
    try:
        content = read_file(path, most=MOST_CHARACTERS)
        return content.decode("utf-8-sig")
    except IntegrityError as error:
        raise UsageError(
            f"{path.name} cannot be read", hint=f"put a regular file of at most {MOST_CHARACTERS:,} bytes there"
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path.name}:{line} is not UTF-8 but another encoding, such as Latin-1 or UTF-16",
            hint="save it as UTF-8",
        ) from error


def read_table(text: str, file: str, *, key: str, value: str) -> dict[str, Value]:
    """Return the table that a file's text holds.

    Args:
        text: of the file.
        file: its name, which says what it is.
        key: the column that is looked up.
        value: the derived column.

    Raises:
        UsageError: it is not such a table; the message names the file and the line.
    """
    table = _of_csv(text, file, key=key, value=value) if file.endswith(".csv") else _of_yaml(text, file)
    if not 0 < len(table) <= MOST_KEYS:
        raise UsageError(f"{file} has {len(table):,} keys", hint=f"a table has between 1 and {MOST_KEYS:,}")
    return table


def _of_csv(text: str, file: str, *, key: str, value: str) -> dict[str, Value]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    keys: dict[str, str] = {}
    try:
        head = next(lines, [])
        positions = [_position(head, name, file) for name in (key, value)]
        for fields in lines:
            if not fields:
                continue
            if len(fields) != len(head):
                raise UsageError(f"{file}:{lines.line_num} has {len(fields)} fields", hint=f"the head has {len(head)}")
            own, other = (fields[position] for position in positions)
            if own in keys:
                raise UsageError(f"{file}:{lines.line_num}: {own!r} stands twice", hint="keep one line")
            keys[own] = other
    except csv.Error as error:
        raise UsageError(f"{file}:{lines.line_num} is not CSV", hint=str(error)) from error
    return dict(zip(keys, _typed(list(keys.values())), strict=True))


def _position(head: list[str], name: str, file: str) -> int:
    if head.count(name) != 1:
        parts = {mark: [part.strip() for text in head if mark in text for part in text.split(mark)] for mark in ";\t|"}
        other = next((mark for mark, names in parts.items() if name in names), None)
        if other:
            shown = "tabs" if other == "\t" else f"`{other}`"
            raise UsageError(f"{file}:1 has {shown} between its columns", hint="save it with commas")
        if name not in head and name in [part.strip() for part in head]:
            raise UsageError(f"{file}:1 has spaces beside {name!r}", hint="remove the spaces beside the commas")
        raise UsageError(f"{file}:1 does not name {name!r} once", hint=f"the head is: {', '.join(head[:12])}")
    return head.index(name)


def _typed(texts: list[str]) -> Iterable[Value]:
    """Read a column as the narrowest type that all of its texts have; an empty text is null."""
    known = [text for text in texts if text]
    read: Any = str
    if known and all(map(_WHOLE.fullmatch, known)):
        read = int
    elif known and all(map(_REAL.fullmatch, known)):
        read = float
    elif known and TRUTH.keys() >= set(known):
        read = TRUTH.__getitem__
    return [read(text) if text else None for text in texts]


def _of_yaml(text: str, file: str) -> dict[str, Value]:
    try:
        check_bounds(text)
        root, table = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, KeyError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{file}{line} is not YAML", hint=getattr(error, "problem", None) or "quote texts") from error
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{file} is not a mapping", hint="write a line for each key, such as `north: 12`")
    lines: set[str] = set()
    for node, _ in root.value:
        if node.value in lines:
            raise UsageError(f"{file}:{node.start_mark.line + 1}: {node.value!r} stands twice", hint="keep one line")
        lines.add(node.value)
    keys = (_key_text(node, key) for (node, _), key in zip(root.value, table, strict=True))
    return dict(zip(keys, table.values(), strict=True))


def _key_text(node: yaml.Node, key: Any) -> str:
    """Return a key as text; whole numbers as they stand, because YAML reads ``012`` as ten."""
    return key if isinstance(key, str) else node.value if type(key) is int else str(written(key))
