"""The plan behind a release survives the way to the measuring process, and is paid under its old fingerprint."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.errors import UsageError
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds import kind_of
from synth_assets.strategy.measurer import Request
from synth_assets.strategy.release_plan import ReleasePlan

OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}


def test_it_costs_and_is_named_as_its_contract_says() -> None:
    contract = make_contract()
    plan = ReleasePlan(contract=contract)
    assert (plan.fingerprint(), plan.loss()) == (contract.fingerprint(), contract.cap().loss())


def test_derived_columns_and_rules_stay_behind_and_change_nothing() -> None:
    contract = make_contract(derived={"old": "age > 10"}, rules={"grown": "age >= 0"})
    again = ReleasePlan.from_arguments(ReleasePlan(contract=contract).arguments())
    assert not again.contract.derived
    assert not again.contract.rules
    assert again.fingerprint() == contract.fingerprint()


def test_the_layout_is_the_newest_unless_another_is_kept() -> None:
    contract = make_contract(columns={"age": {"type": "float", "min": 0, "max": 9, "domain_source": "x"}})
    plan = ReleasePlan(contract=contract, layout=1)
    assert ReleasePlan(contract=contract).fingerprint() == contract.fingerprint() != plan.fingerprint()
    assert ReleasePlan.from_arguments(plan.arguments()).fingerprint() == contract.fingerprint(layout=1)


def test_tables_count_from_one_and_discovery_from_zero() -> None:
    spend = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}
    discovering = make_contract(privacy={"unit": "rows", "spend": spend}, columns={"job": OPEN})
    assert ReleasePlan(contract=make_contract()).first_draw == 1
    assert ReleasePlan(contract=discovering).first_draw == 0


def test_a_budget_without_a_feasible_threshold_is_rejected_before_charging() -> None:
    spend = {"epsilon": 1e-7, "delta": 1e-6, "threshold_delta": 1e-9}
    with pytest.raises(UsageError):
        ReleasePlan(contract=make_contract(privacy={"unit": "rows", "spend": spend}, columns={"job": OPEN})).check()
    ReleasePlan(contract=make_contract()).check()


class Empty:
    """A measurer over a table of nothing, or of rows in the first cell of each table."""

    def __init__(self, *, rows: int = 0) -> None:
        self.rho_left, self.rows = 0.1, rows

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """Answer without noise."""
        answers = []
        for request in requests:
            noise = request.query.noise(unit=PrivacyUnit(), rho=request.rho, delta=0)
            values = np.zeros(request.query.shape() or (), np.int64)
            values.flat[0] = self.rows
            answers.append(kind_of(request.query.kind).from_journal(request.query, noise, values.tolist(), draw=1))
            self.rho_left -= request.rho
        return answers


@pytest.mark.parametrize(
    ("layout", "kinds"), [(2, ["marginals"]), (3, ["marginals", "heaping"]), (4, ["marginals", "heaping"])]
)
def test_heaps_are_measured_from_layout_3_on_and_nothing_is_wasted(layout: int, kinds: list[str]) -> None:
    contract = make_contract(columns={"paid": {"type": "float", "min": 1, "max": 900, "domain_source": "x"}})
    measurer = Empty()
    outcome = ReleasePlan(contract=contract, layout=layout).run(measurer)
    assert [answer.kind for answer in outcome.answers] == kinds
    assert 0 <= measurer.rho_left < 1e-9


@pytest.mark.parametrize(("layout", "kinds"), [(3, []), (4, ["orders", "tails", "tails"])])
def test_orders_and_tails_are_measured_from_layout_4_on(layout: int, kinds: list[str]) -> None:
    amount = {"type": "float", "min": 1, "max": 900, "domain_source": "x"}
    contract = make_contract(columns={"paid": amount, "owed": amount})
    measurer = Empty(rows=9_000)
    outcome = ReleasePlan(contract=contract, layout=layout).run(measurer)
    assert [answer.kind for answer in outcome.answers if answer.kind not in ("marginals", "heaping")] == kinds
    assert measurer.rho_left >= 0
