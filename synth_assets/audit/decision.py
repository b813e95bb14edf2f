"""``decision.json``: what the policy made of the results, and on which day somebody promoted because of it.

The day is what whoever promoted says. Later promotions of the same candidate on the same
evidence keep it, so that they write the same version.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from synth_assets.checks import Decision
from synth_assets.errors import IntegrityError

__all__ = ["DECISION", "read_decision", "stated_decision"]

DECISION = "decision.json"


def stated_decision(decision: Decision, *, day: str = "") -> dict[str, Any]:
    """Return what is written of a decision; ``day`` is its date in UTC, such as ``2026-11-29``."""
    return {"promote": decision.promote, "reasons": list(decision.reasons), **({"day": day} if day else {})}


def read_decision(stated: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what was decided, and the day; without one it is empty.

    Raises:
        IntegrityError: the day is not one.
    """
    decided = {word: said for word, said in stated.items() if word != "day"}
    if "day" not in stated:
        return decided, ""
    try:
        return decided, dt.date.fromisoformat(stated["day"]).isoformat()
    except (TypeError, ValueError) as error:
        raise IntegrityError("decision.json names a day that is not one", hint="the bundle was altered") from error
