"""Public arrays that axes are made of, as files named by their digest: fitted scorers, synthetic rows.

A material is one safetensors file, ``<sha256 of the file>.safetensors``, whose metadata
holds what is not an array as JSON. Nothing is unpickled. A file may come from anybody:
its size, its header and its digest are checked before an array is made of it, and each
kind of material checks its arrays.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json, sha256_bytes, write_bytes
from synth_assets.reading import parse_json, read_file

__all__ = [
    "MOST_BYTES",
    "Arrays",
    "Material",
    "Materials",
    "content_of",
    "digest_of",
    "named_in",
    "parts_of",
    "read_content",
    "write_material",
]

Arrays = Mapping[str, NDArray[Any]]

MOST_BYTES = 64 << 20
"""Size limit of a file."""
_MOST_HEADER = 1 << 20
_LENGTH = 8
"""A safetensors file begins with the length of its header, in as many bytes."""
_FACTS = "material"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TYPES = (np.bool_, np.uint16, np.int32, np.float32, np.float64)
_HINT = "make it again: that is free"


class Material(Protocol):
    """Public arrays with a digest.

    Attributes:
        what: its kind, in files.
    """

    what: ClassVar[str]

    @property
    def digest(self) -> str:
        """SHA-256 of the file, see :func:`digest_of`."""
        ...

    def facts(self) -> dict[str, Any]:
        """Return what is not an array, as JSON values."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        ...

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Make one from what :meth:`facts` and :meth:`arrays` returned; both may come from anybody.

        Raises:
            IntegrityError: the arrays are not those of such a material.
            KeyError: a part is missing; so are ``TypeError`` and ``ValueError`` for a part of another type.
        """
        ...


Materials = Callable[[str], Material]
"""Returns the material of a digest: from a folder, or ``{one.digest: one}.__getitem__``."""
M = TypeVar("M")


def named_in(value: Mapping[str, Any], materials: Materials, kind: type[M]) -> M:
    """Return the material that an axis's JSON names.

    Raises:
        IntegrityError: it is a material of another kind.
    """
    material = materials(value["material"])
    if not isinstance(material, kind):
        raise IntegrityError(f"an axis of {value['of']!r} is made of another kind of material", hint=_HINT)
    return material


def content_of(material: Material) -> bytes:
    """Return the bytes of a material's file; the same parts give the same bytes."""
    from safetensors.numpy import save

    facts = canonical_json({**material.facts(), "what": material.what}).decode()
    arrays = {name: np.ascontiguousarray(array) for name, array in material.arrays().items()}
    content: bytes = save(arrays, metadata={_FACTS: facts})
    return content


def digest_of(material: Material) -> str:
    """Return the SHA-256 of a material's file."""
    return sha256_bytes(content_of(material))


def write_material(material: Material, *, below: Path) -> Path:
    """Write a material into a folder, whole or not at all, and return its file; the same again changes nothing.

    Raises:
        UsageError: it is larger than :data:`MOST_BYTES`.
    """
    content = content_of(material)
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"the arrays have {len(content):,} bytes, at most {MOST_BYTES:,} are read again",
            hint="use a smaller model, fewer classes or fewer rows",
        )
    path = _path(sha256_bytes(content), below=below)
    write_bytes(path, content)
    return path


def read_content(digest: str, *, below: Path) -> bytes:
    """Return the bytes of the file of that digest.

    Raises:
        IntegrityError: it is missing, too large or altered, or this is not a digest.
    """
    if not _DIGEST.fullmatch(digest):
        raise IntegrityError("the name of a material is not a digest", hint=_HINT)
    content = read_file(_path(digest, below=below), most=MOST_BYTES)
    if sha256_bytes(content) != digest:
        raise IntegrityError(f"material {digest[:12]} was altered", hint=_HINT)
    return content


def parts_of(content: bytes) -> tuple[dict[str, Any], Arrays]:
    """Return the facts and the arrays of a material's file.

    Raises:
        IntegrityError: it is not such a file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    facts = _facts(content)
    try:
        arrays: Arrays = load(content)
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise IntegrityError("the arrays of a material are not readable", hint=_HINT) from error
    if not all(array.dtype in _TYPES for array in arrays.values()):
        raise IntegrityError("a material has an array of a type that none of ours has", hint=_HINT)
    return facts, arrays


def _facts(content: bytes) -> dict[str, Any]:
    length = int.from_bytes(content[:_LENGTH], "little")
    if not 0 < length <= _MOST_HEADER:
        raise IntegrityError("the header of a material is too long", hint=_HINT)
    header = parse_json(content[_LENGTH : _LENGTH + length], name="the header of a material", most=_MOST_HEADER)
    try:
        facts = parse_json(header["__metadata__"][_FACTS], name="the description of a material", most=_MOST_HEADER)
    except (KeyError, TypeError) as error:
        raise IntegrityError("a material lacks its description", hint=_HINT) from error
    if not isinstance(facts, dict):
        raise IntegrityError("a material lacks its description", hint=_HINT)
    return facts


def _path(digest: str, *, below: Path) -> Path:
    return below / f"{digest}.safetensors"
