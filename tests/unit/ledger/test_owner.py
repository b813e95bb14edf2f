"""Who is alive: judged on this host by the process itself, elsewhere by the lease."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from synth_assets.ledger import owner
from synth_assets.ledger.owner import Owner, current_owner, is_dead


def test_this_process_is_alive_whatever_its_lease() -> None:
    assert current_owner().pid == os.getpid()
    assert not is_dead(current_owner(), lease_expired=True)


def test_a_killed_process_is_dead_before_its_lease_is_over(gone: Owner, living: Owner) -> None:
    assert is_dead(gone, lease_expired=False)
    assert not is_dead(living, lease_expired=True)


def test_a_number_used_again_by_another_process_is_not_the_same_process() -> None:
    assert is_dead(replace(current_owner(), started="1"), lease_expired=False)


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    who = Owner(host=owner._host(), pid=child.pid, started=owner._started(child.pid) or "")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(who, lease_expired=False)
    child.communicate()


@pytest.mark.parametrize("expired", [True, False])
def test_another_host_is_judged_by_its_lease(elsewhere: Owner, expired: bool) -> None:  # noqa: FBT001 -- a parameter of a test
    assert is_dead(elsewhere, lease_expired=expired) is expired


def test_without_proc_the_system_is_asked_by_ps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: Owner) -> None:
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    assert owner._started(os.getpid())
    assert owner._started(gone.pid) is None
    assert owner._host.__wrapped__()
