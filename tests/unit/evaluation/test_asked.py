"""What a contract's gates ask, of whom, at which chance; and each kind of mistake in them."""

from typing import Any

import pytest
from asked_exactly import gated_contract
from kit.people import COLUMNS, OPEN, make_contract

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.asked import TOTAL_BETA, beta_of, check_name, gate_faults, limits_of, parts_of
from synth_assets.evaluation.metrics.registry import METRICS
from synth_assets.privacy import HELD_OUT, MEASURED

GOOD = {"tstr_auc": {"min": 0.7}, "fairness.city.equalized_odds": {"max": 0.2}, "membership": {"max": 0.1}}


def faults(gates: dict[str, Any], **changes: Any) -> list[tuple[tuple[str, ...], str, str]]:
    return list(gate_faults(gated_contract(gates=gates, **changes)))


def test_good_gates_have_no_fault() -> None:
    assert faults(GOOD) == []
    assert faults({}) == []


@pytest.mark.parametrize(
    ("gate", "limit", "message", "hint"),
    [
        ("tstr_acu", {"min": 0.7}, "there is no figure 'tstr_acu'", "did you mean 'tstr_auc'"),
        ("tstr_auc.age", {"min": 0.7}, "takes no argument", "docs/checks.md"),
        ("wasserstein.agee", {"max": 0.1}, "with a measured column", "docs/checks.md"),
        ("fairness.member.equalized_odds", {"max": 0.1}, "about the target itself", "docs/checks.md"),
        ("fairness.city.kindness", {"max": 0.1}, "is written `fairness.COLUMN.MEASURE`", "docs/checks.md"),
        ("membership", {"min": 0.1}, "is better the smaller it is", "`{max: ...}`"),
        ("tstr_auc", {"max": 0.9}, "is better the larger it is", "`{min: ...}`"),
        ("tstr_auc", {"min": 1.0}, "has the limit 1, which is not between 0 and 1", "another limit"),
        ("c2st", {"max": 0.4}, "has the limit 0.4, which is not between 0.5 and 1", "another limit"),
        ("workload_error", {"max": 0.0}, "has the limit 0, which is not between 0 and 1", "another limit"),
    ],
)
def test_each_mistake_is_said_with_its_place_and_a_hint(
    gate: str, limit: dict[str, float], message: str, hint: str
) -> None:
    ((where, said, advice),) = faults({gate: limit})
    assert where == ("gates", gate)
    assert message in said
    assert hint in advice


def test_two_gates_of_one_check_name_are_refused() -> None:
    columns = {**COLUMNS, "home town": COLUMNS["city"], "home_town": COLUMNS["city"]}
    gates = {f"jensen_shannon.{name}": {"max": 0.1} for name in ("home town", "home_town")}
    ((where, message, _),) = faults(gates, columns=columns)
    assert where == ("gates", "jensen_shannon.home_town")
    assert "is called as 'jensen_shannon.home town' is" in message


def test_gates_without_anything_to_pay_for_them_are_refused() -> None:
    poor = {"holdout": 0.0, "evaluation_share": 0.0}
    messages = faults({"tstr_auc": {"min": 0.7}, "membership": {"max": 0.1}}, privacy=poor)
    assert [where[1] for where, _, _ in messages] == ["tstr_auc", "membership"]
    assert "set `holdout` or `evaluation_share`" in messages[0][2]
    assert "set `holdout` and `evaluation_share`" in messages[1][2]
    assert len(faults({"membership": {"max": 0.1}}, privacy={"evaluation_share": 0.0})) == 1


def test_an_unknown_model_and_a_label_that_is_not_one_are_faults_of_the_evaluation() -> None:
    ((where, message, hint),) = faults(GOOD, evaluation={"model": "oracle"})
    assert where == ("evaluation", "model")
    assert "'oracle'" in message
    assert "logistic_regression" in hint
    ((where, message, _),) = faults(GOOD, evaluation={"positive": "age > 3"})
    assert where == ("evaluation", "positive")
    assert "is not about 'member'" in message
    assert faults({"membership": {"max": 0.1}}, evaluation={"positive": "age > 3"}) == []


def test_a_target_whose_values_are_discovered_is_not_looked_at_before_the_release() -> None:
    spend = {"epsilon": 4.0, "delta": 1e-6, "threshold_delta": 1e-9}
    contract = gated_contract(columns={**COLUMNS, "city": OPEN}, gates=GOOD, privacy={"spend": spend})
    ((where, _, _),) = gate_faults(contract.model_copy(update={"target": "city"}))
    assert where == ("gates", "fairness.city.equalized_odds")
    one = contract.model_copy(update={"target": "city", "gates": {"tstr_auc": contract.gates["tstr_auc"]}})
    assert list(gate_faults(one)) == []


@pytest.mark.parametrize(
    ("holdout", "share", "parts"),
    [
        (0.3, 0.5, {"utility": (HELD_OUT,), "closeness": (MEASURED,), "leakage": (MEASURED, HELD_OUT)}),
        (0.3, 0.0, {"utility": (HELD_OUT,), "closeness": (HELD_OUT,), "leakage": ()}),
        (0.0, 0.5, {"utility": (None,), "closeness": (None,), "leakage": ()}),
        (0.0, 0.0, {"utility": (), "closeness": (), "leakage": ()}),
    ],
)
def test_who_is_read_follows_from_what_the_contract_leaves(holdout: float, share: float, parts: dict[str, Any]) -> None:
    contract = gated_contract(privacy={"holdout": holdout, "evaluation_share": share})
    assert all(parts_of(metric, contract) == parts[metric.reads] for metric in METRICS.values())


def test_the_chance_of_error_is_shared_by_gates_and_attempts() -> None:
    contract = gated_contract(gates=GOOD, privacy={"evaluation_attempts": 5})
    assert beta_of(contract) * 3 * 5 == pytest.approx(TOTAL_BETA)
    assert beta_of(make_contract()) == TOTAL_BETA


def test_limits_know_the_best_value() -> None:
    limits = limits_of(gated_contract(gates=GOOD))
    assert {name: round(limit.room, 3) for name, limit in limits.items()} == {
        "tstr_auc": 0.3,
        "fairness.city.equalized_odds": 0.2,
        "membership": 0.1,
    }


def test_a_check_name_holds_letters_digits_and_lines() -> None:
    assert check_name("jensen_shannon.home town") == "gate_jensen_shannon_home_town"


def test_reading_a_contract_needs_no_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(gated_contract(gates={"not_a_figure": {"max": 0.1}}), DatasetContract)
