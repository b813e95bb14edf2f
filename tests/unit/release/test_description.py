"""What a statement holds on mechanisms and spending follows from the records."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from found import FOUND
from kit.people import COLUMNS, make_contract
from kit.project import Project

from synth_assets.obtain.release import request_for
from synth_assets.privacy import epsilon_of, map_of
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release import NoisyMarginal, NoisyScores, Release
from synth_assets.release.description import (
    ALWAYS_UNPROTECTED,
    describe_measurement,
    describe_mechanisms,
    describe_spending,
)
from synth_assets.release.kinds.thresholds import OLD_RULE
from synth_assets.strategy.release_plan import ReleasePlan

SCORED = NoisyScores.of(cliques=(("a", "b"),), scores=(3,), d_in=2, scale=4.0, rho=0.5, draw=1, mechanism="s")


def test_each_mechanism_is_listed_once_with_all_its_tables(small_release: Release) -> None:
    listed = describe_mechanisms(small_release.answers, max_rows=1)
    named = [(table["attributes"], table["level"]) for mechanism in listed for table in mechanism["tables"]]
    assert len(listed) < len(named) == len(small_release.marginals)
    assert sorted(named) == sorted((list(marginal.attributes), marginal.level) for marginal in small_release.marginals)


def test_thresholds_and_scores_come_first_with_a_d_in_of_their_own(small_release: Release) -> None:
    listed = describe_mechanisms([*small_release.answers, SCORED, FOUND], max_rows=3)
    assert listed[0] == {
        "opendp": FOUND.mechanism,
        "draw": 0,
        "scale": 5.0,
        "threshold": 61,
        "releases": "counts above the threshold",
        "d_in": [3, 3, 3],
        "d_out": {"rho": 0.02, "delta": 1e-9},
        "discovers": "city",
    }
    assert listed[1] == {"opendp": "s", "draw": 1, "scale": 4.0, "d_in": 2, "d_out": 0.5, "scores": 1}


def test_a_record_of_the_old_rule_is_described_as_it_was() -> None:
    old = dataclasses.replace(FOUND, descriptor={**FOUND.descriptor, "rule": OLD_RULE})
    assert "releases" not in describe_mechanisms([old], max_rows=1)[0]


def test_what_was_spent_is_added_up_by_draw(small_release: Release) -> None:
    spent = describe_spending([*small_release.answers, SCORED, FOUND, FOUND])
    assert spent[0] == {"draw": 0, "discovers": 2, "rho": 0.040000001, "delta": 2e-9}  # rounded up to a nano-rho
    assert spent[1] == {"draw": 1, "scores": 1, "rho": 0.5}
    assert sum(entry["tables"] for entry in spent[2:]) == len(small_release.marginals)


def test_time_and_failure_are_never_protected() -> None:
    assert any("running time" in text for text in ALWAYS_UNPROTECTED)
    assert any("failed" in text for text in ALWAYS_UNPROTECTED)


@pytest.fixture
def statement(project: Project) -> dict[str, Any]:
    ledger = project.ledger
    source = ledger.source("census")
    reservation = ledger.reserve(
        request_for(ReleasePlan(contract=project.contract), source, by="e", reason="r", run_id=None)
    )
    noises = [least_gaussian(d_in=1, rho=rho) for rho in (0.01 - 1e-12, 0.01 - 1e-12, 0.02 - 1e-12)]
    names = [("age",), ("city",), ("age", "city")]
    marginals = [
        NoisyMarginal.of(
            attributes=attributes,
            level="fine" if len(attributes) == 1 else "coarse",
            counts=np.zeros(3, dtype=np.int64),
            scale=noise.scale,
            rho=noise.rho,
            draw=len(attributes),
            mechanism=noise.mechanism,
        )
        for attributes, noise in zip(names, noises, strict=True)
    ]
    columns = {**COLUMNS, "age": {**COLUMNS["age"], "domain_source": "Seen in data"}}
    contract = make_contract(columns=columns)
    return describe_measurement(
        contract, source=source, reservation=reservation, attempts=[reservation], answers=marginals
    )


def test_the_mechanisms_are_there_to_be_recomputed(statement: dict[str, Any]) -> None:
    assert len(statement["mechanisms"]) == 2
    for mechanism in statement["mechanisms"]:
        assert map_of(mechanism["opendp"], d_in=statement["d_in"]) == mechanism["d_out"]
    tables = [table["attributes"] for mechanism in statement["mechanisms"] for table in mechanism["tables"]]
    assert tables == [["age"], ["city"], ["age", "city"]]


def test_the_loss_is_stated_for_unit_and_neighbours(statement: dict[str, Any], project: Project) -> None:
    loss = project.contract.cap().loss()
    assert statement["privacy_loss"]["nano_rho"] == loss.nano_rho
    assert statement["privacy_loss"]["epsilon"] == epsilon_of(loss, delta=1e-6)
    assert statement["privacy_loss"]["nano_rho_of_mechanisms"] == 40_000_000
    assert statement["privacy_unit"]["description"] == "one row, added or removed"
    assert statement["dp_variant"] == "zCDP"
    assert [(part["draw"], part["tables"], part["rho"]) for part in statement["spent_on"]] == [
        (1, 2, 0.02),
        (2, 1, 0.02),
    ]


def test_what_is_not_protected_is_listed(statement: dict[str, Any]) -> None:
    listed = " ".join(statement["unprotected_quantities"])
    assert "running time and memory" in listed
    assert "column age" in listed
    assert "column city" not in listed


def test_it_does_not_reveal_where_the_source_is(statement: dict[str, Any], project: Project) -> None:
    assert str(project.workspace.root) not in json.dumps(statement)


def test_scores_are_described_with_their_own_sensitivity(project: Project) -> None:
    ledger = project.ledger
    source = ledger.source("census")
    reservation = ledger.reserve(
        request_for(ReleasePlan(contract=project.contract), source, by="e", reason="r", run_id=None)
    )
    noise = least_gaussian(d_in=19, rho=0.01 - 1e-12)
    scores = NoisyScores.of(
        cliques=(("age", "city"), ("age", "member")),
        scores=(5, 9),
        d_in=noise.d_in,
        scale=noise.scale,
        rho=noise.rho,
        draw=3,
        mechanism=noise.mechanism,
    )
    described = describe_measurement(
        project.contract, source=source, reservation=reservation, attempts=[reservation], answers=(scores,)
    )
    (mechanism,) = described["mechanisms"]
    assert (mechanism["d_in"], mechanism["scores"]) == (19, 2)
    assert map_of(mechanism["opendp"], d_in=19) == mechanism["d_out"]
    assert described["spent_on"] == [{"draw": 3, "scores": 2, "rho": noise.rho}]
    assert described["privacy_loss"]["nano_rho_of_mechanisms"] == 10_000_000
    assert "a d_in of its own" in described["composition"]
