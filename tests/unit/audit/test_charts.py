"""Charts are well-formed SVG with a label, and no text of theirs is markup."""

from xml.etree import ElementTree as ET

import pytest

from synth_assets.audit.charts import BarRow, Dot, bars, heatmap, scale_bars, scatter

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


def test_empty_charts_are_charts() -> None:
    assert _read(scatter([], label=HOSTILE)) is not None
    assert _read(bars([], label=HOSTILE)) is not None
