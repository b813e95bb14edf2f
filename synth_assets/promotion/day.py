"""The day of a promotion: today, unless the same was decided before and died on its way."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from synth_assets.audit.decision import DECISION, read_decision
from synth_assets.audit.manifest import IDENTITY, read_manifest
from synth_assets.errors import IntegrityError
from synth_assets.reading import read_json
from synth_assets.workspace import BUNDLE

__all__ = ["day_of"]


def day_of(identity: Mapping[str, str], *, versions: Path) -> str:
    """Return the day, in UTC, of the decision for a version: that of one that is staged already, or today.

    Args:
        identity: names and digests of what the version is made from.
        versions: the folder of the dataset's versions.
    """
    for bundle in sorted(versions.glob(f"*/{BUNDLE}")):
        with suppress(IntegrityError, OSError):
            manifest = read_manifest(bundle)
            if {word: manifest[word] for word in IDENTITY} == dict(identity):
                day = read_decision(read_json(bundle / DECISION))[1]
                if day:
                    return day
    return dt.datetime.now(dt.UTC).date().isoformat()
