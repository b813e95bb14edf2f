"""Which generator a command means is never a surprise."""

import os

import pytest
from kit.project import Project

from synth_assets.cli.fitted import fitted_for
from synth_assets.errors import UsageError
from synth_assets.generator import fit_generator
from synth_assets.promotion.current import read_pointer
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_the_promoted_versions_generator_goes_before_newer_ones(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    promoted = read_pointer(workspace.promoted("people"))
    assert promoted is not None
    fitted, release = fitted_for(contract, workspace)
    assert (fitted.digest, release.digest) == (promoted.generator, promoted.release)
    newer = fit_generator(release, kind="mixture", seed=9, generators=workspace.generators("people"))
    os.utime(newer.folder / "generator.json", (2e9, 2e9))
    assert fitted_for(contract, workspace)[0].digest == promoted.generator
    assert fitted_for(contract, workspace, digest=newer.digest[:10])[0].digest == newer.digest
    (workspace.promoted("people") / "current.json").unlink()
    assert fitted_for(contract, workspace)[0].digest == newer.digest


def test_an_unknown_digest_and_another_contract_are_refused(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    with pytest.raises(UsageError, match="0 generators of 'people' begin with 'zz'"):
        fitted_for(contract, workspace, digest="zz")
    with pytest.raises(UsageError, match="not measured under this contract"):
        fitted_for(contract.model_copy(update={"focus": ("age",)}), workspace)


def test_without_a_generator_the_hint_is_how_to_make_one(project: Project) -> None:
    with pytest.raises(UsageError, match="no fitted generator of 'people'"):
        fitted_for(project.contract, Workspace.current())
