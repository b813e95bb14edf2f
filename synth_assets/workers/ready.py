"""Whether workers can do what will be asked of them, found out before anything is paid."""

import secrets
from importlib.metadata import version
from pathlib import Path

from synth_assets.errors import Fault
from synth_assets.workers.pool import Pool

__all__ = ["is_ready"]

_SECONDS = 60.0


def is_ready(pool: Pool, scratch: Path) -> bool:
    """Tell whether a worker answers within a minute, has our version, and reads and writes our scratch folder."""
    question, word = scratch / secrets.token_hex(8), secrets.token_hex(8)
    question.write_text(word, encoding="utf-8")
    try:
        ((_, answer),) = pool.results(_answer, [(question, version("synth-assets"))], seconds=_SECONDS)
    except Fault:
        return False
    return bool(_beside(question).exists() and answer == word)


def _answer(question: Path, wanted: str) -> str | None:
    if version("synth-assets") != wanted:
        return None
    _beside(question).touch(mode=0o600)
    return question.read_text(encoding="utf-8")


def _beside(question: Path) -> Path:
    return question.with_suffix(".answer")
