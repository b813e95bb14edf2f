"""Gates become questions by part, each asked once, and plans that carry them."""

from dataclasses import replace

import pytest
from asked_exactly import gated_contract
from kit.people import make_contract
from kit.project import Project

from synth_assets.errors import Fault, UsageError
from synth_assets.evaluation import questions as module
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Asked, Posed
from synth_assets.evaluation.questions import plans_of, pose, refuse_gates, refuse_other_version
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import CodeAxis

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


def test_each_parts_questions_become_one_plan_that_can_be_measured(checked: Project) -> None:
    contract = make_contract(privacy=PRIVACY, gates=GATES)
    ground = Ground(contract, checked.release, checked.candidate(0))
    asked, questions = pose(ground)
    assert list(asked) == list(GATES)
    assert sorted(query.name for query in questions[None]) == ["groups of city", "groups of member"]
    (plan,) = plans_of(ground, questions, facts="f", workspace=checked.workspace)
    plan.check()
    assert (plan.candidate, plan.release, plan.facts) == (ground.candidate.digest, checked.release.digest, "f")
    assert plan.charge == contract.evaluation_loss(None)
    assert plan.materials is None  # no axis is made of arrays


def test_the_first_fault_of_gates_is_named_with_its_place() -> None:
    refuse_gates(gated_contract(gates={"tstr_auc": {"min": 0.7}}))
    with pytest.raises(UsageError, match=r"^gates\.tstr_acu: there is no figure 'tstr_acu'"):
        refuse_gates(gated_contract(gates={"tstr_acu": {"min": 0.7}}))


def test_two_questions_of_one_name_share_an_answer_only_if_they_are_the_same() -> None:
    domain = gated_contract().domain()

    def posed(*places: int) -> Asked:
        axis = CodeAxis(column="member", places_of=places, labels=("no", "yes"))
        query = TallyQuery(name="members", axes=(axis,), weights=None, domain=domain)
        return Asked(questions=(Posed(part=None, query=query),), facts={})

    questions = module._questions({"one": posed(0, 1), "two": posed(0, 1)})
    assert [query.name for query in questions[None]] == ["members"]
    with pytest.raises(Fault, match="different questions under the name 'members'"):
        module._questions({"one": posed(0, 1), "two": posed(1, 0)})
