"""The privacy statement says what was spent on what, by mechanisms that can be recomputed."""

import json
from typing import Any

import numpy as np
import pytest
from private_table import COLUMNS, PrivateTable, make_contract

from synth_assets.measurement.statement import privacy_statement
from synth_assets.obtain.release import _request, _without_place
from synth_assets.privacy import epsilon_of, map_of
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release import NoisyMarginal, NoisyScores


@pytest.fixture
def statement(table: PrivateTable) -> dict[str, Any]:
    ledger = table.ledger
    source = ledger.source("census")
    reservation = ledger.reserve(_request(table.contract, _without_place(source), by="e", reason="r", run_id=None))
    noises = [least_gaussian(d_in=1, rho=rho) for rho in (0.01 - 1e-12, 0.01 - 1e-12, 0.02 - 1e-12)]
    names = [("age",), ("city",), ("age", "city")]
    marginals = [
        NoisyMarginal(
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
    return privacy_statement(
        contract, source=source, reservation=reservation, attempts=[reservation], marginals=marginals
    )


def test_the_mechanisms_are_there_to_be_recomputed(statement: dict[str, Any]) -> None:
    assert len(statement["mechanisms"]) == 2
    for mechanism in statement["mechanisms"]:
        assert map_of(mechanism["opendp"], d_in=statement["d_in"]) == mechanism["d_out"]
    tables = [table["attributes"] for mechanism in statement["mechanisms"] for table in mechanism["tables"]]
    assert tables == [["age"], ["city"], ["age", "city"]]


def test_the_loss_is_stated_for_unit_and_neighbours(statement: dict[str, Any], table: PrivateTable) -> None:
    loss = table.contract.cap().loss()
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


def test_it_does_not_say_where_the_source_is(statement: dict[str, Any], table: PrivateTable) -> None:
    assert str(table.workspace.root) not in json.dumps(statement)


def test_scores_are_told_with_their_own_sensitivity(table: PrivateTable) -> None:
    ledger = table.ledger
    source = ledger.source("census")
    reservation = ledger.reserve(_request(table.contract, _without_place(source), by="e", reason="r", run_id=None))
    noise = least_gaussian(d_in=19, rho=0.01 - 1e-12)
    scores = NoisyScores(
        cliques=(("age", "city"), ("age", "member")),
        scores=(5, 9),
        d_in=noise.d_in,
        scale=noise.scale,
        rho=noise.rho,
        draw=3,
        mechanism=noise.mechanism,
    )
    told = privacy_statement(
        table.contract, source=source, reservation=reservation, attempts=[reservation], marginals=(), scores=(scores,)
    )
    (mechanism,) = told["mechanisms"]
    assert (mechanism["d_in"], mechanism["scores"]) == (19, 2)
    assert map_of(mechanism["opendp"], d_in=19) == mechanism["d_out"]
    assert told["spent_on"] == [{"draw": 3, "scores": 2, "rho": noise.rho}]
    assert told["privacy_loss"]["nano_rho_of_mechanisms"] == 10_000_000
    assert "a d_in of its own" in told["composition"]
