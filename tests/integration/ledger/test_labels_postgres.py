"""On PostgreSQL the server keeps the sensor of an engineer from setting a label, and lets that of an officer."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from postgres_ledger import small_ledger

from synth_assets.integrations.dagster import PrivacyLedgerResource, label_sensor

pytestmark = [pytest.mark.integration, pytest.mark.postgres]


def test_an_officers_login_sets_a_label_and_an_engineers_is_refused(
    postgres_ledger_url: str, server: Any, tmp_path: Path
) -> None:
    ledger = small_ledger(postgres_ledger_url)
    database = postgres_ledger_url.rpartition("/")[2]
    logins = {role: f"{role}_of_labels" for role in ("engineer", "officer")}
    server.execute(*(f"CREATE ROLE {login} LOGIN IN ROLE synth_assets_{role}" for role, login in logins.items()))
    instance = dg.DagsterInstance.ephemeral(tempdir=str(tmp_path))
    instance.report_runless_asset_event(dg.AssetMaterialization(["raw", "survey"], partition="2026-12"))
    sensor = label_sensor("survey", upstream="raw/survey", by="custodian", root=tmp_path)

    def tick(role: str, cursor: str | None) -> Any:
        resources = {"ledger": PrivacyLedgerResource(url=server.url(database, login=logins[role]))}
        with dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources) as context:
            return sensor.evaluate_tick(context)

    refused = tick("engineer", None)
    assert "label 2026-12 was not set" in refused.skip_message
    assert ledger.source("survey").version == "1"
    assert tick("officer", refused.cursor).skip_message == "source survey is now at version 2026-12"
    assert ledger.source("survey").version == "2026-12"
    assert list(ledger.entries())[-1].login == logins["officer"]
