"""A gate passes if the bound of its figure keeps the limit, for answers about exactly this candidate."""

from dataclasses import replace
from typing import Any

import pytest
from asked_exactly import answers_to, ask, gated_contract, ground

from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.counts import CandidateCounts
from synth_assets.checks.kinds.gates import GATES
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.contract import DatasetContract
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.record import EVALUATION_PLAN, Evaluation, Measured
from synth_assets.privacy import HELD_OUT, NANO

CANDIDATE, RELEASE = "a" * 64, "b" * 64
GATE = "tstr_accuracy"
MEASURED: dict[str, Any] = {
    "value": 0.8,
    "low": 0.75,
    "high": 0.85,
    "beta": 0.05,
    "deviation": 0.02,
    "margin": 0.06,
    "read": "held out",
    "charged_rho": 7e-9,
}


def judged(measured: dict[str, Any] | None, **limit: float) -> Any:
    facts = {"as_declared": True, "gates": {} if measured is None else {GATE: measured}}
    return GATES.verdict(facts, {"figure": GATE, "minimum": None, "maximum": None, **limit})


@pytest.mark.parametrize(
    ("limit", "passed"),
    [
        ({"minimum": 0.75}, True),
        ({"minimum": 0.750001}, False),
        ({"minimum": 0.8}, False),
        ({"maximum": 0.85}, True),
        ({"maximum": 0.849999}, False),
    ],
)
def test_a_gate_passes_exactly_at_its_bound(limit: dict[str, float], *, passed: bool) -> None:
    verdict, observed, sentence = judged(MEASURED, **limit)
    assert verdict is passed
    assert observed == {"class": "MEASURED", "limit": next(iter(limit.values())), **MEASURED}
    assert sentence.startswith("tstr_accuracy is 0.8 (0.75 to 0.85), held out; wanted at ")


def test_a_gate_that_was_not_measured_fails_and_says_so() -> None:
    assert judged(None, minimum=0.1) == (
        False,
        {"class": "MEASURED", "asked": False},
        "not measured: real people were not asked yet",
    )


def contract() -> DatasetContract:
    return gated_contract(gates={GATE: {"min": 0.7}, "membership": {"max": 0.2}})


def evaluation(**changes: Any) -> Evaluation:
    asked = ask(GATE)
    release = replace(ground().release, answers=tuple(answers_to(asked).values()), plan=EVALUATION_PLAN)
    gates = {GATE: Measured(facts=asked.facts, plan=Plan(deviation=0.01, below=0.02, above=0.03))}
    made = Evaluation(candidate=CANDIDATE, release=RELEASE, answers={HELD_OUT: release}, gates=gates)
    return replace(made, **changes)


def facts_of(measured: Evaluation | None) -> dict[str, Any]:
    counts = CandidateCounts.__new__(CandidateCounts)  # gates look at no row
    context = NOTHING if measured is None else Context(evaluation=measured)
    release = replace(ground().release, digest=RELEASE)
    basis = Basis(contract=contract(), candidate=CANDIDATE, counts=counts, release=release, context=context)
    gates: dict[str, Any] = GATES.facts(basis)["gates"]
    return gates


def test_facts_are_the_figure_with_its_bounds_its_price_and_the_margin_that_was_known() -> None:
    facts = facts_of(evaluation())
    figure = evaluation().figure(GATE, contract())
    assert facts[GATE] == {
        "value": round(figure.value, 6),
        "low": round(figure.low, 6),
        "high": round(figure.high, 6),
        "beta": 0.025,
        "deviation": round(figure.deviation, 6),
        "margin": 0.02,
        "read": "held out",
        "charged_rho": contract().evaluation_loss(HELD_OUT).nano_rho / NANO,
    }
    assert set(facts) == {GATE}


@pytest.mark.parametrize("change", [{"candidate": "c" * 64}, {"release": "c" * 64}])
def test_answers_about_another_candidate_or_release_never_count(change: dict[str, str]) -> None:
    assert facts_of(evaluation(**change)) == {}
    assert facts_of(None) == {}


def test_each_gate_is_one_measured_check_that_blocks() -> None:
    entries = list(GATES.entries(contract()))
    assert [entry.check for entry in entries] == ["gate_tstr_accuracy", "gate_membership"]
    assert {(entry.severity, entry.kind) for entry in entries} == {("critical", "MEASURED")}
    assert entries[0].kwargs == {"figure": GATE, "minimum": 0.7, "maximum": None}
    assert entries[1].description.endswith("is surely at most 0.2.")
    unknown = gated_contract(gates={"tstr_acu": {"min": 0.7}})
    assert "not known here" in next(iter(GATES.entries(unknown))).description
    assert list(GATES.entries(gated_contract())) == []
    assert KINDS[GATES.type] is GATES
