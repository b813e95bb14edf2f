"""Tables, bars and JSON."""

import json

import pytest

from synth_assets.cli.output import print_json, print_table, progress, spent_bar, who


def test_a_table_is_aligned_with_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name", "rows"], [("a", 5), ("bbbbb", 12345)])

    assert capsys.readouterr().out.splitlines() == ["name   rows ", "a          5", "bbbbb  12345"]


def test_json_is_sorted_and_readable_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"b": 1, "a": "ä"})

    said = capsys.readouterr().out
    assert json.loads(said) == {"a": "ä", "b": 1}
    assert said.index('"a"') < said.index('"b"')


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.5, 5), (1.0, 10), (1.7, 10)])
def test_the_bar_is_never_longer_than_its_width(share: float, filled: int) -> None:
    assert spent_bar(share, width=10) == "█" * filled + "░" * (10 - filled)


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    progress("release")

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "  release\n")


def test_who_can_be_said_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_BY", "ada")
    assert who() == "ada"
    monkeypatch.delenv("SYNTH_ASSETS_BY")
    assert who()
