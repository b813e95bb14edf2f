"""DDI Codebook 2.5 (and 2.0 to 2.6, which say the same of variables): XML of archives and statistical offices.

Valid ranges and categories are declarations and are read. ``sumStat`` and ``catStat``, the smallest value that occurs
or how often a category does, were counted in the private rows: they are not read.

References:
    https://ddialliance.org/Specification/DDI-Codebook/2.5/
"""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar
from xml.etree.ElementTree import Element

from synth_assets.drafting.codebooks.bounded_xml import parse_xml
from synth_assets.drafting.codebooks.codebook import MOST_VARIABLES, Codebook, Variable, codebook_error

__all__ = ["DdiFormat"]

_STATISTICS = ("sumStat", "catStat")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class DdiFormat:
    """Implements ``CodebookFormat``."""

    name: ClassVar[str] = "ddi"
    what: ClassVar[str] = "a DDI codebook"

    def recognises(self, file: str, content: bytes) -> bool:
        """See ``CodebookFormat``."""
        return file.lower().endswith(".xml") or b"codeBook" in content[:4096]

    def read(self, file: str, content: bytes) -> Codebook:
        """See ``CodebookFormat``."""
        try:
            root = parse_xml(content)
        except ValueError as error:
            raise codebook_error(file, f"cannot be read: {error}") from error
        variables = list(root.iter("var"))
        if root.tag != "codeBook" or not variables:
            raise codebook_error(file, "describes no variable", hint="a DDI codebook is a `codeBook` with `var`")
        if len(variables) > MOST_VARIABLES:
            raise codebook_error(file, f"has more than {MOST_VARIABLES:,} variables")
        names = {part.get("ID", ""): _words(part, "fileTxt/fileName") for part in root.iter("fileDscr")}
        tables: dict[str, list[Variable]] = {}
        for variable in variables:
            for table in _files(variable):
                tables.setdefault(names.get(table) or table or PurePath(file).stem, []).append(_variable(variable))
        seen = any(next(root.iter(tag), None) is not None for tag in _STATISTICS)
        remark = "it has statistics of the rows, which were not read: a domain is declared, never what occurs"
        return Codebook(
            title=_words(root, "stdyDscr/citation/titlStmt/titl") or PurePath(file).stem,
            tables={name: tuple(listed) for name, listed in tables.items()},
            remarks=(remark,) if seen else (),
        )


def _files(variable: Element) -> list[str]:
    located = [location.get("fileid", "") for location in variable.iter("location")]
    return variable.get("files", "").split() or located or [""]


def _words(part: Element, path: str) -> str:
    found = part.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _variable(variable: Element) -> Variable:
    pairs = [(category, _words(category, "catValu")) for category in variable.findall("catgry")]
    missing = [value for category, value in pairs if category.get("missing") == "Y"]
    missing += [text for item in variable.findall("invalrng/item") if (text := item.get("VALUE", ""))]
    listed = [value for _, value in pairs] or [item.get("VALUE", "") for item in variable.findall("valrng/item")]
    categories = tuple(value for value in dict.fromkeys(listed) if value and value not in missing)
    low, high = _range(variable)
    return Variable(
        name=variable.get("name", "") or variable.get("ID", ""),
        kind=_kind(variable, categories),
        minimum=low,
        maximum=high,
        categories=categories if _are_all(categories, low, high) else (),
        labels={value: label for category, value in pairs if (label := _words(category, "labl"))},
        missing=tuple(dict.fromkeys(missing)),
        nullable=True if missing else None,
        decimals=int(digits) if re.fullmatch("[1-9]", digits := variable.get("dcml", "")) else None,
        description=_words(variable, "labl"),
    )


def _are_all(categories: tuple[str, ...], low: str, high: str) -> bool:
    """Tell whether categories are all values that there are, and not the labelled ones of a range."""
    if not (_WHOLE.fullmatch(low) and _WHOLE.fullmatch(high)):
        return not (low or high)
    listed = {int(text) for text in categories if _WHOLE.fullmatch(text)}
    return len([value for value in listed if int(low) <= value <= int(high)]) > int(high) - int(low)


def _range(variable: Element) -> tuple[str, str]:
    """Return the ends of the valid range, if it is one piece."""
    ranges = variable.findall("valrng/range")
    if len(ranges) != 1:
        return "", ""
    (valid,) = ranges
    low, high = valid.get("min", ""), valid.get("max", "")
    return low or _next(valid.get("minExclusive", ""), 1), high or _next(valid.get("maxExclusive", ""), -1)


def _next(bound: str, inside: int) -> str:
    return str(int(bound) + inside) if _WHOLE.fullmatch(bound) else bound


def _kind(variable: Element, categories: tuple[str, ...]) -> str | None:
    """Return the kind of column that the format and the nature of a variable mean."""
    return next(_kinds(variable, categories), None)


def _kinds(variable: Element, categories: tuple[str, ...]) -> Iterator[str]:
    written = variable.find("varFormat")
    stated = {"date": "date", "time": "datetime"}.get(written.get("category", "") if written is not None else "")
    if stated:
        yield stated
    if variable.get("nature") == "nominal" or (written is not None and written.get("type") == "character"):
        yield "categorical"
    if categories:
        yield "integer" if all(map(_WHOLE.fullmatch, categories)) else "categorical"
    if written is not None and written.get("type") == "numeric":
        yield "integer" if variable.get("dcml") == "0" or variable.get("intrvl") == "discrete" else "float"
