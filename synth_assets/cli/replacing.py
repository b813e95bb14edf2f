"""A command replaces what it wrote earlier, and no other file."""

from collections.abc import Callable
from pathlib import Path

from synth_assets.errors import UsageError

__all__ = ["refuse_replacing"]


def refuse_replacing(file: Path, *, kind: str, is_one: Callable[[bytes], bool]) -> None:
    """Refuse to write over a file unless it is one of those that the command writes; a new one is fine.

    Args:
        file: where the command would write.
        kind: of file, for the message.
        is_one: tells by its content whether a file is of this kind.

    Raises:
        UsageError: the file is there and is something else.
    """
    try:
        known = not file.exists() or is_one(file.read_bytes())
    except OSError:
        known = False
    if not known:
        raise UsageError(f"{file} is there already and is not {kind}", hint="give another --out; nothing was written")
