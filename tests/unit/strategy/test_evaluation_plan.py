"""An evaluation is named by all that decides its answers, rebuilt in the measuring process, refused before it costs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked_of_people import AGE, CITY, MEMBER, evaluation_of, questions_of
from kit.people import discovering_contract, make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault, IntegrityError, SynthAssetsError
from synth_assets.files import canonical_json
from synth_assets.measurement.noise import Odometer
from synth_assets.obtain.job import Job
from synth_assets.privacy import NANO, PrivacyLoss
from synth_assets.release.answers import loss_of
from synth_assets.release.kinds import kind_of
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.strategy import evaluation_plan
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.strategy.measurer import Request
from synth_assets.strategy.plans import plan_of

CONTRACT = make_contract()
PLAN = evaluation_of(CONTRACT)
COUNTS, PAIRS, GAP = questions_of(CONTRACT)


def count(name: str, axis: CodeAxis = MEMBER, **changes: Any) -> TallyQuery:
    return TallyQuery(**{"name": name, "axes": (axis,), "weights": None, "domain": CONTRACT.domain(), **changes})


class Zeros:
    """A measurer over no rows, without noise, that keeps what it was asked."""

    def __init__(self, loss: PrivacyLoss) -> None:
        self.odometer = Odometer(loss)
        self.draws: list[list[Request]] = []

    @property
    def rho_left(self) -> float:
        """See ``Measurer``."""
        return self.odometer.left

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """See ``Measurer``."""
        self.draws.append(list(requests))
        kind = kind_of(requests[0].query.kind)
        noises = [asked.query.noise(unit=CONTRACT.unit(), rho=asked.rho, delta=asked.delta) for asked in requests]
        self.odometer.spend(noise.rho for noise in noises)
        zeros = [np.zeros(asked.query.shape() or (), dtype=np.int64).tolist() for asked in requests]
        pairs = zip(requests, noises, zeros, strict=True)
        return [kind.from_journal(asked.query, noise, part, draw=len(self.draws)) for asked, noise, part in pairs]


def test_it_is_rebuilt_from_its_line_with_the_same_fingerprint(tmp_path: Path) -> None:
    for plan in (PLAN, replace(PLAN, part="held_out", materials=tmp_path)):
        line = Job(root=tmp_path, reservation="r", plan=plan.name, arguments=plan.arguments()).to_line()
        again = plan_of("evaluation", Job.from_line(line).arguments)
        assert isinstance(again, EvaluationPlan)
        assert (again.fingerprint(), again.loss(), again.part) == (plan.fingerprint(), plan.charge, plan.part)
        assert again.materials == plan.materials
        assert canonical_json(again.arguments()) == canonical_json(plan.arguments())


def test_axes_that_are_described_alike_are_one_object_there() -> None:
    again = EvaluationPlan.from_arguments(json.loads(json.dumps(PLAN.arguments())))
    (counts, _), _, (gap, _) = again.questions
    assert isinstance(counts, TallyQuery)
    assert isinstance(gap, TallyQuery)
    assert counts.axes[0] is gap.axes[1]


OTHER_PAIRS = replace(PAIRS[0], expected={**PAIRS[0].expected, ("age", "member"): np.full((3, 2), 99)})
HEAVIER = replace(GAP[0], weights=GAP[0].weights * 2)
OTHER_AXIS = replace(COUNTS[0], axes=(AGE, replace(CITY, labels=("a", "b", "c"))))


@pytest.mark.parametrize(
    "changes",
    [
        {"contract": make_contract(target="member")},
        {"part": "measured"},
        {"part": "held_out"},
        {"release": "3" * 64},
        {"candidate": "3" * 64},
        {"charge": PrivacyLoss(nano_rho=7)},
        {"facts": "4" * 64},
        {"questions": (COUNTS, PAIRS)},
        {"questions": (COUNTS, PAIRS, (GAP[0], 6))},
        {"questions": (PAIRS, COUNTS, GAP)},
        {"questions": (COUNTS, (OTHER_PAIRS, 3), GAP)},
        {"questions": (COUNTS, PAIRS, (HEAVIER, 5))},
        {"questions": ((OTHER_AXIS, 2), PAIRS, GAP)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_decides_an_answer_is_in_the_fingerprint(changes: dict[str, Any]) -> None:
    assert replace(PLAN, **changes).fingerprint() != PLAN.fingerprint()


def test_where_arrays_lie_and_what_is_not_measured_decide_nothing(tmp_path: Path) -> None:
    assert replace(PLAN, materials=tmp_path).fingerprint() == PLAN.fingerprint()
    other = make_contract(rules={"grown": "age >= 0"}, derived={})
    assert evaluation_of(other).fingerprint() == PLAN.fingerprint()


def test_the_columns_of_the_release_are_in_the_fingerprint() -> None:
    domain = Domain(columns=(replace(CONTRACT.domain().columns[0], maximum=18), *CONTRACT.domain().columns[1:]))
    questions = tuple((replace(query, domain=domain), weight) for query, weight in PLAN.questions)
    assert replace(PLAN, questions=questions).fingerprint() != PLAN.fingerprint()


def test_one_draw_per_kind_shares_rho_by_weight_and_leaves_next_to_nothing() -> None:
    measurer = Zeros(PLAN.charge)
    outcome = PLAN.run(measurer)
    assert [[asked.query.name for asked in draw] for draw in measurer.draws] == [["ages by city", "gap"], ["pairs"]]
    assert [answer.descriptor["name"] for answer in outcome.answers] == ["ages by city", "pairs", "gap"]
    assert [answer.draw for answer in outcome.answers] == [1, 2, 1]
    shares = [answer.rho / PLAN.charge.rho for answer in outcome.answers]
    assert shares == pytest.approx([0.2, 0.3, 0.5], rel=1e-6)
    assert loss_of(outcome.answers).fits(PLAN.charge)
    assert measurer.rho_left * NANO < 1
    for answer in outcome.answers:
        answer.check(outcome.domain, outcome.grids)


def test_columns_without_a_grid_of_a_workload_keep_their_fine_codes() -> None:
    grids = replace(PLAN, questions=(COUNTS,)).grids
    assert {name: grid.tolist() for name, grid in grids.items()} == {
        column.name: list(range(column.size)) for column in CONTRACT.domain().columns
    }
    assert int(PLAN.grids["age"].max()) == 2


def test_an_evaluation_that_can_be_measured_passes() -> None:
    PLAN.check()
    replace(PLAN, part="held_out").check()


WIDE = CodeAxis(column="member", places_of=(0, 1), labels=tuple(map(str, range(32))))
OTHER_DOMAIN = Domain(columns=(Column(name="age", kind="boolean"), *CONTRACT.domain().columns[1:]))
OTHER_GRIDS = replace(
    PAIRS[0],
    name="other",
    grids={**PAIRS[0].grids, "city": np.zeros(3, np.int64)},
    groups=((("age", "member"),),),
    expected={("age", "member"): np.full((3, 2), 9)},
)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"questions": ()}, "needs questions"),
        ({"questions": ((COUNTS[0], 0),)}, "positive whole share"),
        ({"questions": ((COUNTS[0], 0.5),)}, "positive whole share"),
        ({"part": "all"}, "does not exist"),
        ({"questions": ((count("a"), 1), (count("a", AGE), 1))}, "under one name"),
        ({"questions": ((count("a"), 1), (count("b", domain=OTHER_DOMAIN), 1))}, "several domains"),
        ({"contract": make_contract(columns={"age": make_contract().columns["age"]})}, "other columns"),
        ({"questions": (PAIRS, (OTHER_GRIDS, 1))}, "several grids"),
        ({"charge": PrivacyLoss(nano_rho=0)}, "rho"),
        ({"questions": ((replace(GAP[0], weights=GAP[0].weights * 0), 1),)}, "other than 0"),
        ({"questions": tuple((count(f"{i}", axes=(WIDE,) * 4), 1) for i in range(33))}, "more than a release"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_it_costs(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(SynthAssetsError, match=fault):
        replace(PLAN, **changes).check()


class Elsewhere(CodeAxis):
    """An axis that no process can rebuild from its JSON."""

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {**super().as_json(), "of": "elsewhere"}


def test_an_axis_that_cannot_be_rebuilt_is_refused_before_it_costs() -> None:
    axis = Elsewhere(column="member", places_of=(0, 1), labels=("no", "yes"))
    with pytest.raises(IntegrityError, match="axis"):
        replace(PLAN, questions=((count("a", axis), 1),)).check()


def test_an_axis_that_is_rebuilt_as_another_is_refused_before_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation_plan, "axis_from_json", lambda *_: MEMBER)
    with pytest.raises(Fault, match="not rebuilt as it was"):
        PLAN.check()


def test_an_axis_that_was_made_for_another_domain_is_refused_before_it_costs() -> None:
    with pytest.raises((KeyError, IntegrityError)):
        replace(PLAN, questions=((count("a", replace(MEMBER, column="nobody")), 1),)).check()


def test_arrays_that_several_axes_are_made_of_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read = []
    monkeypatch.setattr(evaluation_plan, "read_material", lambda digest, *, below: read.append((digest, below)))
    monkeypatch.setattr(evaluation_plan, "axis_from_json", lambda _, materials: materials("digest") or MEMBER)
    EvaluationPlan.from_arguments(json.loads(json.dumps(replace(PLAN, materials=tmp_path).arguments())))
    assert read == [("digest", tmp_path)]


def test_categories_that_were_discovered_reach_the_measuring_process() -> None:
    contract = discovering_contract()
    domain = contract.domain(found={"city": ("south", "north")})
    question = count(
        "a", CodeAxis(column="city", places_of=(0, 1, 2, 3), labels=("s", "n", "other", "?")), domain=domain
    )
    plan = evaluation_of(contract, questions=((question, 1),))
    plan.check()
    assert EvaluationPlan.from_arguments(json.loads(json.dumps(plan.arguments()))).domain == domain
