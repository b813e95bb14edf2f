"""The formats of codebooks that there are, and the one way to read one.

Example:
    >>> list(FORMATS)
    ['csv', 'frictionless', 'ddi', 'croissant']
"""

from pathlib import Path

from synth_assets.drafting.codebooks.codebook import Codebook, CodebookFormat, codebook_error
from synth_assets.drafting.codebooks.croissant import CroissantFormat
from synth_assets.drafting.codebooks.ddi import DdiFormat
from synth_assets.drafting.codebooks.frictionless import FrictionlessFormat
from synth_assets.drafting.codebooks.table import TableFormat
from synth_assets.errors import IntegrityError
from synth_assets.reading import MOST_BYTES, read_file

__all__ = ["FORMATS", "read_codebook"]

_ALL: tuple[CodebookFormat, ...] = (TableFormat(), FrictionlessFormat(), DdiFormat(), CroissantFormat())
FORMATS: dict[str, CodebookFormat] = {kind.name: kind for kind in _ALL}
"""One line per format."""


def read_codebook(path: Path, *, kind: str | None = None) -> Codebook:
    """Read a codebook of at most 32 MiB.

    Args:
        path: its file.
        kind: one of :data:`FORMATS`; by default the first that recognises it.

    Raises:
        UsageError: there is no such file, no format recognises it, or it is not of its format.
    """
    try:
        content = read_file(path.resolve())
    except IntegrityError as error:
        raise codebook_error(
            path.name, f"cannot be read: {error.message}", hint=f"give a regular file of at most {MOST_BYTES:,} bytes"
        ) from error
    formats = [FORMATS[kind]] if kind else [each for each in _ALL if each.recognises(path.name, content)]
    if not formats:
        known = "; ".join(f"{each.name}: {each.what}" for each in _ALL)
        raise codebook_error(path.name, "is of no format that is known here", hint=f"known formats: {known}")
    return formats[0].read(path.name, content)
