"""Render reports of the made-up project and read them as a browser would."""

from html.parser import HTMLParser

from kit.project import Project

from synth_assets.audit.evidence import Evidence
from synth_assets.audit.privacy_statement import privacy_statement
from synth_assets.audit.report import ReportFacts, Section

_VOID = {"meta", "br", "link", "img", "input", "hr"}
_CELLS = {"td", "th", "dt", "dd", "li"}


class Page(HTMLParser):
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
        if tag in _CELLS:  # stand apart
            self.text += " "
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(html: str) -> Page:
    """Read HTML in which every tag is closed."""
    page = Page()
    page.feed(html)
    assert page.open == []
    return page


def facts_of(project: Project, evidence: Evidence) -> ReportFacts:
    """Return what the report of a promotion shows."""
    assert evidence.counts is not None
    return ReportFacts(
        contract=evidence.contract,
        identity=evidence.identity(),
        candidate=evidence.candidate,
        results=evidence.results,
        suite=project.suite,
        release=project.release,
        statement=privacy_statement(
            project.release, contract=evidence.contract, book=evidence.book, anchored=evidence.anchored
        ),
        tables=evidence.counts.tables,
        evaluation=evidence.context.evaluation,
        lines=evidence.ledger_lines,
        decided="2026-11-02",
        contents="c0ffee" * 10 + "0123",
    )


def text_of(section: Section, facts: ReportFacts) -> str:
    """Return the text of one section, with single spaces."""
    return " ".join(read_page(str(section.render(facts))).text.split())
