"""Attack: put an old copy of the ledger back, so that charges vanish, where nothing would notice.

Without an anchor nothing can. What a bundle can do is say so, to whoever relies
on the total of its account; it said nothing.
"""

import json
from pathlib import Path

from project import finished, promoted_project, ready_project

from synth_assets.audit import Status, verify_bundle
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

__all__ = ["finished", "promoted_project", "ready_project"]


def test_the_bundle_says_that_an_old_copy_would_not_be_noticed(finished: Path) -> None:
    promoted = read_current(Workspace.current(), "people")
    assert promoted is not None
    bundle = promoted.folder / "bundle"
    said = json.loads((bundle / "privacy.json").read_text())
    assert "an old copy of the ledger" in " ".join(said["unprotected_quantities"])
    assert said["rollback"].startswith("not noticed")
    assert "an old copy of the ledger" in (bundle / "report.html").read_text()
    claims = {claim.name: claim for claim in verify_bundle(bundle)}
    assert claims["rollback"].status is Status.ATTESTED
    assert "not noticed" in claims["rollback"].detail
