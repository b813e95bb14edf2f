r"""A codebook as a table: CSV with a head and a line per variable.

The head names what stands below it, in any order: ``name`` must be there; ``type``, ``min``, ``max``, ``categories``,
``description``, ``nullable``, ``missing`` and ``decimals`` may be. Categories and missing values are separated by ``;``
or ``|``, or are a JSON list; ``1 = male`` says what a value means.

Example:
    >>> head = b"variable,type,min,max,categories,label\n"
    >>> read = TableFormat().read("c.csv", head + b"age,int,0,110,,Age in years\nsex,,,,1 = male; 2 = female,Sex\n")
    >>> age, sex = read.tables["c"]
    >>> age.kind, age.maximum, sex.categories, dict(sex.labels)
    ('integer', '110', ('1', '2'), {'1': 'male', '2': 'female'})
"""

import csv
import io
import json
import re
from functools import cache
from pathlib import PurePath
from typing import ClassVar

from synth_assets.drafting.codebooks.codebook import (
    MOST_VARIABLES,
    Codebook,
    Variable,
    codebook_error,
    text_of,
)

__all__ = ["TableFormat"]

_HEADS = {
    "name": ("name", "variable", "column", "field", "varname"),
    "type": ("type", "datatype", "data type", "kind"),
    "min": ("min", "minimum", "lower"),
    "max": ("max", "maximum", "upper"),
    "categories": ("categories", "values", "levels", "codes", "enum"),
    "description": ("description", "label", "meaning", "title", "text"),
    "nullable": ("nullable", "optional"),
    "missing": ("missing", "missing values", "null tokens", "na"),
    "decimals": ("decimals", "digits"),
}
_TRUTH = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_LABELLED = re.compile(r"([^=<>]*[^=<>\s])\s*=\s*([^=].*)")
_SEPARATORS = (",", ";", "\t", "|")


class TableFormat:
    """Implements ``CodebookFormat``."""

    name: ClassVar[str] = "csv"
    what: ClassVar[str] = "a CSV file with a line per variable"

    def recognises(self, file: str, content: bytes) -> bool:
        """See ``CodebookFormat``."""
        del content
        return file.lower().endswith((".csv", ".tsv"))

    def read(self, file: str, content: bytes) -> Codebook:
        """See ``CodebookFormat``."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise codebook_error(file, f"is not UTF-8 in line {line}", hint="save it as UTF-8") from error
        separator, head, names = _head(text, file)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        variables: list[Variable] = []
        try:
            next(lines)
            for cells in lines:
                if any(cell.strip() for cell in cells):
                    variables.append(_variable(dict(zip(names, cells, strict=False)), file, lines.line_num))
                if len(variables) > MOST_VARIABLES:
                    raise codebook_error(file, f"has more than {MOST_VARIABLES:,} variables")
        except csv.Error as error:
            raise codebook_error(file, f"is not CSV in line {lines.line_num}: {error}") from error
        if len({variable.name for variable in variables}) < len(variables):
            raise codebook_error(file, "has a name twice", hint="a codebook has one line per column")
        stem = PurePath(file).stem
        return Codebook(title=stem, tables={stem: tuple(variables)}, head=tuple(head))


def _head(text: str, file: str) -> tuple[str, list[str], list[str]]:
    """Return a head's separator, its cells, and their names in our words; the name of other columns is empty."""
    first = text.split("\n", 1)[0].rstrip("\r")
    known = {word: name for name, words in _HEADS.items() for word in words}
    heads = {mark: next(csv.reader([first], delimiter=mark), []) for mark in _SEPARATORS}
    named = {mark: [known.get(_word(cell), "") for cell in cells] for mark, cells in heads.items()}
    separator = max(_SEPARATORS, key=lambda mark: len([name for name in named[mark] if name]))
    names = named[separator]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if "name" not in names or twice:
        problem = f"has two columns for {twice[0]!r} in its head" if twice else "has no column `name` in its head"
        raise codebook_error(file, problem, hint=f"a head names some of: {', '.join(_HEADS)}")
    if not any(name not in ("", "name") for name in names):
        problem = "says nothing of its variables: its head has `name` and no other word that is known here"
        raise codebook_error(file, problem, hint=f"a head names some of: {', '.join(_HEADS)}")
    return separator, [cell.strip() for cell in heads[separator]], names


def _word(cell: str) -> str:
    return cell.strip().lower().replace("_", " ")


def _variable(cells: dict[str, str], file: str, line: int) -> Variable:
    said = {name: cell.strip() for name, cell in cells.items()}
    if not said.get("name"):
        raise codebook_error(file, f"has a variable without a name in line {line}")
    values, labels = _listed(said.get("categories", ""))
    missing, meanings = _listed(said.get("missing", ""))
    decimals = said.get("decimals", "")
    return Variable(
        name=said["name"],
        kind=_kinds_by_word().get(said.get("type", "").lower()),
        minimum=said.get("min", ""),
        maximum=said.get("max", ""),
        categories=values,
        labels=labels | meanings,
        missing=missing,
        nullable=_TRUTH.get(said.get("nullable", "").lower()),
        decimals=int(decimals) if re.fullmatch("[0-9]{1,2}", decimals) else None,
        description=said.get("description", ""),
    )


def _listed(cell: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the values of a cell, and what those mean of which it says so."""
    if cell.startswith("["):
        try:
            return tuple(map(text_of, json.loads(cell))), {}
        except (ValueError, TypeError, RecursionError):
            pass
    separator = "|" if "|" in cell else ";"
    parts = [part.strip() for part in cell.split(separator) if part.strip()]
    pairs = [(match[1], match[2]) if (match := _LABELLED.fullmatch(part)) else (part, "") for part in parts]
    return tuple(value for value, _ in pairs), {value: label for value, label in pairs if label}


@cache
def _kinds_by_word() -> dict[str, str]:
    """Return the kind that each word stands for; ``--help`` names formats, and must not load them."""
    from synth_assets.domain.kinds.registry import KINDS

    return {word: kind.name for kind in KINDS.values() for word in (kind.name, *kind.called)}
