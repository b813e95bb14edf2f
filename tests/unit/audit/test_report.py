"""The report is one self-contained page whose numbers are those of the bundle."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from made_up_project import Project

from synth_assets.audit.evidence import Evidence
from synth_assets.audit.report import ReportFacts, _domain_text, report_page
from synth_assets.audit.statement import privacy_statement
from synth_assets.domain import Column
from synth_assets.promotion import Promotion

_VOID = {"meta", "br", "link", "img", "input", "hr"}


class _Page(HTMLParser):
    """Collects text, headings and attributes, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    assert page.open == []
    return page


def _facts(project: Project, evidence: Evidence) -> ReportFacts:
    return ReportFacts(
        contract=evidence.contract,
        identity=evidence.identity(),
        candidate=evidence.candidate,
        results=evidence.results,
        suite=project.suite,
        release=project.release,
        statement=privacy_statement(project.release, contract=evidence.contract, book=evidence.book, anchored=False),
        tables=evidence.counts.tables if evidence.counts else (),
    )


def test_the_order_of_results_makes_no_difference(project: Project) -> None:
    evidence = project.evidence(0)
    turned = replace(evidence, results=evidence.results[::-1])
    assert report_page(_facts(project, evidence)) == report_page(_facts(project, turned))


def test_the_page_asks_for_nothing_and_runs_nothing(promoted: Promotion) -> None:
    html = promoted.report.read_text()
    page = _read(html)
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert not [name for name, _ in page.attributes if name in ("src", "href", "onload", "onclick", "style:url")]
    assert "url(" not in html
    assert "http" not in html


def test_the_guarantee_on_the_page_is_the_one_of_the_statement(promoted: Promotion) -> None:
    told = json.loads((promoted.bundle / "privacy.json").read_text())
    text = re.sub(r"\s+", " ", _read(promoted.report.read_text()).text)
    assert f"at most {100 * told['composition']['identified_at_5_in_100']:.1f} in 100 members" in text
    assert "one row, added or removed" in text
    assert "6 of 6" in text
    for words in ("Not to be used for", "anything else", "team:tests", "What is not covered", promoted.release):
        assert words in text


def test_what_people_wrote_is_text_and_never_markup(project: Project) -> None:
    hostile = "<script>alert(1)</script>"
    evidence = project.evidence(0)
    contract = evidence.contract.model_copy(update={"purpose": hostile, "owners": (hostile,)})
    results = (replace(evidence.results[0], description=hostile), *evidence.results[1:])
    changed = replace(evidence, contract=contract, results=results)
    page = _read(report_page(_facts(project, changed)))
    assert "script" not in page.tags
    assert page.text.count(hostile) >= 3


def test_a_failed_warning_stands_first_and_is_said_in_words(project: Project) -> None:
    evidence = project.evidence(0)
    warned = replace(evidence.results[3], passed=False, severity="warning")
    changed = replace(evidence, results=(*evidence.results[:3], warned, *evidence.results[4:]))
    text = _read(report_page(_facts(project, changed))).text
    assert text.index("failed") < text.index("✓ passed")
    assert "5 of 6" in text


def test_every_chart_has_a_label(promoted: Promotion) -> None:
    html = promoted.report.read_text()
    assert html.count("<svg") == len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]+"', html)) >= 5


def test_the_domain_of_a_very_long_list_is_said_in_short() -> None:
    codes = Column(name="code", kind="categorical", categories=tuple(f"c{n}" for n in range(4096)))
    said = _domain_text(codes)
    assert said.startswith("c0, c1, c2, ")
    assert said.endswith(", c59, ... (4,096 values)")
    assert _domain_text(replace(codes, categories=("a", "b"))) == "a, b"


def test_the_domain_of_times_is_said_by_its_ends() -> None:
    seen = Column(name="seen", kind="datetime", resolution="hour", minimum=0, maximum=47)
    assert _domain_text(seen) == "1970-01-01 00:00:00 to 1970-01-02 23:00:00"
    assert _domain_text(replace(seen, bins=2)) == "1970-01-01 00:00:00 to 1970-01-02 23:00:00"
    assert _domain_text(replace(seen, maximum=0)) == "1970-01-01 00:00:00"


def test_corrections_of_the_account_are_told(project: Project) -> None:
    facts = _facts(project, project.evidence(0))
    assert "corrected later" not in _read(report_page(facts)).text
    correction = {"nano_rho": 5, "atto_delta": 0, "reason": "x", "reservation": "r"}
    statement = {**facts.statement, "account": {**facts.statement["account"], "corrections": [correction]}}
    assert (
        "1 charges of this account that an older version"
        in _read(report_page(replace(facts, statement=statement))).text
    )
