"""The journal of draws: what was about to be drawn, and what came out, in the private zone.

A draw has a number and a request. Its request is written before the noise is
drawn and announced in the ledger; its answer is written after, and its digest
noted in the ledger. All writes are durable before the next step. So after a
kill at any moment exactly one of these holds of a number:

- the answer is there: it is used again, and nothing is drawn;
- it was never announced in the ledger: nothing was drawn, and it may be;
- it was announced and has no answer: noise may have been drawn and lost. This
  reservation is then dead (:class:`DeadReservation`): it can never draw again.

The folder also keeps the secret of the contribution bounding, so that a
resumed measurement counts the same rows.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from synth_assets.files import canonical_json, sha256_bytes, write_bytes
from synth_assets.ledger import DataPermit, Ledger
from synth_assets.source.bounding import SECRET_BYTES

__all__ = ["DeadReservation", "Journal", "journal_folder"]

Exact = TypeVar("Exact")


class DeadReservation(Exception):  # noqa: N818 - never leaves this room: becomes a status
    """A draw was announced and its answer is lost; nothing may be drawn under this reservation any more."""


def journal_folder(private: Path, reservation_id: str) -> Path:
    """Return where the journal of a reservation is."""
    return private / "journal" / reservation_id


class Journal:
    """The draws of one reservation, for the process that holds its permit.

    Args:
        folder: from :func:`journal_folder`.
        ledger: keeps the digests.
        permit: redeemed.
    """

    __slots__ = ("_folder", "_known", "_ledger", "_permit")

    def __init__(self, folder: Path, *, ledger: Ledger, permit: DataPermit) -> None:
        self._folder = folder
        self._ledger = ledger
        self._permit = permit
        self._known = {draw.number: draw for draw in ledger.draws(permit.reservation_id)}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self) -> bytes:
        """Return the secret of this reservation; made at the first call, the same ever after."""
        path = self._folder / "secret"
        if not path.exists():
            write_bytes(path, secrets.token_bytes(SECRET_BYTES))
        return path.read_bytes()

    def check(self) -> None:
        """Check every draw that was announced before.

        Raises:
            DeadReservation: an announced draw has no answer here, or another one.
        """
        for draw in self._known.values():
            answer = self._read(self._answer(draw.number))
            if answer is None or draw.answer_digest not in (None, sha256_bytes(answer)):
                raise DeadReservation
            if draw.answer_digest is None:
                # The kill fell between the answer and its note; now it is noted.
                self._ledger.record_answer(self._permit, draw.number, sha256_bytes(answer))

    def draw(
        self,
        number: int,
        request: Any,
        *,
        exact: Callable[[], Exact],
        noisy: Callable[[Exact], Any],
        undisturbed: AbstractContextManager[Any],
    ) -> Any:
        """Return the answer of a draw: the journaled one, or what is drawn now, once.

        Args:
            number: 0 for what discovers categories, then 1, 2, 3 ... in the order of the strategy.
            request: plain JSON values that say everything about the draw.
            exact: computes what the noise is added to; a replay does not need it.
            noisy: draws; returns plain JSON values.
            undisturbed: entered from before the announcement until the answer is noted.

        Raises:
            DeadReservation: it was announced with another request.
        """
        asked = canonical_json(request)
        if number in self._known:
            if self._known[number].intent_digest != sha256_bytes(asked):
                raise DeadReservation
            return json.loads(self._answer(number).read_bytes())
        # Counting is no draw: it comes first, so that little can happen between announcement and answer.
        counts = exact()
        with undisturbed:
            write_bytes(self._folder / f"{number}.intent.json", asked)
            self._ledger.record_intent(self._permit, number, sha256_bytes(asked))
            answer = noisy(counts)
            written = canonical_json(answer)
            write_bytes(self._answer(number), written)
            self._ledger.record_answer(self._permit, number, sha256_bytes(written))
        return answer

    def _answer(self, number: int) -> Path:
        return self._folder / f"{number}.answer.json"

    @staticmethod
    def _read(path: Path) -> bytes | None:
        return path.read_bytes() if path.exists() else None
