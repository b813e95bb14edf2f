"""What each draw of a measurement answered, as its journal keeps it and the ledger notes its digest.

A released number can so be held against the ledger: the entry was written when the
noise was drawn, before anybody knew what became of it.
"""

from typing import Any

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.release.model import Release

__all__ = ["answer_digest"]


def answer_digest(release: Release, draw: int) -> str:
    """Return the SHA-256 of the answer of one draw, as the ledger notes it.

    A draw is one of three: the thresholds of all discovered columns, one vector of scores, or tables.
    """
    return sha256_bytes(canonical_json(_answer(release, draw)))


def _answer(release: Release, draw: int) -> Any:
    found = [item for item in release.discoveries if item.draw == draw]
    if found:
        return [
            {
                "released": [list(pair) for pair in zip(item.categories, item.counts, strict=True)],
                "left_out": item.left_out,
            }
            for item in found
        ]
    for scores in release.scores:
        if scores.draw == draw:
            return list(scores.scores)
    return [marginal.counts.tolist() for marginal in release.marginals if marginal.draw == draw]
