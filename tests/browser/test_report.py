"""The report in Chromium: it asks nobody for anything, fits the screen, and follows the reader's colours."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kit.project import Project
from pages import CHROMIUM, FLAGS
from playwright.sync_api import Browser, sync_playwright
from report_pages import facts_of
from said_of_people import GATES, with_answers

from synth_assets.audit.report import report_page
from synth_assets.audit.report.sections import CANDIDATE_SECTIONS
from synth_assets.promotion import Promotion

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_asks_for_itself_alone_and_nothing_sticks_out(
    browser: Browser, promoted: Promotion, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(promoted.report.as_uri())
    assert asked == [promoted.report.as_uri()]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("h1").inner_text() == "people"
    assert page.locator("svg").count() >= 5
    page.close()


def test_headings_and_charts_have_names_for_those_who_cannot_see(browser: Browser, promoted: Promotion) -> None:
    page = browser.new_page()
    page.goto(promoted.report.as_uri())
    sections = page.get_by_role("region")
    assert sections.count() == 12
    assert page.get_by_role("img").count() == page.locator("svg").count()
    assert page.get_by_role("img", name="Members that an attacker identifies").count() == 1
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_figures_of_people_fit_the_screen_and_can_be_read(
    browser: Browser, checked: Project, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page(with_answers(facts_of(checked, checked.evidence(0)))))
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    people = page.get_by_role("region", name="What real people say")
    charts = people.get_by_role("img")
    assert charts.count() == len(GATES) + 7
    for chart in charts.all():
        box, drawn = chart.bounding_box(), float(chart.get_attribute("width") or 0)
        assert box is not None
        assert box["width"] >= 0.7 * drawn  # else its text is too small
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    for selector in (".soft", ".state", "div"):
        assert people.locator(selector).first.evaluate(_CONTRAST) >= 4.5, selector
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_refused_candidate_fits_the_screen_and_asks_for_itself_alone(
    browser: Browser, checked: Project, tmp_path: Path, width: int, scheme: str
) -> None:
    plain = with_answers(facts_of(checked, checked.evidence(0)))
    gates = [replace(plain.results[0], name=name, passed=False, description="x" * 120) for name in ("a", "b" * 60)]
    facts = replace(plain, results=(*plain.results, *gates), promoted=False)
    file = tmp_path / "candidate.html"
    file.write_text(report_page(facts, sections=CANDIDATE_SECTIONS))
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    head = page.locator("header .card").first
    assert "Refused" in head.inner_text()
    for selector in (".state", "b.failed"):
        assert head.locator(selector).first.evaluate(_CONTRAST) >= 4.5, selector
    for name in ("What was checked", "Column by column"):
        card = page.get_by_role("region", name=name).locator(".card").first
        assert card.evaluate("(element) => element.scrollWidth - element.clientWidth") <= 0, name
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, promoted: Promotion, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
    page = context.new_page()
    page.goto(promoted.report.as_uri())
    # WCAG 2.2, 1.4.3: 4.5 to 1 for text
    for selector in ("p.lead", ".eyebrow", "figcaption", "td", ".state"):
        assert page.locator(selector).first.evaluate(_CONTRAST) >= 4.5, selector
    context.close()


_CONTRAST = """(element) => {
  const read = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => read(text).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
