"""What a reader of the rows would notice, as far as the release can tell: rules, digits, pairs, tails, zeros."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import joined, value_text
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.realism import is_off, limit_of

__all__ = ["FIRST_REALISM", "REALISM"]

_CHECK = "realism"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One pair, tail, value or sum of heaps: what was seen, how much of it is sure, and whether that is too much."""

    name: str
    seen: str
    sure: float
    off: bool = False


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


def _first(facts: ReportFacts) -> dict[str, Any]:
    """Three kinds were looked at, and shown also where there was nothing to look at."""
    result = _result(facts)
    assert result is not None  # noqa: S101 - the section is shown only where there is one
    parts = [
        _Part(
            title=title,
            looked_at=result.observed[name]["looked_at"],
            limit=limit_of(name, result.kwargs),
            lines=[line(figure) for figure in result.observed[name]["worst"]],
        )
        for name, title, line in _FIRST_PARTS
    ]
    return {**_context(facts), "parts": parts}


def _context(facts: ReportFacts) -> dict[str, Any]:
    result = _result(facts)
    assert result is not None  # noqa: S101 - the section is shown only where there is one
    seen = result.observed
    parts = []
    for name, (title, line) in _PARTS.items():
        if name in seen and seen[name]["looked_at"]:
            limit = limit_of(name, result.kwargs)
            lines = [
                replace(line(figure), off=is_off(name, figure, limit)) for figure in _telling(name, seen[name]["worst"])
            ]
            parts.append(_Part(title=title, looked_at=seen[name]["looked_at"], limit=limit, lines=lines))
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
    return _end(figure, _quantiles(figure))


def _light_tail(figure: Mapping[str, Any]) -> _Line:
    return _end(figure, _nearest(figure))


def _end(figure: Mapping[str, Any], quantiles: Iterator[str]) -> _Line:
    beyond = value_text(figure["beyond"])
    place = f"from {beyond} on" if figure["end"] == "upper" else f"below {beyond}"
    seen = f"{_hundred(figure['share'])} {place}, released {_hundred(figure['released'])}"
    return _Line(name=figure["column"], seen="; ".join([seen, *quantiles]), sure=figure["sure"])


def _quantiles(figure: Mapping[str, Any]) -> Iterator[str]:
    """Say where the outermost rows are, and where the release has them at the furthest."""
    word = "at most" if figure["end"] == "upper" else "at least"
    for part, (synthetic, furthest) in sorted(figure["quantiles"].items(), reverse=True):
        place = 100 * (1 - float(part) if figure["end"] == "upper" else float(part))
        released = "hidden by noise" if furthest is None else f"{word} {value_text(furthest)}"
        yield f"p{place:g} {value_text(synthetic)}, released {released}"


def _telling(part: str, worst: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the figures that are surely off; if there are none, the one that is furthest off by its estimate."""
    gaps = [max(0.0, figure["share"]) - max(0.0, figure.get("released", 0.0)) for figure in worst]
    ways = {"pairs": 1, "values": 1, "tails": 1, "light_tails": -1}
    likely = [figure for figure, gap in zip(worst, gaps, strict=True) if gap * ways.get(part, gap) > 0]
    return [figure for figure in worst if figure["sure"]] or likely[:1]


def _nearest(figure: Mapping[str, Any]) -> Iterator[str]:
    """Say where the outermost rows are, and where the release has them at the nearest."""
    word = "at least" if figure["end"] == "upper" else "at most"
    for part, (synthetic, nearest) in sorted(figure["quantiles"].items(), reverse=True):
        place = 100 * (1 - float(part) if figure["end"] == "upper" else float(part))
        if synthetic is not None and nearest is not None:
            yield f"p{place:g} {value_text(synthetic)}, released {word} {value_text(nearest)}"


def _value(figure: Mapping[str, Any]) -> _Line:
    return _Line(name=figure["attributes"][0], seen=_hundred(figure["share"]), sure=figure["sure"])


def _heap(figure: Mapping[str, Any]) -> _Line:
    name = f"{figure['column']}: {figure['what']}"
    seen = f"{_hundred(figure['share'])}, released {_hundred(figure['released'])}"
    return _Line(name=name, seen=seen, sure=figure["sure"])


def _mass(figure: Mapping[str, Any]) -> _Line:
    name = f"{figure['column']} = {value_text(figure['value'])}"
    seen = f"{_hundred(figure['share'])}, released {_hundred(figure['released'])}"
    return _Line(name=name, seen=seen, sure=figure["sure"])


def _hundred(share: float) -> str:
    return f"{100 * max(0.0, share):.2f}%"


_FIRST_PARTS = (
    ("pairs", "Pairs of columns: rows where the release says that nobody is", _pair),
    ("tails", "Ends of columns: rows beyond the last code that is clear of noise", _tail),
    ("masses", "Special values", _mass),
)
_PARTS = {
    "pairs": ("Pairs of columns: rows where the release says that nobody is", _pair),
    "values": ("Columns: rows at single values that nobody has by the release", _value),
    "tails": ("Ends of columns: rows too many beyond the last code that is clear of noise", _tail),
    "light_tails": ("Ends of columns: rows that are missing in the outer quarter of all rows", _light_tail),
    "masses": ("Special values", _mass),
    "listed": ("Single values that the release counted", _mass),
    "heaps": ("How round numbers are", _heap),
}
_EARLIER, _TEMPLATE = (files(__package__).joinpath(name) for name in ("realism_until_3.html", "realism.html"))
FIRST_REALISM = Section(
    template=_EARLIER, context=_first, since=3, until=3, shown=lambda facts: _result(facts) is not None
)
REALISM = Section(template=_TEMPLATE, context=_context, since=4, shown=lambda facts: _result(facts) is not None)
