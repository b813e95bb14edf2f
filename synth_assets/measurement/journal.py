"""The journal of draws in the private zone: each request and its answer.

A draw has a number and a request. In this order, each step durable before the
next: the request's digest is announced in the ledger (and anchored), the request
is written here, the noise is drawn, the answer is written here, its digest is
recorded in the ledger. So after a kill at any moment exactly one of these holds for
a number:

- the ledger has no entry for it: nothing was drawn, nothing is here, and it may be drawn;
- it is announced and has no answer here: noise may have been drawn and lost. This
  reservation is then dead (:class:`DeadReservation`): it can never draw again;
- the answer is here: it is used again, and nothing is drawn.

Because the announcement always comes first, a kill never leaves a draw here that is
missing in the ledger. If there is one, this ledger did not pay for it: an old copy
was restored, and a draw made now would be a second one on the same charge. That
reservation is dead too. A request is written only if none exists under its number:
if two copies of a ledger let two processes make the same draw, one of them fails.

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
    """A draw is lost, or is missing in the ledger; nothing may be drawn under this reservation any more."""


def journal_folder(private: Path, reservation_id: str) -> Path:
    """Return the folder of a reservation's journal."""
    return private / "journal" / reservation_id


class Journal:
    """The draws of one reservation, for the process that holds its permit.

    Args:
        folder: from :func:`journal_folder`.
        ledger: stores the digests.
        permit: the redeemed permit of the reservation.
    """

    __slots__ = ("_folder", "_known", "_ledger", "_permit")

    def __init__(self, folder: Path, *, ledger: Ledger, permit: DataPermit) -> None:
        self._folder = folder
        self._ledger = ledger
        self._permit = permit
        self._known = {draw.number: draw for draw in ledger.draws(permit.reservation_id)}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self) -> bytes:
        """Return the secret of this reservation; it is created at the first call and never changes."""
        path = self._folder / "secret"
        if not path.exists():
            write_bytes(path, secrets.token_bytes(SECRET_BYTES))
        return path.read_bytes()

    def check(self) -> None:
        """Compare the ledger with this folder.

        Raises:
            DeadReservation: an announced draw has no answer here, a digest in the ledger does not match the file
                here, or a draw here is missing in the ledger.
        """
        for number in sorted({*self._known, *self._numbers_here()}):
            self._check_draw(number, self._known.get(number))

    def _check_draw(self, number: int, draw: Draw | None) -> None:
        request, answer = (self._read(path) for path in (self._intent(number), self._answer(number)))
        if draw is None or answer is None or request is None or draw.intent_digest != sha256_bytes(request):
            raise DeadReservation
        if draw.answer_digest is None:
            # The process was killed between writing the answer and recording its digest.
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
        """Return the answer of a draw from the journal, or make the draw, once.

        Args:
            number: 0 for the discovery of categories, then 1, 2, 3 ... in the order of the strategy.
            request: plain JSON values that describe the draw completely.
            exact: computes the values that noise is added to; not called in a replay.
            noisy: adds the noise; returns plain JSON values.
            undisturbed: held from before the announcement until the answer's digest is recorded.

        Raises:
            DeadReservation: it was announced with another request, or another process wrote its request here.
        """
        request_bytes = canonical_json(request)
        if number in self._known:
            if self._known[number].intent_digest != sha256_bytes(request_bytes):
                raise DeadReservation
            return json.loads(self._answer(number).read_bytes())
        # Counting comes first because it is not part of the draw: the time between announcement and answer is short.
        counts = exact()
        with undisturbed:
            self._ledger.record_intent(self._permit, number, sha256_bytes(request_bytes))
            if not write_new_bytes(self._intent(number), request_bytes):
                raise DeadReservation
            answer = noisy(counts)
            answer_bytes = canonical_json(answer)
            write_bytes(self._answer(number), answer_bytes)
            self._ledger.record_answer(self._permit, number, sha256_bytes(answer_bytes))
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
