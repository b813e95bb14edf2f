"""A budget in words: what happened, what would happen, what is near its end."""

import getpass
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from synth_assets.ledger import ReservationRequest, Source
from synth_assets.ledger.budget import crossed, history, make_plan, noise_of, worst_windows
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit, epsilon_of

Make = Callable[..., ReservationRequest]


def test_everything_that_happened_is_described_in_words(ledger: SqlLedger, source: Source, request_for: Make) -> None:
    done, dead, back = (ledger.reserve(request_for(name, run_id="run 1")) for name in ("done", "dead", "back"))
    permit = ledger.begin(done.id)
    permit = ledger.begin(done.id)
    ledger.redeem(permit)
    ledger.record_intent(permit, 0, "i")
    ledger.record_answer(permit, 0, "a")
    ledger.settle(done.id, release_digest="abcdef")
    ledger.begin(dead.id)
    ledger.settle(dead.id, release_digest=None)
    ledger.cancel(back.id)
    ledger.set_version("survey", "2026-12", by="custodian", reason="December")
    ledger.move_source(replace(source, location="/new.csv"), by="officer", reason="a new disk")
    ledger.set_cap("survey", Cap(epsilon=4.0, delta=1e-7), by="officer")
    ledger.close_account("survey", by="officer", reason="the end")
    events = list(history(ledger, "survey"))
    words = [event.what for event in events]
    assert words == [
        "account opened with epsilon 3 at delta 1e-07",
        "source survey registered, version 2026-11",
        *["reserved survey 2026-11, attempt 1"] * 3,
        "opened: charged permanently",
        "resumed after its process died",
        "source opened",
        "draw 0 announced",
        "draw 0 made",
        "settled with release abcdef",
        "opened: charged permanently",
        "died without a release: died",
        "released without a charge: cancelled",
        "source survey is now version 2026-12",
        "source survey moved to another location, as csv",
        "cap set to epsilon 4 at delta 1e-07",
        "account closed",
    ]
    assert [event.reason for event in events][-4:] == ["December", "a new disk", None, "the end"]
    assert {event.login for event in events} == {getpass.getuser()}
    assert sum(event.nano_rho for event in events) == ledger.balance("survey").spent.nano_rho
    paid = next(event for event in events if event.nano_rho)
    assert (paid.by, paid.dataset, paid.reason, paid.run_id) == ("engineer", "survey", "teaching", "run 1")


def test_a_plan_says_how_many_releases_fit_and_what_the_next_one_makes_of_it(
    ledger: SqlLedger, request_for: Make
) -> None:
    ledger.begin(ledger.reserve(request_for()).id)
    asked = PrivacyLoss(nano_rho=50_000_000)
    plan = make_plan(ledger, account="survey", asked=asked, unit=PrivacyUnit(column="person", max_rows=3), tables=8)
    assert plan.releases_left == 2
    assert plan.epsilon_after == epsilon_of(PrivacyLoss(nano_rho=100_000_000), delta=1e-7)
    assert plan.epsilon_after < 2 * plan.epsilon_asked
    assert plan.noise == pytest.approx(3 * math.sqrt(8 / 0.1))
    assert ledger.reservations() == ledger.reservations("survey")


def test_thresholds_count_against_how_many_fit(ledger: SqlLedger) -> None:
    asked = PrivacyLoss(nano_rho=1, atto_delta=1)
    assert make_plan(ledger, account="survey", asked=asked, unit=PrivacyUnit(), tables=1).releases_left == 0
    nothing = PrivacyLoss(nano_rho=0)
    assert make_plan(ledger, account="survey", asked=nothing, unit=PrivacyUnit(), tables=1).noise == math.inf
    assert noise_of(PrivacyLoss(nano_rho=500_000_000), unit=PrivacyUnit(), tables=1) == 1.0


def test_somebody_in_several_windows_loses_the_sum_of_them(
    ledger: SqlLedger, source: Source, request_for: Make
) -> None:
    parent = replace(ledger.account("survey"), name="all")
    ledger.open_account(parent, Cap(epsilon=3.0, delta=1e-7), by="officer")
    columns = (*source.columns, ("seen_at", "date"))
    for month, rho in ((9, 5), (10, 1), (11, 7)):
        name, window = f"m{month}", f"seen_at=2026-{month:02}-01/2026-{month + 1:02}-01"
        child = replace(parent, name=name, parent="all", window=window)
        ledger.open_account(child, Cap(epsilon=1.0, delta=1e-7), by="officer")
        ledger.add_source(replace(source, name=name, account=name, columns=columns), by="officer")
        ledger.begin(ledger.reserve(request_for(source=name, nano_rho=rho)).id)
    assert [worst_windows(ledger, "all", windows=k).nano_rho for k in (1, 2, 3)] == [7, 8, 13]
    assert ledger.balance("all").spent.nano_rho == 13


def test_thresholds_are_crossed_once(ledger: SqlLedger, request_for: Make) -> None:
    before = ledger.balance("survey").spent
    ledger.begin(ledger.reserve(request_for(nano_rho=130_000_000)).id)
    balance = ledger.balance("survey")
    assert crossed(balance, before=before) == [0.5, 0.8]
    assert crossed(balance, before=balance.spent) == []
