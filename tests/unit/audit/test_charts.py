"""Charts are well-formed SVG with a label, and no text of theirs is markup."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from synth_assets.audit.charts import (
    BarRow,
    Dot,
    Range,
    bars,
    curve,
    heatmap,
    limit_line,
    ranges,
    scale_bars,
    scatter,
)

HOSTILE = '<script>alert("x")</script> & "quoted"'


def _read(svg: str) -> ET.Element:
    root = ET.fromstring(svg)  # noqa: S314 - written two lines above
    assert root.get("role") == "img"
    assert root.get("aria-label") == HOSTILE
    assert root.find(".//script") is None
    return root


def test_a_scatter_has_one_mark_per_table_and_squares_for_single_columns() -> None:
    dots = [Dot(x=0.1, y=0.2, kind="one", title=HOSTILE), Dot(x=0.3, y=0.1, kind="more", title="b")]
    root = _read(scatter(dots, label=HOSTILE))
    assert len(root.findall("./rect[@class='dot one']")) == 1
    assert len(root.findall("./circle[@class='dot more']")) == 1
    assert root.findtext("./rect/title") == HOSTILE


def test_a_heatmap_leaves_pairs_open_that_were_not_measured() -> None:
    cells = {("a", HOSTILE): (0.5, "told")}
    root = _read(heatmap(["a", HOSTILE, "c"], cells, most=1.0, label=HOSTILE))
    assert len(root.findall("./rect[@class='cell']")) == 1
    assert len(root.findall("./rect[@class='cell open']")) == 2


@pytest.mark.parametrize("released", [-0.01, 0.0, 0.5])
def test_bars_never_reach_below_zero(released: float) -> None:
    rows = [BarRow(label=HOSTILE, synthetic=0.0, released=released, error=0.1)]
    root = _read(bars(rows, label=HOSTILE))
    point = root.find(".//circle")
    assert point is not None
    assert float(point.get("cx", "0")) >= 112


def test_shares_are_written_as_numbers_too() -> None:
    root = _read(scale_bars([("guessing", 0.05, "chance")], label=HOSTILE))
    assert "5.0 in 100" in [element.text for element in root.findall("text")]


def _ends(path: ET.Element) -> list[float]:
    """Return where an error bar begins and ends, of ``M<low> y H<high> ...``."""
    words = path.get("d", "").split()
    return [float(words[0][1:]), float(words[2][1:])]


@pytest.mark.parametrize(
    ("figure", "limit", "best", "keeps"),
    [
        (Range(label=HOSTILE, value=0.9, low=0.88, high=0.92), 0.8, 1.0, True),
        (Range(label=HOSTILE, value=0.1, low=0.05, high=0.15), 0.2, 0.0, True),
        (Range(label=HOSTILE, value=0.1, low=-0.05, high=0.25), 0.2, 0.0, False),
        (Range(label=HOSTILE, value=0.5, low=0.0, high=1.0), 0.8, 1.0, False),
    ],
)
def test_bounds_that_keep_their_limit_lie_in_the_shaded_part(
    figure: Range, limit: float, best: float, *, keeps: bool
) -> None:
    root = _read(limit_line(figure, limit=limit, best=best, label=HOSTILE))
    shaded, bar = root.find(".//rect[@class='bar']"), root.find("./path[@style]")
    assert shaded is not None
    assert bar is not None
    start = float(shaded.get("x", "0"))
    ends, end = _ends(bar), start + float(shaded.get("width", "0"))
    worse_end_inside = ends[1] <= end + 0.11 if limit > best else ends[0] >= start - 0.11
    assert worse_end_inside == keeps
    assert 0 <= ends[0] < ends[1] <= 230
    assert {"0" if best == 0 else "1", f"{limit:g}"} == {text.text for text in root.findall("text")}


def test_ranges_share_one_scale_and_stay_inside_of_it() -> None:
    rows = [Range(label=HOSTILE, value=0.5, low=0.4, high=0.6), Range(label="b", value=0.0, low=-3.0, high=3.0)]
    root = _read(ranges(rows, label=HOSTILE))
    first, second = (_ends(path) for path in root.findall("./g/path"))
    assert first[1] - first[0] == pytest.approx(132 * 0.2, abs=0.2)
    assert second == [96.0, 228.0]
    assert root.findtext("./g/title") == f"{HOSTILE}: 0.5 (0.4 to 0.6)"


def test_a_bound_is_a_line_beside_zero() -> None:
    figure = Range(label="a", value=-0.0001, low=-0.1, high=0.1)
    root = _read(ranges([figure], label=HOSTILE, least=-0.1, most=0.5, bound=0.4))
    assert len(root.findall("./path[@class='diagonal']")) == 1
    assert [text.text for text in root.findall("text")] == ["0", "0.4"]
    assert root.findtext("./g/text[@class='value']") == "0"  # not -0


def test_points_of_a_curve_stand_where_they_say_and_better_is_higher() -> None:
    points = [
        Range(label=HOSTILE, value=0.2, low=0.1, high=0.3, at=0.0),
        Range(label="b", value=1, low=1, high=1, at=1),
    ]
    root = _read(curve(points, across=HOSTILE, down="y", label=HOSTILE))
    low, high = (circle.attrib for circle in root.findall(".//circle"))
    assert (low["cx"], high["cx"]) == ("52.0", "352.0")
    assert (low["cy"], high["cy"]) == ("254.0", "14.0")


def test_noisy_shares_are_called_what_they_are() -> None:
    rows = [BarRow(label="a", synthetic=0.5, released=0.5, error=0.1)]
    assert "released 50.0%" in bars(rows, label="x")
    assert "real 50.0%" in bars(rows, label="x", points="real")


def test_empty_charts_are_charts() -> None:
    assert _read(ranges([], label=HOSTILE)) is not None
    assert _read(curve([], across="x", down="y", label=HOSTILE)) is not None
    assert _read(scatter([], label=HOSTILE)) is not None
    assert _read(bars([], label=HOSTILE)) is not None


def test_a_short_figure_has_three_digits_that_mean_something() -> None:
    figure = Range(label="auc", value=0.635812, low=-0.00921634, high=0.663)
    assert (figure.short, figure.span) == ("0.636 (-0.0092 to 0.663)", "0.6358 (-0.0092 to 0.663)")


def test_names_that_are_long_for_wide_letters_stand_above_their_bars() -> None:
    rows = [BarRow(label="temp not working", synthetic=0.2, released=0.2, error=0.01)] * 2
    beside, above = (_read(str(bars(rows, label=HOSTILE, whole=whole))) for whole in (False, True))
    ends = [[text.get("text-anchor") for text in drawn.iter("text")] for drawn in (beside, above)]
    assert ends == [["end", None] * 2, [None, None] * 2]
    short = [BarRow(label="yes", synthetic=0.2, released=0.2, error=0.01)]
    assert bars(short, label="x", whole=True) == bars(short, label="x")


def test_a_point_of_a_curve_shows_between_which_edges_it_is() -> None:
    point = Range(label="score 0.2 to 0.4", value=0.3, low=0.2, high=0.4, at=0.33, edges=(0.2, 0.4))
    drawn = curve([point], across="a", down="d", label="x")
    assert "M112.0 224.0 H172.0" in drawn
    assert (
        drawn.count("<path") == curve([replace(point, edges=None)], across="a", down="d", label="x").count("<path") + 1
    )
