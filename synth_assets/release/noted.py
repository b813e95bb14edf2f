"""The answer of each draw of a release in the form of the journal, whose digest is in the ledger.

Released numbers can be compared with the ledger by this digest: the entry was written
when the noise was drawn, before the release existed.
"""

from collections.abc import Sequence

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.release.answers import Answer

__all__ = ["answer_digest"]


def answer_digest(answers: Sequence[Answer], draw: int) -> str:
    """Return the SHA-256 of the answer of one draw, as recorded in the ledger; answers of a draw are of one kind."""
    drawn = [answer for answer in answers if answer.draw == draw]
    if len({type(answer) for answer in drawn}) != 1:
        return ""
    return sha256_bytes(canonical_json(type(drawn[0]).journaled([answer.noted() for answer in drawn])))
