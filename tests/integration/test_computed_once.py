"""A promotion and a verification count the rows once, follow the ledger's lines once and read the release once.

Promotion computes every check again instead of believing a recorded verdict, so it
counts the candidate once itself, whatever was counted when the checks ran.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from kit.stores import FileRegistry, FolderStore

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.candidate import Candidate
from synth_assets.integrations import versions
from synth_assets.ledger import follow
from synth_assets.promotion import Promotion
from synth_assets.release import store

pytestmark = pytest.mark.integration

ONCE = {"passes over the rows": 1, "replays of the ledger's lines": 1, "releases read": 1}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is costly, at the lowest function that everything goes through."""
    counted: Counter[str] = Counter()

    def watch(owner: Any, name: str, label: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            counted[label] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)

    watch(Candidate, "batches", "passes over the rows")
    watch(follow, "Replay", "replays of the ledger's lines")
    watch(store, "_read_values", "releases read")
    return counted


def test_a_promotion_computes_each_thing_once(
    checked: Project, calls: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "DvcVersionStore", lambda _: FolderStore(tmp_path / "store"))
    monkeypatch.setattr(versions, "MlflowRegistry", lambda *_, **__: FileRegistry(tmp_path / "registry.json"))
    evidence = checked.evidence(0)
    calls.clear()  # what the test itself read
    promoted = versions.promote_candidate(
        checked.contract,
        evidence.candidate.digest,
        evidence.results,
        workspace=checked.workspace,
        ledger=checked.ledger,
    )
    assert not promoted.reused
    assert calls == ONCE


def test_a_verification_computes_each_thing_once(promoted: Promotion, calls: Counter[str]) -> None:
    assert exit_code(verify_bundle(promoted.bundle)) == 0
    assert calls == ONCE
