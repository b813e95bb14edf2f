"""Keep copies of the ledger's head (anchors) where the ledger's administrator cannot rewrite them.

The hash chain shows that a ledger log is consistent; an anchor shows that it
continues the log that was seen before. Every opening is anchored before its
permit is given and every draw before it is made. Nothing is reserved on a log that
lacks an anchored entry: a restored backup, a truncated or a re-chained copy.

Only ``init`` creates an anchor, once. An anchor that was deleted and recreated
empty could not detect a restored backup, so a missing anchor, or one that does
not know the ledger, is refused.

``file:/mnt/elsewhere/anchors.jsonl`` appends to a file (of another machine, or
append-only), ``git:/path/to/clone`` commits to a repository, ``https://host/path``
posts to a service that answers GET with the newest head it was given.
"""

import fcntl
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from synth_assets.errors import IntegrityError, LedgerUnavailable, UsageError
from synth_assets.files import canonical_json, write_bytes

__all__ = ["ENVIRONMENT", "Anchor", "FileAnchor", "GitAnchor", "Head", "HttpAnchor", "known_head", "open_anchor"]

ENVIRONMENT = "SYNTH_ASSETS_ANCHOR"
_SECONDS = 15
_TAIL_LINES = 500
_TAIL_BYTES = _TAIL_LINES * 400
_NOT_A_HEAD = "it holds something that is not a head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One entry of the ledger log as an anchor stores it: number, hash and signature."""

    ledger_id: str
    seq: int
    hash: str
    key_id: str | None = None
    signature: str | None = None


class Anchor(Protocol):
    """Stores heads. All methods raise LedgerUnavailable if it is missing or cannot be reached."""

    @property
    def where(self) -> str:
        """The anchor's address, for messages."""
        ...

    def init(self, head: Head) -> None:
        """Create the anchor if needed and store a ledger's first head. Raises UsageError if it has one already."""
        ...

    def write(self, head: Head) -> None:
        """Store ``head`` durably in an existing anchor."""
        ...

    def heads(self, ledger_id: str) -> Iterator[Head]:
        """Yield the stored heads of one ledger, newest last; nothing if the anchor knows other ledgers only."""
        ...

    def newest(self, ledger_id: str) -> Head | None:
        """Return the newest stored head of one ledger, without reading all of them."""
        ...


class FileAnchor:
    """Heads as lines of a file, each written and synced at once."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def where(self) -> str:
        """See :class:`Anchor`."""
        return str(self.path)

    def init(self, head: Head) -> None:
        """See :class:`Anchor`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o644))
        except OSError as error:
            raise _unreachable(self.where, error.strerror or "failed") from None
        _check_new(self, head)
        self.write(head)

    def write(self, head: Head) -> None:
        """See :class:`Anchor`."""
        try:
            descriptor = os.open(self.path, os.O_APPEND | os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)  # without it, writers of two copies of a ledger could both pass
                self._refuse_fork(head)
                size = os.fstat(descriptor).st_size
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                os.write(descriptor, (b"\n" if torn else b"") + _line(head))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            raise _unknown(self.where, "there is no such file") from None
        except OSError as error:
            raise _unreachable(self.where, error.strerror or "failed") from None

    def _refuse_fork(self, head: Head) -> None:
        """Refuse a different head for an anchored number: somebody writes to another copy of this ledger."""
        stored = _tail_heads(self._text(_TAIL_BYTES), ledger_id=head.ledger_id, where=self.where)
        if any(known.seq == head.seq and known.hash != head.hash for known in stored):
            raise IntegrityError(
                f"the anchor {self.where} holds a different entry {head.seq} of this ledger",
                hint="there are two copies of the ledger; run synth-assets ledger verify --anchor, tell the officer",
            )

    def heads(self, ledger_id: str) -> Iterator[Head]:
        """See :class:`Anchor`."""
        return _parsed(self._text(0), ledger_id=ledger_id, where=self.where)

    def newest(self, ledger_id: str) -> Head | None:
        """See :class:`Anchor`; reads the file's end first."""
        end = self._text(_TAIL_BYTES)
        return _newest(end, ledger_id=ledger_id, where=self.where) or _last(self.heads(ledger_id))

    def _text(self, tail: int) -> str:
        """Read the last whole lines within ``tail`` bytes; 0 reads everything."""
        try:
            with self.path.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                start = max(size - tail, 0) if tail else 0
                stream.seek(start)
                text = stream.read().decode()
        except FileNotFoundError:
            raise _unknown(self.where, "there is no such file") from None
        except OSError as error:
            raise _unreachable(self.where, error.strerror or "failed") from None
        except UnicodeDecodeError:
            raise _unreachable(self.where, _NOT_A_HEAD) from None
        return text.partition("\n")[2] if start else text


class GitAnchor:
    """Heads as lines of a file whose history is in a git repository; read from its last commit."""

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def where(self) -> str:
        """See :class:`Anchor`."""
        return str(self.folder)

    def init(self, head: Head) -> None:
        """See :class:`Anchor`; the repository must exist: a new one would not be copied anywhere else."""
        with self._locked():
            known = self._text(head.ledger_id)
            if known is not None:
                _check_new(self, head)
            self._commit(head, after=known or "")

    def write(self, head: Head) -> None:
        """See :class:`Anchor`; appends to the last commit's content and ignores the file in the working folder."""
        with self._locked():
            self._commit(head, after=self._known(head.ledger_id))

    def heads(self, ledger_id: str) -> Iterator[Head]:
        """See :class:`Anchor`."""
        return _parsed(self._known(ledger_id), ledger_id=ledger_id, where=self.where)

    def newest(self, ledger_id: str) -> Head | None:
        """See :class:`Anchor`."""
        return _newest(self._known(ledger_id)[-_TAIL_BYTES:], ledger_id=ledger_id, where=self.where)

    def _commit(self, head: Head, *, after: str) -> None:
        name = _file_name(head.ledger_id)
        identity = ("-c", "user.name=synth-assets", "-c", "user.email=ledger@localhost", "-c", "commit.gpgsign=false")
        whole = after if after.endswith("\n") or not after else f"{after}\n"
        try:
            write_bytes(self.folder / name, whole.encode() + _line(head))
        except OSError as error:
            raise _unreachable(self.where, error.strerror or "failed") from None
        self._git("add", "--", name)
        self._git(*identity, "commit", "--quiet", "--message", f"ledger head {head.seq}", "--", name)

    def _known(self, ledger_id: str) -> str:
        text = self._text(ledger_id)
        if text is None:
            raise _unknown(self.where, f"its last commit has no {_file_name(ledger_id)}")
        return text

    def _text(self, ledger_id: str) -> str | None:
        name = _file_name(ledger_id)
        if not self._git("rev-list", "--all", "--max-count=1").strip():
            return None  # nothing was ever committed, so HEAD does not exist
        known = self._git("ls-tree", "--name-only", "HEAD", "--", name)
        return self._git("show", f"HEAD:./{name}") if known.strip() else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold a lock of our own, because git fails at once when another process holds its index."""
        folder = Path(self._git("rev-parse", "--absolute-git-dir").strip())
        with (folder / "synth-assets.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _git(self, *arguments: str) -> str:
        try:
            completed = subprocess.run(
                ["git", "-C", str(self.folder), *arguments],
                capture_output=True,
                text=True,
                check=True,
                timeout=_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            reason = (error.stderr or error.stdout or "git failed").strip().splitlines()[-1]
            raise _unreachable(self.where, reason) from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _unreachable(self.where, type(error).__name__) from None
        return completed.stdout


class HttpAnchor:
    """Heads in a service: POST a head to ``url/ledger_id``; GET returns the newest as JSON, or 404."""

    __slots__ = ("url",)

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @property
    def where(self) -> str:
        """See :class:`Anchor`."""
        return self.url

    def init(self, head: Head) -> None:
        """See :class:`Anchor`; the service creates its record on the first POST."""
        with suppress(urllib.error.HTTPError):
            known = _parsed(self._ask(head.ledger_id, data=None), ledger_id=head.ledger_id, where=self.where)
            if _last(known) is not None:
                raise _known_before(self.where)
        self.write(head)

    def write(self, head: Head) -> None:
        """See :class:`Anchor`; call :meth:`newest` first: a service cannot tell a first head from a later one."""
        self._ask(head.ledger_id, data=canonical_json(asdict(head)))

    def heads(self, ledger_id: str) -> Iterator[Head]:
        """See :class:`Anchor`; the newest one only."""
        try:
            text = self._ask(ledger_id, data=None)
        except urllib.error.HTTPError:
            raise _unknown(self.where, "it answered 404") from None
        return _parsed(text, ledger_id=ledger_id, where=self.where)

    def newest(self, ledger_id: str) -> Head | None:
        """See :class:`Anchor`."""
        return _last(self.heads(ledger_id))

    def _ask(self, ledger_id: str, *, data: bytes | None) -> str:
        """Send a POST or a GET; a 404 to a GET means that the ledger is unknown and is raised unchanged."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{ledger_id}", data=data, headers=headers)  # noqa: S310 -- open_anchor allows http and https only
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 -- same
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            error.close()
            if data is None and error.code == 404:  # noqa: PLR2004 -- not found
                raise
            raise _unreachable(self.where, f"it answered {error.code}") from None
        except (OSError, ValueError) as error:
            raise _unreachable(self.where, type(error).__name__) from None


def known_head(anchor: Anchor, ledger_id: str) -> Head:
    """Return the newest anchored head of a ledger. A run calls this before it trusts the ledger.

    Raises:
        LedgerUnavailable: the anchor is missing, cannot be reached, or does not know this ledger.
    """
    newest = anchor.newest(ledger_id)
    if newest is None:
        raise _unknown(anchor.where, "it knows other ledgers only")
    return newest


def open_anchor(text: str) -> Anchor:
    """Return the anchor at ``file:...``, ``git:...``, ``https://...`` or ``http://...``.

    Raises:
        UsageError: for any other text.
    """
    kind, _, rest = text.partition(":")
    if kind == "file" and rest:
        return FileAnchor(Path(rest))
    if kind == "git" and rest:
        return GitAnchor(Path(rest))
    if kind in ("https", "http") and rest.startswith("//"):
        return HttpAnchor(text)
    raise UsageError(
        f"{text!r} is not an anchor", hint="file:/path/anchors.jsonl, git:/path/to/clone or https://host/path"
    )


def _parsed(text: str, *, ledger_id: str, where: str) -> Iterator[Head]:
    # A line that a power failure cut short was never acted on, so it is skipped.
    whole = [line for line in text.splitlines() if line.strip() and (line.endswith("}") or not line.startswith("{"))]
    try:
        heads = [Head(**json.loads(line)) for line in whole]
    except (ValueError, TypeError):
        raise _unreachable(where, _NOT_A_HEAD) from None
    return iter(sorted((head for head in heads if head.ledger_id == ledger_id), key=lambda head: head.seq))


def _newest(tail: str, *, ledger_id: str, where: str) -> Head | None:
    """Return the highest head in the last lines: heads may be written in another order than their entries."""
    return _last(_tail_heads(tail, ledger_id=ledger_id, where=where))


def _tail_heads(tail: str, *, ledger_id: str, where: str) -> Iterator[Head]:
    """Yield the heads in the last whole lines, by number."""
    lines = tail.splitlines()
    whole = lines[1:] if lines and not lines[0].startswith("{") else lines
    return _parsed("\n".join(whole[-_TAIL_LINES:]), ledger_id=ledger_id, where=where)


def _last(heads: Iterator[Head]) -> Head | None:
    return next(iter(deque(heads, maxlen=1)), None)


def _line(head: Head) -> bytes:
    return canonical_json(asdict(head)) + b"\n"


def _file_name(ledger_id: str) -> str:
    return f"ledger-{ledger_id}.jsonl"


def _check_new(anchor: Anchor, head: Head) -> None:
    if anchor.newest(head.ledger_id) is not None:
        raise _known_before(anchor.where)


def _known_before(where: str) -> UsageError:
    return UsageError(
        f"the anchor {where} holds heads of this ledger already", hint="it is set up; nothing needs to be done"
    )


def _unreachable(where: str, reason: str) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"the anchor {where} cannot be used: {reason}", hint="repair the anchor first: nothing is opened without it"
    )


def _unknown(where: str, reason: str) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"the anchor {where} holds no head of this ledger: {reason}",
        hint="find out who removed it, because nothing else detects a restored backup; "
        "if it never existed, create it once with synth-assets ledger anchor init",
    )
