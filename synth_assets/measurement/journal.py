"""The journal of draws: what was about to be drawn, and what came out, in the private zone.

A draw has a number and a request. In this order, each step durable before the
next: the request's digest is announced in the ledger (and anchored), the request
is written here, the noise is drawn, the answer is written here, its digest is
noted in the ledger. So after a kill at any moment exactly one of these holds of
a number:

- the ledger does not know it: nothing was drawn, nothing is here, and it may be drawn;
- it is announced and has no answer here: noise may have been drawn and lost. This
  reservation is then dead (:class:`DeadReservation`): it can never draw again;
- the answer is here: it is used again, and nothing is drawn.

Because the ledger is always told first, no kill leaves something here that it
does not know. Where there is, the ledger is not the one that paid: an old copy
was put back, and a draw made now would be a second one on one charge. That
reservation is dead too. A request is written only if there is none under its
number, so that of two processes that two copies of one ledger let draw the
same, one does not.

The folder also keeps the secret of the contribution bounding, so that a
resumed measurement counts the same rows.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from synth_assets.files import canonical_json, sha256_bytes, write_bytes, write_new_bytes
from synth_assets.ledger import DataPermit, Draw, Ledger
from synth_assets.source.bounding import SECRET_BYTES

__all__ = ["DeadReservation", "Journal", "journal_folder"]

Exact = TypeVar("Exact")


class DeadReservation(Exception):  # noqa: N818 - never leaves this room: becomes a status
    """A draw is lost, or the ledger does not know it; nothing may be drawn under this reservation any more."""


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
        """Hold the ledger and this folder against each other.

        Raises:
            DeadReservation: an announced draw has no answer here, one of the two knows something else than the
                other, or there is a draw here that the ledger does not know.
        """
        for number in sorted({*self._known, *self._numbers_here()}):
            self._check_draw(number, self._known.get(number))

    def _check_draw(self, number: int, draw: Draw | None) -> None:
        asked, answer = (self._read(path) for path in (self._intent(number), self._answer(number)))
        if draw is None or answer is None or asked is None or draw.intent_digest != sha256_bytes(asked):
            raise DeadReservation
        if draw.answer_digest is None:
            # The kill fell between the answer and its note; now it is noted.
            self._ledger.record_answer(self._permit, number, sha256_bytes(answer))
        elif draw.answer_digest != sha256_bytes(answer):
            raise DeadReservation

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
            DeadReservation: it was announced with another request, or another process wrote its request here.
        """
        asked = canonical_json(request)
        if number in self._known:
            if self._known[number].intent_digest != sha256_bytes(asked):
                raise DeadReservation
            return json.loads(self._answer(number).read_bytes())
        # Counting is no draw: it comes first, so that little can happen between announcement and answer.
        counts = exact()
        with undisturbed:
            self._ledger.record_intent(self._permit, number, sha256_bytes(asked))
            if not write_new_bytes(self._intent(number), asked):
                raise DeadReservation
            answer = noisy(counts)
            written = canonical_json(answer)
            write_bytes(self._answer(number), written)
            self._ledger.record_answer(self._permit, number, sha256_bytes(written))
        return answer

    def _numbers_here(self) -> set[int]:
        return {int(path.name.partition(".")[0]) for path in self._folder.glob("[0-9]*.json")}

    def _intent(self, number: int) -> Path:
        return self._folder / f"{number}.intent.json"

    def _answer(self, number: int) -> Path:
        return self._folder / f"{number}.answer.json"

    @staticmethod
    def _read(path: Path) -> bytes | None:
        return path.read_bytes() if path.exists() else None
