"""Console blocks of the documents, and a shell that follows them word by word.

A block that a reader types is followed by ``test_pages.py``, unless a comment in front of it names another test,
``<!-- run by tests/end_to_end/test_drafting.py -->``, or the reason why none can: ``<!-- not run: needs a bucket -->``.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile, groupby
from pathlib import Path

import synth_assets

ROOT = Path(synth_assets.__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(
    r"(?:<!-- (?:not run:|run by) (?P<reason>[^\n]+?) -->\n+)?^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_PROMPTED = re.compile(r"^ *\$ ((?:.*\\\n)*.*)$", re.MULTILINE)
_TYPED = ("console", "bash")


@dataclass(frozen=True)
class Block:
    """A block of a page, as it is written there."""

    page: str
    line: int
    language: str
    text: str
    reason: str
    """Why no test runs it, or which other test does, or nothing."""

    @property
    def is_typed(self) -> bool:
        """Whether a reader types it into a shell."""
        return self.language in _TYPED

    @property
    def script(self) -> str:
        """What the reader types: of a console, the lines after a prompt with those that continue them."""
        return "\n".join(_PROMPTED.findall(self.text)) if self.language == "console" else self.text


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page in their order."""
    text = page.read_text()
    for match in _BLOCK.finditer(text):
        yield Block(
            page=page.relative_to(ROOT).as_posix(),
            line=text.count("\n", 0, match.start("text")) + 1,
            language=match["language"],
            text=match["text"],
            reason=match["reason"] or "",
        )


def typed_blocks() -> list[Block]:
    """Return all blocks that a reader types."""
    return [block for page in PAGES for block in blocks_of(page) if block.is_typed]


def calls_in(script: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of ``synth-assets`` in a script."""
    for line in script.replace("\\\n", " ").splitlines():
        if "synth-assets" in line:
            lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            for is_between, words in groupby(lexer, key=lambda word: set(word) <= set(";&|()<>")):
                call = list(dropwhile(lambda word: "=" in word, words))  # variables before the command
                if not is_between and call[:1] == ["synth-assets"]:
                    yield call[1:]


@dataclass
class Reader:
    """Somebody who follows a page in a folder; where they are is remembered from block to block."""

    page: str
    folder: Path
    replaced: Mapping[str, str] = field(default_factory=dict)
    """What is called otherwise here than on the page, such as the folder of the private table."""

    def __post_init__(self) -> None:
        self.blocks = list(blocks_of(ROOT / self.page))
        self._programs = self.folder.parent / f"{self.folder.name}-programs"
        self._programs.mkdir(exist_ok=True)
        program = self._programs / "synth-assets"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m synth_assets "$@"\n')
        program.chmod(0o755)

    def block(self, *, beginning: str, language: str = "yaml") -> str:
        """Return the block of the page that begins so."""
        (text,) = [
            block.text for block in self.blocks if block.language == language and block.text.startswith(beginning)
        ]
        return text

    def to_follow(self) -> list[Block]:
        """Return the blocks that a reader types, unless the page gives a reason not to."""
        return [block for block in self.blocks if block.is_typed and not block.reason]

    def run(self, script: str) -> str:
        """Run a script with this environment's programs; a command that fails ends it."""
        for word, ours in self.replaced.items():
            script = script.replace(word, ours)
        here = self._programs / "here"
        begin = here.read_text().strip() if here.exists() else str(self.folder)
        shell = ["bash", "-euc", f"{script}\npwd > {shlex.quote(str(here))}"]
        done = subprocess.run(shell, cwd=begin, env=self._environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{self.page}\n{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        left_out = ("SYNTH_ASSETS_", "MLFLOW_TRACKING_URI", "DAGSTER_HOME")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        programs = os.pathsep.join([str(self._programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        return {**kept, "PATH": programs, "PYTHONPATH": str(ROOT)}
