"""A reviewer clicks through Dagster: lineage, the card, checks, a refused promotion, a refused budget, all accounts.

Web server and daemon run for real, so the sensors and the schedule tick by themselves. With SCREENSHOTS=<folder> it
writes the pictures of the documents.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from kit.people import make_contract
from kit.project import Project, impossible
from pages import browser_page, dagster_daemon, dagster_page

from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.privacy import Cap
from synth_assets.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_PAGES = "https://pages.example/people"
_DEFINITIONS = """\
from pathlib import Path

import dagster as dg

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster import accounts_definitions, dataset_definitions

root = Path(__file__).parent
contract = DatasetContract.model_validate_json((root / "contract.json").read_text())
defs = dg.Definitions.merge(dataset_definitions([contract], root=root), accounts_definitions(root=root))
"""
_PATIENCE = 120_000
_REFRESH = {"release": "new_version", "release_schedule": "* * * * *", "candidate": "0 6 * * 1"}


def reviewed(project: Project) -> DatasetContract:
    """Promote once, refuse the next candidate, and leave too little for the release of the next label."""
    good = make_contract(refresh=_REFRESH)
    run_chain(good, workspace=Workspace.current())
    refused = impossible(good)
    with suppress(CheckRefused):
        run_chain(refused, workspace=Workspace.current(), seed=1)
    project.ledger.set_version("census", "2026-12", by="officer")
    project.ledger.set_cap("town", Cap(epsilon=2.5, delta=1e-5), by="officer", reason="no more this year")
    (project.root / "contract.json").write_text(refused.model_dump_json())
    (project.root / "reviewed.py").write_text(_DEFINITIONS)
    return refused


def take(page: Any, name: str, *, height: int = 1000) -> None:
    """Keep a picture, if somebody asked for them; none may name a folder of this machine."""
    page.set_viewport_size({"width": 1500, "height": height})
    assert str(Path.cwd()) not in page.content()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def seen(page: Any, text: str | re.Pattern[str]) -> Any:
    """Wait until a text is on the page."""
    shown = page.get_by_text(text).first
    shown.wait_for(timeout=_PATIENCE)
    return shown


def test_a_reviewer_finds_everything_by_clicking(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_PAGES", _PAGES)
    reviewed(project)
    with dg.DagsterInstance.get() as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey(["people", "promoted"]))
    with (
        dagster_page(project.root, module="reviewed", read_only=False) as address,
        dagster_daemon(project.root, module="reviewed"),
        browser_page(height=1000) as page,
    ):
        for look in (_lineage_and_card, _checks_of_a_refused_candidate, _refused_budget, _accounts, _runs):
            look(page, address)
        assert page.outside == []


def _lineage_and_card(page: Any, address: str) -> None:
    page.goto(f"{address}/locations/reviewed/asset-groups/people/lineage")
    for step in ("source", "release", "generator", "candidate", "promoted"):
        page.get_by_text(step, exact=True).first.wait_for(timeout=_PATIENCE)
    take(page, "review-lineage")
    page.goto(f"{address}/assets/people/promoted")
    seen(page, "Tests on made-up rows.")
    seen(page, "anything else")
    seen(page, re.compile(r"room for epsilon .* more"))
    links = page.locator(f"a[href^='{_PAGES}/promoted/people/versions/']")
    links.first.wait_for(timeout=_PATIENCE)
    targets = {links.nth(index).get_attribute("href").rsplit("/", 1)[1] for index in range(links.count())}
    assert targets == {"report.html", "bundle"}
    take(page, "review-promoted", height=1400)


def _checks_of_a_refused_candidate(page: Any, address: str) -> None:
    page.goto(f"{address}/assets/people/candidate?view=checks")
    seen(page, "rule_impossible").click()
    for name in ("observed", "limit"):
        page.get_by_text(name, exact=True).first.wait_for(timeout=_PATIENCE)
    seen(page, re.compile(r"rows break"))
    take(page, "review-refused")


def _refused_budget(page: Any, address: str) -> None:
    page.goto(f"{address}/locations/reviewed/schedules/people_release_schedule")
    switch = page.locator("input[type=checkbox]").first
    switch.wait_for(state="attached", timeout=_PATIENCE)
    switch.dispatch_event("click")  # the box itself lies under its picture
    result = page.get_by_text("0 runs requested", exact=True).nth(2)  # after the latest tick, and the tick's status
    result.wait_for(timeout=_PATIENCE)
    result.click()
    seen(page, re.compile("nothing was asked: account town has room for epsilon"))
    take(page, "review-skipped", height=600)
    page.goto(f"{address}/assets/people/release?view=checks&checkDetail=budget_covers_next_release")
    seen(page, re.compile(r"room for epsilon .* more; another release costs epsilon"))


def _accounts(page: Any, address: str) -> None:
    page.goto(f"{address}/assets/synth_assets/accounts")
    seen(page, "Population")
    take(page, "review-accounts", height=760)


def _runs(page: Any, address: str) -> None:
    page.goto(f"{address}/runs")
    seen(page, re.compile("people"))
    take(page, "review-runs")
