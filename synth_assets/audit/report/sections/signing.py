"""For whoever signs: when things were done, what digest is signed for, who attests what, and who answers for it."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["SIGNING"]

_OPENED = "OPENED"
"""The line that is written just before private rows are read; later lines do not carry their own time."""
Line = tuple[str, list[str], str]


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {"lines": [*_days(facts), *_digests(facts), *_attested(facts), *_stated(facts)]}


def _days(facts: ReportFacts) -> Iterator[Line]:
    yield "released", _read_on(facts, facts.statement["reservation"]), "when private rows were read for the release"
    if facts.evaluation is not None:
        answers = facts.evaluation.answers.values()
        days = sorted({day for asked in answers for day in _read_on(facts, asked.reservation)})
        yield "real people asked", days, "when private rows were read again, for the gates"
    note = "all checks were made again in the moment of the decision; the day is what whoever promoted it says"
    yield "checked and promoted", [facts.decided] if facts.decided else [], note


def _digests(facts: ReportFacts) -> Iterator[Line]:
    note = "covers every file of this version but this page, and is computed again when the version is verified"
    yield "digest of the contents", [facts.contents] if facts.contents else [], note
    yield "digest of the contract", [facts.identity["contract"]], ""


def _attested(facts: ReportFacts) -> Iterator[Line]:
    unit = facts.contract.unit()
    what = f"one {unit.column}" if unit.column else "one row"
    account = _line_of(facts, "ACCOUNT_OPENED", facts.statement["account"]["name"])
    source = _line_of(facts, "SOURCE_ADDED", facts.release.source)
    said = []
    if account is not None:
        said.append(f"{account['by']}, who opened the account with this unit on {_day(account)}")
    if source is not None:
        said.append(f"{source['by']}, who registered the source with this unit on {_day(source)}")
    yield (
        f"who says that {what} is one person",
        said,
        f"“{facts.statement['account']['population']}”: no file can show it",
    )
    words = facts.statement["source"].get("attested_by")
    yield "who says that rows do not depend on each other", [words] if words else [], "" if words else _BY_ITSELF


_BY_ITSELF = "asked only of callables and of tables of databases; files are read row by row"


def _stated(facts: ReportFacts) -> Iterator[Line]:
    says = facts.contract.governance
    yield "controller", _words(says.controller), ""
    yield "legal basis", _words(says.legal_basis), ""
    yield "retention", _words(says.retention), ""
    yield "approved by", list(says.approvals), ""


def _words(text: str) -> list[str]:
    return text.splitlines()


def _read_on(facts: ReportFacts, reservation: str) -> list[str]:
    return [
        _day(line) for line in facts.lines if line.get("kind") == _OPENED and line.get("reservation_id") == reservation
    ]


def _line_of(facts: ReportFacts, kind: str, name: str) -> Mapping[str, Any] | None:
    lines = [line for line in facts.lines if line.get("kind") == kind and line["payload"].get("name") == name]
    return lines[-1] if lines else None


def _day(line: Mapping[str, Any]) -> str:
    return str(line["time"])[:10]


SIGNING = Section(template=files(__package__).joinpath("signing.html"), context=_context, since=5)
