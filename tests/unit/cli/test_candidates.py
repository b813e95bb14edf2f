"""A command means the candidate that it names, or the newest."""

import os

import pytest
from kit.project import Project

from synth_assets.cli.candidates import chosen_candidate
from synth_assets.errors import UsageError


def test_the_newest_or_the_one_whose_digest_begins_so(checked: Project) -> None:
    folder = checked.workspace.candidates("people")
    first, second = checked.candidate(0), checked.candidate(1)
    os.utime(first.folder, (1, 1))
    assert chosen_candidate(folder, None).digest == second.digest
    assert chosen_candidate(folder, first.digest[:10]).digest == first.digest
    with pytest.raises(UsageError, match="no candidate zzz"):
        chosen_candidate(folder, "zzz")
