"""Tables, bars and JSON."""

import csv
import json
from io import StringIO

import pytest

from synth_assets.cli.output import (
    print_csv,
    print_findings,
    print_json,
    print_table,
    progress,
    spent_bar,
    who,
)
from synth_assets.ledger.doctor import Finding


def test_a_table_is_aligned_with_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name", "rows"], [("a", 5), ("bbbbb", 12345)])

    assert capsys.readouterr().out.splitlines() == ["name   rows ", "a          5", "bbbbb  12345"]


def test_json_is_sorted_and_readable_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"b": 1, "a": "ä"})

    output = capsys.readouterr().out
    assert json.loads(output) == {"a": "ä", "b": 1}
    assert output.index('"a"') < output.index('"b"')


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.5, 5), (1.0, 10), (1.7, 10)])
def test_the_bar_is_never_longer_than_its_width(share: float, filled: int) -> None:
    assert spent_bar(share, width=10) == "█" * filled + "░" * (10 - filled)


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    progress("release")

    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "  release\n")


def test_who_can_be_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_BY", "ada")
    assert who() == "ada"
    monkeypatch.delenv("SYNTH_ASSETS_BY")
    assert who()


def test_findings_show_what_to_do_where_something_is_not_good(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(
        [
            Finding(what="disk", state="good", detail="has room"),
            Finding(what="DVC", state="fault", detail="is not there", hint="dvc init"),
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        "good     disk: has room",
        "fault    DVC: is not there",
        "         hint: dvc init",
    ]


def test_unseen_characters_of_a_cell_are_written_out_and_columns_stay_aligned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["a\x1b", "b"], [("x\ny", 1)])
    assert capsys.readouterr().out.splitlines() == ["a\\u001b   b", "x\\u000ay  1"]


def test_json_means_the_same_with_unseen_characters_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"by": "\x1b\x7f\x9b\u202e\U000e0041 \\x41"}
    print_json(value)
    output = capsys.readouterr().out
    assert json.loads(output) == value
    assert output.isprintable() or set(output) - set("\n") <= set(map(chr, range(32, 127)))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "\\u0009=1"),
        ("＝1", "'＝1"),  # noqa: RUF001 - that is the point
        ("-5", "-5"),
        ("-5.5%", "-5.5%"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_text_is_a_formula_in_a_spreadsheet(text: str, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([{"=who": text, "many": -1.5, "none": None}])
    head, row = csv.reader(StringIO(capsys.readouterr().out))
    assert head == ["'=who", "many", "none"]
    assert row == [cell, "-1.5", ""]


def test_without_rows_there_are_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([])
    assert capsys.readouterr().out == ""
