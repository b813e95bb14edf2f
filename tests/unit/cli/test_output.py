"""Tables, bars and JSON."""

import json

import pytest

from synth_assets.cli.output import (
    existing_ledger,
    print_findings,
    print_json,
    print_table,
    progress,
    spent_bar,
    who,
)
from synth_assets.errors import UsageError
from synth_assets.ledger import open_ledger
from synth_assets.ledger.doctor import Finding
from synth_assets.workspace import Workspace


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


def test_findings_say_what_to_do_where_something_is_not_good(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_a_ledger_that_is_not_there_is_said_and_not_made(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="there is no ledger in") as refused:
        existing_ledger(workspace)
    assert "SYNTH_ASSETS_ROOT" in refused.value.hint
    assert list(workspace.root.iterdir()) == []
    made = open_ledger(workspace.ledger_url)
    assert existing_ledger(workspace).accounts() == made.accounts() == ()
