"""The request and the answer of each draw of a release in the form of the journal, whose digests are in the ledger.

A release can be compared with the ledger by these digests: the entries were written before and
after the noise was drawn, before the release existed.
"""

from collections.abc import Iterator, Mapping, Sequence

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.release.answers import Answer

__all__ = ["answer_digest", "request_digest", "unnoted_draws"]


def answer_digest(answers: Sequence[Answer], draw: int) -> str:
    """Return the SHA-256 of the answer of one draw, as recorded in the ledger; answers of a draw are of one kind."""
    drawn = [answer for answer in answers if answer.draw == draw]
    if len({type(answer) for answer in drawn}) != 1:
        return ""
    return sha256_bytes(canonical_json(type(drawn[0]).journaled([answer.noted() for answer in drawn])))


def request_digest(answers: Sequence[Answer], draw: int, *, max_rows: int) -> str | None:
    """Return the SHA-256 of what was announced before one draw, ``None`` if its answers do not say all of it."""
    drawn = [answer for answer in answers if answer.draw == draw]
    announced = type(drawn[0]).announced_again(drawn, max_rows=max_rows)
    return None if announced is None else sha256_bytes(canonical_json(announced))


def unnoted_draws(
    answers: Sequence[Answer], noted: Mapping[int, tuple[str, str | None]], *, max_rows: int
) -> Iterator[str]:
    """Yield what differs between answers and the digests of their draws' requests and answers in the ledger."""
    for draw in sorted({answer.draw for answer in answers}):
        request, answer = noted.get(draw, (None, None))
        if answer != answer_digest(answers, draw):
            yield f"draw {draw} is not the answer that the ledger noted"
        if request_digest(answers, draw, max_rows=max_rows) not in (None, request):
            yield f"draw {draw} is not what the ledger announced"
