"""Names, in one place."""

from synth_assets.integrations.dagster.keys import asset_key, check_key, job_name, table_key


def test_keys_are_the_dataset_and_the_step() -> None:
    assert asset_key("happiness", "release").to_user_string() == "happiness/release"
    assert check_key("happiness", "fidelity").to_user_string() == "happiness/candidate:fidelity"
    assert asset_key("happiness", "scenario", "old").to_user_string() == "happiness/scenario/old"
    assert check_key("happiness", "shares", "old").to_user_string() == "happiness/scenario/old:shares"
    assert table_key("happiness") == asset_key("happiness", "candidate")
    assert job_name("happiness") == "happiness_refresh"
