"""The day of a promotion is today's, or that of the same decision before."""

import datetime as dt
import json
from pathlib import Path

import pytest
from kit.project import Project
from resealed import edit_json, reseal

from synth_assets.audit.manifest import IDENTITY
from synth_assets.promotion import Promotion
from synth_assets.promotion.day import day_of

pytestmark = pytest.mark.integration


def _identity(bundle: Path) -> dict[str, str]:
    manifest = json.loads((bundle / "manifest.json").read_text())
    return {word: manifest[word] for word in IDENTITY}


def test_a_decision_that_is_staged_already_keeps_its_day(checked: Project, promoted: Promotion) -> None:
    versions = promoted.folder.parent
    today = dt.datetime.now(dt.UTC).date().isoformat()
    identity = _identity(promoted.bundle)
    assert day_of(identity, versions=versions) == today
    edit_json(promoted.bundle / "decision.json", lambda decision: decision.update(day="2026-01-02"))
    reseal(promoted.folder)
    assert day_of(identity, versions=versions) == "2026-01-02"
    assert day_of({**identity, "evidence": "0" * 64}, versions=versions) >= today
    assert day_of(identity, versions=checked.root / "nowhere") >= today


def test_an_altered_bundle_says_no_day(promoted: Promotion) -> None:
    identity = _identity(promoted.bundle)
    edit_json(promoted.bundle / "decision.json", lambda decision: decision.update(day="soon"))
    reseal(promoted.folder)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert day_of(identity, versions=promoted.folder.parent) >= today
