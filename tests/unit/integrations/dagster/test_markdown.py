"""Somebody's words stay words."""

from synth_assets.integrations.dagster.markdown import Link, literally, table


def test_a_category_is_neither_a_link_nor_a_picture_nor_a_cell_of_its_own() -> None:
    rows = [("![x](http://evil.example/x.png)", -1.5), ("c\u202e|d", 2.0)]
    assert table(["a|b", "n"], rows).splitlines() == [
        r"| a\|b | n |",
        "|---|---|",
        r"| \!\[x\]\(http\://evil.example/x.png\) | -1.5 |",
        r"| c\\u202e\|d | 2.0 |",
    ]


def test_a_link_leads_to_its_address_alone() -> None:
    cell = str(Link(text="open](http://evil.example)", url="https://pages.example/report.html"))
    assert cell.endswith("](https://pages.example/report.html)")
    assert r"\]\(http\:" in cell


def test_lines_stay_in_their_cell() -> None:
    assert "\n" not in literally("two\nlines")
