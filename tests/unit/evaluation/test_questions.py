"""Gates become questions by part, each asked once, and plans that carry them."""

from dataclasses import replace

import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.errors import UsageError
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.questions import (
    ask,
    keep_materials,
    plan_of,
    questions_of,
    refuse_gates,
    refuse_other_version,
)

GATES = {"jensen_shannon.city": {"max": 0.5}, "jensen_shannon.member": {"max": 0.5}}
PRIVACY = {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-6}, "evaluation_share": 0.2}


def test_gates_that_cannot_be_measured_are_refused_by_name() -> None:
    refuse_gates(make_contract(privacy=PRIVACY, gates=GATES))
    for gates, message in (({"luck": {"max": 0.5}}, "gates.luck"), ({"wasserstein.city": {"max": 0.5}}, "no distance")):
        with pytest.raises(UsageError, match=message):
            refuse_gates(make_contract(privacy=PRIVACY, gates=gates))


def test_a_release_of_another_version_is_refused(checked: Project) -> None:
    refuse_other_version(checked.contract, checked.release, checked.ledger)
    with pytest.raises(UsageError, match="the release is of version 2025-11"):
        refuse_other_version(checked.contract, replace(checked.release, version="2025-11"), checked.ledger)


def test_questions_that_two_gates_share_are_asked_once_and_the_plan_can_be_measured(checked: Project) -> None:
    contract = make_contract(privacy=PRIVACY, gates=GATES)
    ground = Ground(contract, checked.release, checked.candidate(0))
    asked = {name: ask(name, ground) for name in GATES}
    ((part, queries),) = questions_of({**asked, "again": asked["jensen_shannon.city"]}).items()
    assert part is None
    assert sorted(query.name for query in queries) == ["2 places of member", "3 places of city"]
    plan = plan_of(ground, part, queries, materials=keep_materials(ground, workspace=checked.workspace))
    plan.check()
    assert (plan.candidate, plan.release) == (ground.candidate.digest, checked.release.digest)
    assert plan.charge == contract.evaluation_loss(None)


def test_arrays_are_kept_only_if_an_axis_needs_any(checked: Project) -> None:
    contract = make_contract(privacy=PRIVACY, gates=GATES)
    assert keep_materials(Ground(contract, checked.release, checked.candidate(0)), workspace=checked.workspace) is None
