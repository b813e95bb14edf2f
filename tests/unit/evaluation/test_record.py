"""What was measured about a candidate is kept in one file, which anybody may have written."""

import contextlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asked_exactly import answers_to, ask, gated_contract, ground
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.record import (
    EVALUATION_PLAN,
    Evaluation,
    Measured,
    read_evaluation,
    write_evaluation,
)
from synth_assets.privacy import HELD_OUT, MEASURED
from synth_assets.release import Release

GATES = {
    "tstr_auc": {"min": 0.7},
    "tstr_brier": {"max": 0.3},
    "tstr_calibration": {"max": 0.2},
    "fairness.city.equalized_odds": {"max": 0.9},
    "workload_error": {"max": 0.1},
    "wasserstein.age": {"max": 0.1},
    "jensen_shannon.age": {"max": 0.1},
    "nearest": {"max": 0.4},
}
CONTRACT = gated_contract(gates=GATES)
CANDIDATE, RELEASE = "a" * 64, "b" * 64
DIGESTS = {MEASURED: "c" * 64, HELD_OUT: "d" * 64}


def _made() -> Evaluation:
    asked = {gate: ask(gate) for gate in GATES}
    answers = {key: answer for one in asked.values() for key, answer in answers_to(one).items()}
    parts: dict[str | None, Release] = {
        part: replace(
            ground().release,
            answers=tuple(answer for (of_part, _), answer in answers.items() if of_part == part),
            plan=EVALUATION_PLAN,
            digest=digest,
        )
        for part, digest in DIGESTS.items()
    }
    plan = Plan(deviation=0.1, below=0.2, above=0.3)
    gates = {gate: Measured(facts=json.loads(json.dumps(one.facts)), plan=plan) for gate, one in asked.items()}
    return Evaluation(candidate=CANDIDATE, release=RELEASE, answers=parts, gates=gates)


EVALUATION = _made()
STORED = {release.digest: release for release in EVALUATION.answers.values()}


def load(digest: str) -> Release:
    if digest not in STORED:
        raise IntegrityError("there is none", hint="none")
    return STORED[digest]


def test_it_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "evaluations" / "people" / "a.json"
    assert read_evaluation(path, load=load) is None
    write_evaluation(EVALUATION, path)
    again = read_evaluation(path, load=load)
    assert again is not None
    assert again.as_json() == EVALUATION.as_json()
    assert again.facts_digest == EVALUATION.facts_digest
    assert all(again.figure(gate, CONTRACT) == EVALUATION.figure(gate, CONTRACT) for gate in GATES)


def test_an_account_that_is_not_split_has_a_name() -> None:
    whole = replace(EVALUATION, answers={None: STORED[DIGESTS[MEASURED]]})
    value = whole.as_json()
    assert value["answers"] == {"all": DIGESTS[MEASURED]}
    assert list(Evaluation.from_json(value, load=load).answers) == [None]


def _changed(*keys: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        for key in keys[:-1]:
            value = value[key]
        value[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        *[
            _changed(key, to=to)
            for key in ("candidate", "release")
            for to in (None, 7, "../../etc", "A" * 64, "a" * 65)
        ],
        *[_changed("answers", HELD_OUT, to=to) for to in ("../" * 20, "..", "", None, ["a"], {}, 10**39, "0" * 64)],
        _changed("answers", "everybody", to="a" * 64),
        _changed("answers", to=["measured"]),
        _changed("answers", to=7),
        _changed("format_version", to=2),
        _changed("format_version", to=None),
        _changed("gates", to=[]),
        _changed("gates", "nearest", to=None),
        _changed("gates", "nearest", "facts", to=[["name", "x"]]),
        *[
            _changed("gates", "nearest", "plan", to=to)
            for to in (None, [], [1], [1, 2, 3, 4], ["nan", 1, 2], [1, 2, "inf"], [True, 1, 2], [1, 2, 10**400])
        ],
        _changed("gates", "nearest", "plan", to=[float("nan"), 1.0, 2.0]),
    ],
)
def test_what_is_not_an_evaluation_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    value = deepcopy(EVALUATION.as_json())
    change(value)
    with pytest.raises(IntegrityError):
        Evaluation.from_json(value, load=load)


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [[]], {"format_version": 1}])
def test_other_json_is_refused(value: Any) -> None:
    with pytest.raises(IntegrityError):
        Evaluation.from_json(value, load=load)


def test_answers_to_another_plan_are_refused() -> None:
    table = replace(STORED[DIGESTS[HELD_OUT]], plan="release")
    with pytest.raises(IntegrityError, match="not given to an evaluation"):
        Evaluation.from_json(EVALUATION.as_json(), load=lambda digest: replace(table, digest=digest))


WILD = [
    None,
    True,
    -1,
    0,
    10**39,
    1e308,
    -1e308,
    "nan",
    "inf",
    "../..",
    [],
    [[]],
    {},
    [0] * 5000,
    [1e308] * 10,
    [[1], [2, 3]],
    [[-1] * 5, [0] * 5],
    ["a"],
    [None],
]
FACTS = [(gate, fact) for gate, measured in EVALUATION.gates.items() for fact in measured.facts if fact != "groups"]


@pytest.mark.parametrize(("gate", "fact"), FACTS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_wild_facts_make_a_finite_figure_or_an_integrity_error(gate: str, fact: str) -> None:
    measured = EVALUATION.gates[gate]
    for wild in WILD:
        changed = replace(measured, facts={**measured.facts, fact: wild})
        evaluation = replace(EVALUATION, gates={**EVALUATION.gates, gate: changed})
        assert evaluation.facts_digest != EVALUATION.facts_digest
        try:
            figure = evaluation.figure(gate, CONTRACT)
        except IntegrityError:
            continue
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
    missing = replace(measured, facts={name: value for name, value in measured.facts.items() if name != fact})
    with pytest.raises(IntegrityError):
        replace(EVALUATION, gates={gate: missing}).figure(gate, CONTRACT)


@given(facts=st.dictionaries(st.sampled_from(sorted({fact for _, fact in FACTS})), st.sampled_from(WILD)))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_facts_raise_anything_else(facts: dict[str, Any]) -> None:
    for gate, measured in EVALUATION.gates.items():
        changed = replace(measured, facts={**measured.facts, **facts})
        with contextlib.suppress(IntegrityError):
            replace(EVALUATION, gates={gate: changed}).figure(gate, CONTRACT)


def test_a_gate_that_was_not_asked_or_does_not_exist_has_no_figure() -> None:
    for gate in ("membership", "tstr_acu", ""):
        with pytest.raises(IntegrityError):
            EVALUATION.figure(gate, CONTRACT)


def test_a_figure_is_made_of_the_part_that_its_metric_reads_alone() -> None:
    gate = "tstr_calibration"
    measured = EVALUATION.gates[gate]
    moved = replace(measured, facts={**measured.facts, "part": MEASURED})
    swapped = {MEASURED: EVALUATION.answers[HELD_OUT], HELD_OUT: EVALUATION.answers[HELD_OUT]}
    with pytest.raises(IntegrityError):
        replace(EVALUATION, answers=swapped, gates={gate: moved}).figure(gate, CONTRACT)


def test_the_fingerprint_covers_candidate_release_facts_and_questions() -> None:
    domain = ground().domain
    first = EVALUATION.fingerprint(HELD_OUT, CONTRACT, domain=domain)
    one = replace(STORED[DIGESTS[HELD_OUT]], answers=STORED[DIGESTS[HELD_OUT]].answers[1:])
    facts = replace(EVALUATION.gates["nearest"], facts={"name": "x"})
    others = [
        replace(EVALUATION, candidate="e" * 64),
        replace(EVALUATION, release="e" * 64),
        replace(EVALUATION, answers={**EVALUATION.answers, HELD_OUT: one}),
        replace(EVALUATION, gates={**EVALUATION.gates, "nearest": facts}),
    ]
    assert EVALUATION.fingerprint(MEASURED, CONTRACT, domain=domain) != first
    assert all(other.fingerprint(HELD_OUT, CONTRACT, domain=domain) != first for other in others)
    assert replace(EVALUATION).fingerprint(HELD_OUT, CONTRACT, domain=domain) == first
