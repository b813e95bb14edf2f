"""Names, in one place."""

import dagster as dg
from kit.people import make_contract, varied_contract

from synth_assets.integrations.dagster.keys import Keys, asset_key, job_name, steps_of


def test_keys_are_the_dataset_and_the_step() -> None:
    assert asset_key("happiness", "release").to_user_string() == "happiness/release"
    assert asset_key("happiness", "scenario", "old").to_user_string() == "happiness/scenario/old"
    usual = Keys("happiness")
    assert usual.check("shares", "old").to_user_string() == "happiness/scenario/old:shares"
    assert usual.table() == usual.asset("candidate") == asset_key("happiness", "candidate")
    assert usual.op("candidate") == "happiness__candidate"
    assert job_name("happiness") == "happiness_refresh"


def test_a_translated_key_is_followed_by_checks_and_runs_and_others_stay() -> None:
    keys = Keys("happiness", {("candidate", ""): dg.AssetKey(["made_up", "gss"])})
    assert keys.check("fidelity") == dg.AssetCheckKey(dg.AssetKey(["made_up", "gss"]), "fidelity")
    assert keys.op("candidate") == "made_up__gss"
    assert keys.asset("release") == asset_key("happiness", "release")


def test_steps_are_in_the_order_in_which_they_run() -> None:
    steps = ["source", "release", "generator", "candidate", "promoted"]
    assert [step for step, _ in steps_of(make_contract())] == steps
    scenarios = [scenario for step, scenario in steps_of(varied_contract()) if step == "scenario"]
    assert scenarios == list(varied_contract().scenarios)
