"""What a reader of the rows would notice, as far as the release can tell: rules, digits, pairs, tails, zeros."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import joined, value_text
from synth_assets.checks import CheckResult

__all__ = ["REALISM"]

_CHECK = "realism"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One pair, tail or special value: what was seen, and how much of it is sure."""

    name: str
    seen: str
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The lines of one kind: what they are called, how many were looked at, and their limit."""

    title: str
    looked_at: int
    limit: float
    lines: list[_Line]


def _result(facts: ReportFacts) -> CheckResult | None:
    """Return the result of the check, if it judged anything."""
    results = (result for result in facts.results if result.name == _CHECK and "pairs" in result.observed)
    return next(results, None)


def _context(facts: ReportFacts) -> dict[str, Any]:
    result = _result(facts)
    assert result is not None  # noqa: S101 - the section is shown only where there is one
    seen = result.observed
    parts = [
        _Part(
            title=title,
            looked_at=seen[name]["looked_at"],
            limit=result.kwargs[limit],
            lines=[line(figure) for figure in seen[name]["worst"]],
        )
        for name, title, limit, line in _PARTS
    ]
    return {
        "passed": result.passed,
        "blocks": result.severity == "critical",
        "broken": seen["broken_rules"],
        "off_grid": dict(seen["off_grid"]),
        "with_digits": seen["with_digits"],
        "without_digits": joined(seen["without_digits"]),
        "parts": parts,
    }


def _pair(figure: Mapping[str, Any]) -> _Line:
    return _Line(
        name=" \N{MULTIPLICATION SIGN} ".join(figure["attributes"]), seen=_hundred(figure["share"]), sure=figure["sure"]
    )


def _tail(figure: Mapping[str, Any]) -> _Line:
    beyond = value_text(figure["beyond"])
    place = f"from {beyond} on" if figure["end"] == "upper" else f"below {beyond}"
    seen = f"{_hundred(figure['share'])} {place}, released {_hundred(figure['released'])}"
    return _Line(name=figure["column"], seen="; ".join([seen, *_quantiles(figure)]), sure=figure["sure"])


def _quantiles(figure: Mapping[str, Any]) -> Iterator[str]:
    """Say where the outermost rows are, and where the release has them at the furthest."""
    word = "at most" if figure["end"] == "upper" else "at least"
    for part, (synthetic, furthest) in sorted(figure["quantiles"].items(), reverse=True):
        place = 100 * (1 - float(part) if figure["end"] == "upper" else float(part))
        released = "hidden by noise" if furthest is None else f"{word} {value_text(furthest)}"
        yield f"p{place:g} {value_text(synthetic)}, released {released}"


def _mass(figure: Mapping[str, Any]) -> _Line:
    name = f"{figure['column']} = {value_text(figure['value'])}"
    seen = f"{_hundred(figure['share'])}, released {_hundred(figure['released'])}"
    return _Line(name=name, seen=seen, sure=figure["sure"])


def _hundred(share: float) -> str:
    return f"{100 * max(0.0, share):.2f}%"


_PARTS = (
    ("pairs", "Pairs of columns: rows where the release says that nobody is", "max_impossible", _pair),
    ("tails", "Ends of columns: rows beyond the last code that is clear of noise", "max_tail", _tail),
    ("masses", "Special values", "max_mass", _mass),
)
REALISM = Section(
    template=files(__package__).joinpath("realism.html"),
    context=_context,
    since=3,
    shown=lambda facts: _result(facts) is not None,
)
