"""What every format of codebook is read into: tables of variables, in words and texts.

A codebook is public by what it is for, and written by somebody else: texts stay
texts here, and whoever writes a contract decides what they mean. Only what is
declared is read. Statistics of the data (a smallest value that occurred, how
often a category did) are values of private rows, and stay out whatever the
format calls them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from synth_assets.characters import visible
from synth_assets.errors import UsageError

__all__ = ["MOST_VARIABLES", "Codebook", "CodebookFormat", "Variable", "codebook_error", "plain", "text_of"]

MOST_VARIABLES = 10_000
"""Variables of one codebook."""
_LONGEST_WORDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a codebook says of one column; what it does not say is empty or ``None``.

    Attributes:
        name: of the column, as the codebook spells it.
        kind: a kind of column (``domain.kinds``), where the format's own type means one.
        minimum: as it is written.
        maximum: as it is written.
        categories: the values that there are, as texts, in their order.
        labels: what values mean, for people.
        missing: texts that mean that nothing is known.
        nullable: whether values may be missing.
        decimals: digits behind the point.
        description: one line for people.
    """

    name: str
    kind: str | None = None
    minimum: str = ""
    maximum: str = ""
    categories: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    nullable: bool | None = None
    decimals: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """A codebook as it was read.

    Attributes:
        title: what people call it.
        tables: the variables of each table, by the table's name.
        remarks: what was left out, for people.
        head: the names in the file's own head, if it is a table itself.
    """

    title: str
    tables: Mapping[str, tuple[Variable, ...]]
    remarks: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


class CodebookFormat(Protocol):
    """Reads codebooks of one format."""

    name: ClassVar[str]
    """What the command line calls it."""
    what: ClassVar[str]
    """What it is, for messages."""

    def recognises(self, file: str, content: bytes) -> bool:
        """Tell whether a file is one, by its name and its content; never raises."""
        ...

    def read(self, file: str, content: bytes) -> Codebook:
        """Return what it says. Raises UsageError: it is not of this format, or beyond its limits."""
        ...


def codebook_error(file: str, problem: str, *, hint: str = "") -> UsageError:
    """Return the refusal of a codebook."""
    return UsageError(f"codebook {plain(file)} {problem}", hint=hint)


def plain(text: str, *, most: int = _LONGEST_WORDS) -> str:
    """Return a text on one line, its unseen characters written out, cut after ``most`` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 3]}..."


def text_of(value: object) -> str:
    """Return a plain JSON value as the text that a person would write; of anything else nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""
