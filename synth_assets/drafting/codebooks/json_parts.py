"""Parts of JSON that somebody else wrote: what is not of the wanted form is nothing.

Example:
    >>> mappings({"a": 1}), mappings([{"a": 1}, 2]), sequence("x")
    ([{'a': 1}], [{'a': 1}], ['x'])
"""

from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any

from synth_assets.drafting.codebooks.codebook import MOST_VARIABLES, Codebook, Variable, codebook_error, text_of
from synth_assets.errors import IntegrityError
from synth_assets.reading import parse_json

__all__ = ["codebook_of", "is_json_with", "mapping", "mappings", "object_of", "sequence"]


def object_of(file: str, content: bytes) -> Mapping[str, Any]:
    """Return the JSON object that a file holds, read within limits.

    Raises:
        UsageError: it does not hold one, or a limit is exceeded.
    """
    try:
        whole = parse_json(content.removeprefix(b"\xef\xbb\xbf"), name=file)
    except IntegrityError as error:
        problem = error.message.removeprefix(file).strip()
        raise codebook_error(file, problem, hint="it must be one JSON object in UTF-8") from error
    if not isinstance(whole, dict):
        raise codebook_error(file, "is not a JSON object")
    return whole


def codebook_of(
    file: str, tables: Mapping[str, tuple[Variable, ...]], *, title: Any, version: Any, remarks: tuple[str, ...] = ()
) -> Codebook:
    """Return a codebook of tables of fields, whose title is what the file says of itself, or its name.

    Raises:
        UsageError: there are no tables, or too many fields.
    """
    if not tables:
        raise codebook_error(file, "describes no field", hint="; ".join(remarks) or "a table has `fields` or `field`")
    if sum(map(len, tables.values())) > MOST_VARIABLES:
        raise codebook_error(file, f"has more than {MOST_VARIABLES:,} fields")
    stated = " ".join(filter(None, (text_of(title), text_of(version))))
    return Codebook(title=stated or PurePath(file).stem, tables=tables, remarks=remarks)


def is_json_with(file: str, content: bytes, keys: Collection[str]) -> bool:
    """Tell whether a file holds a JSON object with one of ``keys``, which may have a prefix such as ``cr:``."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    try:
        whole = parse_json(content.removeprefix(b"\xef\xbb\xbf"), name=file)
    except IntegrityError:
        return False
    return any(key.split(":")[-1] in keys for key in whole)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, and an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a list as it is, nothing of nothing, and anything else as the only one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings of a list, or the only one."""
    return [part for part in sequence(value) if isinstance(part, dict)]
