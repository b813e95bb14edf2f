"""The interface between the public zone and the measuring process: a job in, a status out, nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, ClassVar

from synth_assets.ledger import CuratorRequest
from synth_assets.workers import LOCAL

__all__ = ["CuratorJob", "Job", "Status", "ToolJob"]


class Status(IntEnum):
    """How a measuring process ended. Before a row is read, the status depends on the ledger alone.

    After that it is DONE, DEAD, FAILED, or UNSETTLED or UNSTORED, which depend on the ledger or the storage and not on
    the rows.
    """

    DONE = 0
    """The release is written and settled."""
    LEDGER_UNAVAILABLE = 40
    """The ledger cannot be read or written; nothing was opened."""
    LEDGER_BUSY = 41
    """Another live process holds the reservation; nothing was opened here."""
    SOURCE_UNREACHABLE = 42
    """The source's files or module cannot be opened; nothing was opened."""
    REFUSED = 43
    """The ledger refuses to open the reservation; nothing was opened."""
    DEAD = 44
    """An earlier draw of this reservation was lost; it is settled without a release."""
    FAILED = 45
    """Anything else, after OPENED."""
    UNSETTLED = 46
    """The measurement is finished, but the ledger or its anchor failed when it was settled; nothing is drawn again."""
    ALTERED = 47
    """The ledger is not what was signed, anchored or registered; no row was read by this process."""
    UNSTORED = 48
    """The measurement is finished and not settled, because the storage that machines share cannot be used."""
    WORKERS_UNREACHABLE = 49
    """The workers that are to count cannot be reached; nothing was opened."""
    WORKERS_UNFIT = 50
    """They can be reached, and do not do what is asked of them; nothing was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A measurement to make; public facts only.

    Attributes:
        root: the workspace's folder.
        reservation: id of its reservation.
        plan: name of the plan that was reserved.
        arguments: the arguments that rebuild the plan, as plain JSON values.
        workers: address of what counts the rows, see ``workers.opener``.
    """

    words: ClassVar[tuple[str, ...]] = ()
    """What the program is started with."""

    root: Path
    reservation: str
    plan: str
    arguments: Mapping[str, Any]
    workers: str = LOCAL

    def to_line(self) -> bytes:
        """Return the job as one line of JSON."""
        return json.dumps({**asdict(self), "root": str(self.root)}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Job":
        """Invert :meth:`to_line`."""
        value = json.loads(line)
        return cls(**{**value, "root": Path(value["root"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratorJob:
    """Exact figures to compute for the curator's store; public facts only.

    Attributes:
        root: the workspace's folder.
        requests: what the ledger records before anything is read, one per part.
        questions: the arguments of the plan that holds each part's questions. It is not run.
        facts: what each gate's figure needs besides answers.
    """

    words: ClassVar[tuple[str, ...]] = ("curator",)
    """What the program is started with."""

    root: Path
    requests: tuple[CuratorRequest, ...]
    questions: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Mapping[str, Any]]

    @property
    def path(self) -> Path:
        """The file that the figures go to, relative to the curator's store."""
        return Path("figures", self.requests[0].dataset, f"{self.requests[0].id}.json")

    def to_line(self) -> bytes:
        """Return the job as one line of JSON."""
        requests = [asdict(request) for request in self.requests]
        facts = {"root": str(self.root), "questions": self.questions, "facts": self.facts}
        return json.dumps({**facts, "requests": requests}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "CuratorJob":
        """Invert :meth:`to_line`."""
        value = json.loads(line)
        return cls(
            root=Path(value["root"]),
            requests=tuple(CuratorRequest(**request) for request in value["requests"]),
            questions=tuple(value["questions"]),
            facts=value["facts"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolJob:
    """A tool to run on exact rows for the curator's store; public facts only.

    Attributes:
        root: the workspace's folder.
        requests: what the ledger records before anything is read, one per part.
        script: the tool's file.
        digest: its SHA-256; a file that was changed since is not run.
        python: the interpreter that runs it, in an environment of its own.
        minutes: after how many it is ended.
        domain: the columns of all tables, as ``Domain.as_json`` writes them.
        task: what the tool is told besides.
    """

    words: ClassVar[tuple[str, ...]] = ("tool",)
    """What the program is started with."""

    root: Path
    requests: tuple[CuratorRequest, ...]
    script: Path
    digest: str
    python: Path
    minutes: int
    domain: Sequence[Mapping[str, Any]]
    task: Mapping[str, Any]

    @property
    def path(self) -> Path:
        """The folder that the tool's output goes to, relative to the curator's store."""
        return Path("tools", self.requests[0].dataset, self.requests[0].id)

    @property
    def rows(self) -> int:
        """The most rows of each table; the ledger holds the same number."""
        return self.requests[0].rows or 0

    def to_line(self) -> bytes:
        """Return the job as one line of JSON."""
        return json.dumps(asdict(self), default=str).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "ToolJob":
        """Invert :meth:`to_line`."""
        value = json.loads(line)
        paths = {word: Path(value[word]) for word in ("root", "script", "python")}
        requests = tuple(CuratorRequest(**request) for request in value["requests"])
        return cls(**{**value, **paths, "requests": requests})
