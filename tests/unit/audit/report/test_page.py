"""The report is one self-contained page whose numbers are those of the bundle."""

import json
import re
from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, read_page

from synth_assets.audit.report import report_page
from synth_assets.promotion import Promotion


def test_the_order_of_results_makes_no_difference(checked: Project) -> None:
    evidence = checked.evidence(0)
    turned = replace(evidence, results=evidence.results[::-1])
    assert report_page(facts_of(checked, evidence)) == report_page(facts_of(checked, turned))


def test_the_page_asks_for_nothing_and_runs_nothing(promoted: Promotion) -> None:
    html = promoted.report.read_text()
    page = read_page(html)
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert not [name for name, _ in page.attributes if name in ("src", "href", "onload", "onclick", "style:url")]
    assert "url(" not in html
    assert "http" not in html


def test_the_guarantee_on_the_page_is_the_one_of_the_statement(promoted: Promotion) -> None:
    statement = json.loads((promoted.bundle / "privacy.json").read_text())
    text = re.sub(r"\s+", " ", read_page(promoted.report.read_text()).text)
    assert f"at most {100 * statement['composition']['identified_at_5_in_100']:.1f} in 100 members" in text
    assert "one row, added or removed" in text
    assert "7 of 7" in text
    for words in ("Not to be used for", "anything else", "team:tests", "What is not covered", promoted.release):
        assert words in text


def test_what_people_wrote_is_text_and_never_markup(checked: Project) -> None:
    hostile = "<script>alert(1)</script>"
    evidence = checked.evidence(0)
    contract = evidence.contract.model_copy(update={"purpose": hostile, "owners": (hostile,)})
    results = (replace(evidence.results[0], description=hostile), *evidence.results[1:])
    changed = replace(evidence, contract=contract, results=results)
    page = read_page(report_page(facts_of(checked, changed)))
    assert "script" not in page.tags
    assert page.text.count(hostile) >= 3


def test_every_chart_has_a_label(promoted: Promotion) -> None:
    html = promoted.report.read_text()
    assert html.count("<svg") == len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]+"', html)) >= 5
