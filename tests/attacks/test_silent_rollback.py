"""Attack: restore an old copy of the ledger where this is not detected, so that charges vanish.

Without an anchor it cannot be detected. A bundle can state that to whoever relies on
the total of its account; it did not.
"""

import json

from kit.project import Project

from synth_assets.audit import Status, verify_bundle
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace


def test_the_bundle_states_that_an_old_copy_would_not_be_noticed(finished: Project) -> None:
    promoted = read_current(Workspace.current(), "people")
    assert promoted is not None
    bundle = promoted.folder / "bundle"
    privacy = json.loads((bundle / "privacy.json").read_text())
    assert "an old copy of the ledger" in " ".join(privacy["unprotected_quantities"])
    assert privacy["rollback"].startswith("not noticed")
    assert "an old copy of the ledger" in (bundle / "report.html").read_text()
    claims = {claim.name: claim for claim in verify_bundle(bundle)}
    assert claims["rollback"].status is Status.ATTESTED
    assert "not noticed" in claims["rollback"].detail
