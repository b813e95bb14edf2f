"""The lineage page of the demo project in Chromium: its assets, their checks, no outside request."""

import shutil
from pathlib import Path

import pytest
from pages import browser_page, dagster_page

from synth_assets.integrations.dagster.launch import dagster_home
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_lineage_page_shows_all_assets_and_asks_no_outside_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dagster_project", "expectations"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    dagster_home(Workspace(root=tmp_path))

    with dagster_page(tmp_path, module="dagster_project.definitions") as address, browser_page() as page:
        page.goto(f"{address}/locations/dagster_project.definitions/asset-groups/happiness/lineage")
        for step in ("source", "release", "generator", "candidate", "equal", "promoted"):
            page.get_by_text(step, exact=True).first.wait_for(timeout=60_000)
        page.goto(f"{address}/assets/happiness/candidate?view=checks")
        for check in ("fidelity", "gate_tstr_auc"):
            page.get_by_text(check, exact=True).first.wait_for(timeout=60_000)

        assert page.get_by_text("This is a blocking asset check.").count() or page.get_by_text("blocking").count()
        assert page.outside == []
