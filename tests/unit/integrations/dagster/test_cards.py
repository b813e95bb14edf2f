"""What a reviewer of a promoted version reads first."""

from dataclasses import replace
from typing import Any

import dagster as dg
import pytest
from kit.project import Project

from synth_assets.integrations.dagster.cards import (
    page_address,
    page_of_candidate,
    promotion_card,
    purpose_of,
)
from synth_assets.integrations.dagster.metadata import promotion_metadata
from synth_assets.promotion import Promotion
from synth_assets.workspace import Workspace

SHOWN_AT_ONCE = 1000
"""Dagster shows Markdown below this length without a click."""


def card(project: Project, promotion: Promotion, **changes: object) -> str:
    """Return the card of the promoted candidate of seed 0."""
    contract = project.contract.model_copy(update=changes)
    balance = project.ledger.balance("town")
    results = project.evidence(0).results
    return promotion_card(contract, promotion, results, balance=balance, workspace=project.workspace)


def test_it_says_purpose_prohibited_uses_cost_unit_what_is_left_rows_verdicts_and_places(
    checked: Project, promoted: Promotion
) -> None:
    text = card(checked, promoted)
    balance = checked.ledger.balance("town")

    assert text.startswith("Tests on made-up rows.\n\n| Version |")
    assert "| Not to be used for | anything else |" in text
    assert "| Who is protected | one row, added or removed |" in text
    assert "epsilon 2 at delta 1e-06" in text
    assert f"| Account town | room for epsilon {balance.epsilon_left:.3g} more" in text
    assert 0 < balance.epsilon_left < balance.epsilon_cap
    assert "| Rows | 400 |" in text
    passed = sum(result.passed for result in checked.evidence(0).results)
    assert f"{passed} of {len(checked.evidence(0).results)} passed" in text
    assert len(text) < SHOWN_AT_ONCE


def test_places_are_links_where_pages_are_served_and_paths_elsewhere(
    checked: Project, promoted: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "/bundle/report.html |" in card(checked, promoted)
    monkeypatch.setenv("SYNTH_ASSETS_PAGES", "https://pages.example/x/")
    link = f"https://pages.example/x/promoted/people/versions/{promoted.version}/bundle"
    text = card(checked, promoted)
    assert f"| Report | [open]({link}/report.html) |" in text
    assert f"| Bundle | [open]({link}) |" in text
    assert len(text) < SHOWN_AT_ONCE


def test_the_run_is_a_link_where_mlflow_is_a_server(
    checked: Project, promoted: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> tuple[str, dict[str, Any]]:
        balance, results = checked.ledger.balance("town"), checked.evidence(0).results
        metadata = promotion_metadata(checked.contract, promoted, results, balance=balance, workspace=checked.workspace)
        return str(metadata["card"].value), metadata

    text, metadata = shown()
    assert "MLflow run" not in text
    assert "mlflow_page" not in metadata
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    text, metadata = shown()
    page = f"https://mlflow.example/#/runs/{promoted.run}"
    assert f"| MLflow run | [open]({page}) |" in text
    assert len(text) < SHOWN_AT_ONCE
    assert metadata["mlflow_page"] == dg.MetadataValue.url(page)


def test_only_addresses_that_a_browser_opens_become_links(monkeypatch: pytest.MonkeyPatch, checked: Project) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_PAGES", "file:///somewhere")
    assert page_address(Workspace(root=checked.root), "data/promoted/people") is None


def test_a_failed_warning_is_named(checked: Project, promoted: Promotion) -> None:
    results = [replace(result, passed=result.name != "realism") for result in checked.evidence(0).results]
    balance = checked.ledger.balance("town")
    text = promotion_card(checked.contract, promoted, results, balance=balance, workspace=checked.workspace)
    assert "warnings\\: realism |" in text


def test_a_purpose_is_one_paragraph_without_links(checked: Project) -> None:
    contract = checked.contract.model_copy(update={"purpose": "Planning\nof [beds](http://evil.example)"})
    assert purpose_of(contract).startswith("Planning of \\[beds\\]")


def test_the_page_of_a_candidate_is_a_link_or_a_path_in_the_project(
    checked: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = checked.workspace.page("people", "c" * 64)
    path = f"pages/people/{'c' * 64}.html"
    assert page_of_candidate(checked.workspace, page) == dg.MetadataValue.path(f"data/{path}")
    monkeypatch.setenv("SYNTH_ASSETS_PAGES", "https://pages.example")
    assert page_of_candidate(checked.workspace, page) == dg.MetadataValue.url(f"https://pages.example/{path}")
