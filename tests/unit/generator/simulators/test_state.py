"""A calibrated simulator as files, which may come from anybody."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from kit.incomes import make_release

from synth_assets.errors import IntegrityError
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.simulators.state import CalibratedParameter, State
from synth_assets.generator.simulators.tables import TableFit, Tables
from synth_assets.release import Release

FACTS = "simulator.json"


@pytest.fixture(scope="module", params=[False, True], ids=["simulator", "hybrid"])
def state(request: pytest.FixtureRequest, release: Release, fitted: MixtureGenerator) -> State:
    cells = Tables.of(release).cells
    return State(
        cells=cells,
        simulator="incomes",
        code="ab" * 32,
        parameters={"spread": CalibratedParameter(estimate=8.25, spread=0.125, used=12.0, meaning="how far")},
        fits=tuple(TableFit(attributes=names, distance=0.25, explained=0.125) for names in cells.attributes),
        share=0.5 if request.param else 1.0,
        residual=fitted if request.param else None,
    )


def test_what_is_written_is_read(state: State, release: Release) -> None:
    files = state.written()
    again = State.read(files, release=release)
    assert again.written() == files
    assert again.as_json() == state.as_json()
    assert (again.residual is None) == (state.share == 1)
    assert again.cells.columns == state.cells.columns
    assert {name: len(content) <= State.largest(release)[name] for name, content in files.items()} == {
        FACTS: True,
        "simulator.safetensors": True,
    }


def altered(change: Callable[[dict[str, Any]], Any], files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files whose facts are changed."""
    facts = json.loads(files[FACTS])
    change(facts)
    return files | {FACTS: json.dumps(facts).encode()}


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(more=1),
        lambda facts: facts.pop("code"),
        lambda facts: facts.update(code="x" * 64),
        lambda facts: facts.update(format_version=2),
        lambda facts: facts.update(simulator="x" * 200),
        lambda facts: facts.update(simulator=3),
        lambda facts: facts.update(share=1.5),
        lambda facts: facts.update(share=True),
        lambda facts: facts.update(share=0.25 if facts["residual"] is None else 1.0),
        lambda facts: facts.update(parameters=[]),
        lambda facts: facts["parameters"][0].update(used=float("nan")),
        lambda facts: facts["parameters"][0].update(used="8"),
        lambda facts: facts["parameters"][0].update(meaning="x" * 200),
        lambda facts: facts["parameters"][0].pop("meaning"),
        lambda facts: facts["parameters"].extend({**facts["parameters"][0], "name": f"p{n}"} for n in range(64)),
        lambda facts: facts["tables"].pop(),
        lambda facts: facts["tables"][0].update(attributes=["nobody"]),
        lambda facts: facts["tables"][0].update(distance=None),
        lambda facts: facts["grids"].pop(),
        lambda facts: facts.update(residual=[]),
    ],
)
def test_facts_of_something_else_are_refused(
    state: State, release: Release, change: Callable[[dict[str, Any]], Any]
) -> None:
    with pytest.raises(IntegrityError):
        State.read(altered(change, state.written()), release=release)


def test_the_same_facts_written_otherwise_are_refused(state: State, release: Release) -> None:
    spaced = json.dumps(json.loads(state.written()[FACTS]), indent=2).encode()
    with pytest.raises(IntegrityError, match="written otherwise"):
        State.read(state.written() | {FACTS: spaced}, release=release)


def test_a_simulator_of_other_tables_is_none_of_the_release(state: State) -> None:
    if state.residual is None:
        other = make_release(triples=[("age", "region", "member")])
        assert State.read(state.written(), release=None).simulator == "incomes"
        with pytest.raises(IntegrityError, match="other columns or tables"):
            State.read(state.written(), release=other)


def test_a_scenario_is_told_from_the_calibration(state: State) -> None:
    (parameter,) = state.as_json()["parameters"]
    assert parameter == {"name": "spread", "estimate": 8.25, "spread": 0.125, "used": 12.0, "meaning": "how far"}
    same = replace(
        state, parameters={"spread": CalibratedParameter(estimate=8.25, spread=0.125, used=8.25, meaning="how far")}
    )
    assert same.written() != state.written()
