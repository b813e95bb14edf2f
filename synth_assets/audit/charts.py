"""Small charts as inline SVG: no script, no outside request, colours from the page's own variables.

Each chart says in its label what it shows, for those who cannot see it, and
each mark has a title that a pointer brings up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = [
    "BarRow",
    "Dot",
    "Range",
    "bars",
    "curve",
    "heatmap",
    "limit_line",
    "ranges",
    "scale_bars",
    "scatter",
]


_SURELY_BESIDE, _BESIDE, _ABOVE = 13, 17, 44
"""Letters of a bar's name that there is room for beside it, if they are wide ones and if not, and above it."""
_STROKE = "stroke:var(--ink);stroke-width:1.6;fill:none"
"""How error bars are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One table: what noise explains against what is there."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """One value of a column: its synthetic share, its noisy share and that one's standard error."""

    label: str
    synthetic: float
    released: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One noisy figure with its bounds; ``at`` is where it stands on a curve, and ``edges`` between which values."""

    label: str
    value: float
    low: float
    high: float
    at: float = 0.0
    edges: tuple[float, float] | None = None

    @property
    def span(self) -> str:
        """The figure and its bounds."""
        value, low, high = (_plain(number, digits=4) for number in (self.value, self.low, self.high))
        return f"{value} ({low} to {high})"

    @property
    def short(self) -> str:
        """The same with three digits that mean something, and four after the point at most."""
        value, low, high = (f"{round(number, 4) + 0.0:.3g}" for number in (self.value, self.low, self.high))
        return f"{value} ({low} to {high})"

    @property
    def words(self) -> str:
        """What a reader sees beside a mark."""
        return f"{self.label}: {self.span}"


def scatter(dots: Sequence[Dot], *, label: str) -> Markup:
    """Plot dots over the line where what is there is just what noise explains."""
    size, left, top = 360, 52, 14
    most = _round_up(max([0.001, *(dot.x for dot in dots), *(dot.y for dot in dots)]))
    marks = [f'<path class="diagonal" d="M{left} {top + size} L{left + size} {top}"/>']
    for step in range(5):
        share = step / 4
        x, y = left + share * size, top + size - share * size
        marks.append(f'<path class="grid" d="M{left} {y:.1f} H{left + size} M{x:.1f} {top} V{top + size}"/>')
        marks.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{most * share:.3g}</text>')
        marks.append(f'<text x="{x:.1f}" y="{top + size + 18}" text-anchor="middle">{most * share:.3g}</text>')
    for dot in dots:
        x, y = left + dot.x / most * size, top + size - dot.y / most * size
        marks.append(_mark(dot, x, y))
    marks.append(
        f'<text x="{left + size / 2}" y="{top + size + 40}" text-anchor="middle">expected from noise, sampling</text>'
    )
    middle = top + size / 2
    marks.append(
        f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">observed distance</text>'
    )
    return _svg(left + size + 16, top + size + 50, label, marks)


def heatmap(
    names: Sequence[str],
    cells: Mapping[tuple[str, str], tuple[float, str]],
    *,
    most: float,
    label: str,
    letters: int = 14,
) -> Markup:
    """Shade each pair of names by its value up to ``most``; pairs that are not in ``cells`` stay open.

    Args:
        names: of rows and columns.
        cells: value and title of each pair.
        most: the value that is shaded fully.
        label: what the chart shows, for those who cannot see it.
        letters: longer names are cut.
    """
    step, left, top = max(14, min(26, 520 // max(1, len(names)))), 96 + 7 * max(0, letters - 14), 8
    marks = []
    for row, name in enumerate(names):
        y = top + row * step
        marks.append(
            f'<text x="{left - 6}" y="{y + step * 0.7:.1f}" text-anchor="end">{escape(_short(name, letters))}</text>'
        )
        for column, other in enumerate(names[:row]):
            value, title = cells.get((other, name), cells.get((name, other), (None, "not measured together")))
            square = f'x="{left + column * step}" y="{y}" width="{step - 1.5}" height="{step - 1.5}" rx="2"'
            marks.append(_cell(square, value, most=most, title=f"{other} and {name}: {title}"))
    bottom = top + len(names) * step
    for column, name in enumerate(names[:-1]):
        x, y = left + (column + 0.7) * step, bottom + 8
        turned = f'text-anchor="end" transform="rotate(-60 {x:.1f} {y})"'
        marks.append(f'<text x="{x:.1f}" y="{y}" {turned}>{escape(_short(name, letters))}</text>')
    return _svg(left + len(names) * step + 10, bottom + 90 + 6 * max(0, letters - 14), label, marks)


def bars(rows: Sequence[BarRow], *, label: str, points: str = "released", whole: bool = False) -> Markup:
    """Draw a column's synthetic shares as bars, noisy ones as points with two standard errors.

    Args:
        rows: one per value.
        label: what the chart shows, for those who cannot see it.
        points: what the points are called.
        whole: write names that are too long for a place beside their bars above them, instead of cutting them.
    """
    above = whole and any(len(row.label) > _SURELY_BESIDE for row in rows)
    height, left, width = (36, 4, 236) if above else (20, 112, 128)
    most = max([0.001, *(row.synthetic for row in rows), *(row.released + 2 * row.error for row in rows)])
    marks: list[str] = []
    for position, row in enumerate(rows):
        y = 4 + position * height
        scale = width / most
        low, high = (max(0.0, row.released + sign * 2 * row.error) * scale for sign in (-1, 1))
        title = f"{row.label}: synthetic {row.synthetic:.1%}, {points} {row.released:.1%} ± {2 * row.error:.1%}"
        marks.append(f"<g><title>{escape(title)}</title>")
        marks.append(f'<rect class="hit" x="0" y="{y}" width="{left + width + 46}" height="{height}"/>')
        if above:
            marks.append(f'<text x="{left}" y="{y + 14}">{escape(_short(row.label, _ABOVE))}</text>')
            y += 16
        else:
            short = escape(_short(row.label, _BESIDE))
            marks.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{short}</text>')
        size = f'width="{row.synthetic * scale:.1f}" height="12"'
        marks.append(f'<rect class="bar" x="{left}" y="{y + 4}" {size} rx="1.5"/>')
        marks.append(f'<path class="whisker" d="M{left + low:.1f} {y + 10} H{left + high:.1f}"/>')
        marks.append(f'<circle class="point" cx="{left + max(0.0, row.released) * scale:.1f}" cy="{y + 10}" r="2.6"/>')
        marks.append(f'<text class="value" x="{left + width + 8}" y="{y + 14}">{row.synthetic:.1%}</text></g>')
    return _svg(left + width + 48, 8 + len(rows) * height, label, marks)


def limit_line(figure: Range, *, limit: float, best: float, label: str) -> Markup:
    """Draw one figure with its bounds on the way from the best value to its limit; what keeps the limit is shaded."""
    width, middle, edge = 230, 13, 20
    least = min(best, limit, figure.low)
    most = max(best, limit, figure.high)
    least, most = (least, most + 0.12 * (most - least)) if limit > best else (least - 0.12 * (most - least), most)

    def x(value: float) -> float:
        return edge + (value - least) / (most - least) * (width - 2 * edge)

    kept = sorted((x(best), x(limit)))
    marks = [
        f'<rect class="track" x="{edge}" y="{middle - 7}" width="{width - 2 * edge}" height="14" rx="3"/>',
        f'<rect class="bar" x="{kept[0]:.1f}" y="{middle - 7}" width="{kept[1] - kept[0]:.1f}" height="14"/>',
        f'<path class="diagonal" d="M{x(limit):.1f} {middle - 11} V{middle + 11}"/>',
        *_error_bar(x(figure.low), x(figure.high), x(figure.value), middle, title=figure.words),
        *(_tick(x(value), middle + 26, value) for value in (best, limit)),
    ]
    return _svg(width, middle + 30, label, marks)


def ranges(  # noqa: PLR0913 - figures and their scale, by keyword
    rows: Sequence[Range],
    *,
    label: str,
    least: float = 0.0,
    most: float = 1.0,
    bound: float | None = None,
    left: int = 96,
) -> Markup:
    """Draw figures with their bounds under each other on one scale.

    Args:
        rows: the figures.
        label: what the chart shows, for those who cannot see it.
        least: left end of the scale.
        most: right end of the scale.
        bound: drawn as a line beside the one at 0, in place of the ends of the scale.
        left: room for the labels.
    """
    height, width, top = 24, 132, 4 if bound is None else 18
    bottom = top + len(rows) * height

    def x(value: float) -> float:
        return left + (min(max(value, least), most) - least) / (most - least) * width

    marks = [
        f'<path class="grid" d="M{x(value):.1f} {top} V{bottom}"/>{_tick(x(value), bottom + 14, value)}'
        for value in ((least, most) if bound is None else (0.0,))
    ]
    if bound is not None:  # its number is above, so that the two never overlap
        marks.append(f'<path class="diagonal" d="M{x(bound):.1f} {top} V{bottom}"/>{_tick(x(bound), 12, bound)}')
    for position, row in enumerate(rows):
        y = top + (position + 0.5) * height
        marks.append(f"<g><title>{escape(row.words)}</title>")
        marks.append(f'<rect class="hit" x="0" y="{y - 12:.1f}" width="{left + width + 50}" height="{height}"/>')
        shown = escape(_short(row.label, 2 * left // 13 - 1))
        marks.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>')
        marks += _error_bar(x(row.low), x(row.high), x(row.value), y)
        marks.append(f'<text class="value" x="{left + width + 10}" y="{y + 4:.1f}">{_plain(row.value)}</text></g>')
    return _svg(left + width + 50, bottom + 20, label, marks)


def curve(points: Sequence[Range], *, across: str, down: str, label: str) -> Markup:
    """Draw figures from 0 to 1 with their bounds over where they stand, and the line on which both are the same."""
    size, left, top = 300, 52, 14
    marks = [f'<path class="diagonal" d="M{left} {top + size} L{left + size} {top}"/>']
    for step in range(5):
        share = step / 4
        x, y = left + share * size, top + size - share * size
        marks.append(f'<path class="grid" d="M{left} {y:.1f} H{left + size} M{x:.1f} {top} V{top + size}"/>')
        marks.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{share:g}</text>')
        marks.append(_tick(x, top + size + 18, share))
    for point in points:
        x = left + point.at * size
        low, high, value = (top + size * (1 - number) for number in (point.low, point.high, point.value))
        marks.append(f"<g><title>{escape(point.words)}</title>")
        if point.edges is not None:
            first, last = (left + edge * size for edge in point.edges)
            marks.append(f'<path d="M{first:.1f} {value:.1f} H{last:.1f}" style="{_STROKE}"/>')
        marks.append(f'<path d="M{x:.1f} {low:.1f} V{high:.1f} M{x - 4:.1f} {low:.1f} h8 M{x - 4:.1f} {high:.1f} h8"')
        marks.append(f' style="{_STROKE}"/><circle class="bound" cx="{x:.1f}" cy="{value:.1f}" r="3.6"/></g>')
    middle = top + size / 2
    marks.append(f'<text x="{left + size / 2}" y="{top + size + 40}" text-anchor="middle">{escape(across)}</text>')
    turned = f'text-anchor="middle" transform="rotate(-90 12 {middle})"'
    marks.append(f'<text x="12" y="{middle}" {turned}>{escape(down)}</text>')
    return _svg(left + size + 16, top + size + 50, label, marks)


def scale_bars(rows: Iterable[tuple[str, float, str]], *, label: str) -> Markup:
    """Draw shares of 100 as bars under their names: name, share, class of the bar."""
    listed, width, height = list(rows), 440, 44
    marks: list[str] = []
    for position, (name, share, kind) in enumerate(listed):
        y = 2 + position * height
        marks.append(f'<text x="0" y="{y + 12}">{escape(name)}</text>')
        marks.append(f'<text class="value" x="{width}" y="{y + 12}" text-anchor="end">{100 * share:.1f} in 100</text>')
        marks.append(f'<rect class="track" x="0" y="{y + 19}" width="{width}" height="13" rx="3"/>')
        marks.append(
            f'<rect class="{kind}" x="0" y="{y + 19}" width="{max(3.0, share * width):.1f}" height="13" rx="3"/>'
        )
    return _svg(width, len(listed) * height, label, marks)


def _mark(dot: Dot, x: float, y: float) -> str:
    """Draw tables of one column as squares and of several as circles: not by colour alone."""
    title = f"<title>{escape(dot.title)}</title>"
    if dot.kind == "one":
        return f'<rect class="dot one" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7">{title}</rect>'
    return f'<circle class="dot more" cx="{x:.1f}" cy="{y:.1f}" r="3.2">{title}</circle>'


def _cell(square: str, value: float | None, *, most: float, title: str) -> str:
    """Draw one pair; ``square`` holds the rectangle's attributes."""
    if value is None:
        return f'<rect class="cell open" {square}><title>{escape(title)}</title></rect>'
    opacity = 0.06 + 0.94 * min(1.0, value / most)
    return f'<rect class="cell" {square} fill-opacity="{opacity:.2f}"><title>{escape(title)}</title></rect>'


def _error_bar(low: float, high: float, value: float, y: float, *, title: str = "") -> list[str]:
    """Draw bounds as a line with ends and the value as a point on it."""
    line = f"M{low:.1f} {y:.1f} H{high:.1f} M{low:.1f} {y - 4:.1f} v8 M{high:.1f} {y - 4:.1f} v8"
    named = f"<title>{escape(title)}</title>" if title else ""
    return [
        f'<path d="{line}" style="{_STROKE}">{named}</path>',
        f'<circle class="bound" cx="{value:.1f}" cy="{y:.1f}" r="3.6">{named}</circle>',
    ]


def _tick(x: float, y: float, value: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{_plain(value)}</text>'


def _plain(value: float, *, digits: int = 3) -> str:
    """Write a figure with so many digits after the point at most, without a minus before zero."""
    return f"{round(value, digits) + 0.0:g}"


def _svg(width: float, height: float, label: str, marks: Iterable[str]) -> Markup:
    head = f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{head}{''.join(marks)}</svg>")  # noqa: S704 - every text in it was escaped above


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 6, 8 or 10 times a power of ten."""
    power = 1.0
    while power > value:
        power /= 10
    return next(power * step for step in (1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100) if power * step >= value)
