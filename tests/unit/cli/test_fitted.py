"""Which generator a command means is never a surprise."""

import json
import os

import pytest
from kit.project import Project

from synth_assets.cli.fitted import fitted_for
from synth_assets.contract.generator import GeneratorSpec
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


def test_a_generator_with_other_options_than_the_contracts_is_not_taken_for_it(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    folder = workspace.generators("people")
    changed = contract.model_copy(update={"generator": GeneratorSpec.model_validate({"kind": "vae", "steps": 3})})
    with pytest.raises(UsageError, match="no fitted generator of 'people' is a vae with the options of the contract"):
        fitted_for(changed, workspace)
    fitted, release = fitted_for(changed, workspace, any_kind=True)
    assert fitted.kind == "mixture"
    for steps in (2, 3, 4):
        made = fit_generator(release, kind="vae", options={"steps": steps}, generators=folder)
        os.utime(made.folder / "generator.json", (2e9 + steps, 2e9 + steps))
    asked = [fitted_for(one, workspace)[0].digest for one in (changed, contract)]
    options = [json.loads((folder / digest / "generator.json").read_text()).get("options") for digest in asked]
    assert options == [{"steps": 3}, None]


def test_an_unknown_digest_and_another_contract_are_refused(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    with pytest.raises(UsageError, match="0 generators of 'people' begin with 'zz'"):
        fitted_for(contract, workspace, digest="zz")
    with pytest.raises(UsageError, match="not measured under this contract"):
        fitted_for(contract.model_copy(update={"focus": ("age",)}), workspace)


def test_without_a_generator_the_hint_is_how_to_make_one(project: Project) -> None:
    with pytest.raises(UsageError, match="no fitted generator of 'people'"):
        fitted_for(project.contract, Workspace.current())
