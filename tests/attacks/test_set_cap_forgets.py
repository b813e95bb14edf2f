"""Raise an account's epsilon, and lose its allowance for thresholds without a message.

``budget set-cap`` without ``--threshold-delta`` set that part to 0: the account was frozen as soon as one threshold had
been paid for, or the next contract that discovers categories was refused, and neither was intended.
"""

import json
from pathlib import Path

import pytest
from private_table import PrivateTable, make_private_table

from synth_assets.cli.main import cli
from synth_assets.errors import UsageError


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateTable:
    """An account of which thresholds may use 1e-6."""
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    return make_private_table(tmp_path)


def command(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def test_a_raised_cap_keeps_the_part_of_thresholds_and_says_so(
    table: PrivateTable, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-5")

    assert "thresholds may use 1e-06 as before" in capsys.readouterr().out
    command("budget", "show", "town", "--json")
    (account,) = json.loads(capsys.readouterr().out)
    assert account["cap"]["atto_delta"] == 10**12
    assert not account["frozen"]


def test_it_is_changed_when_that_is_said(table: PrivateTable, capsys: pytest.CaptureFixture[str]) -> None:
    for part, atto in (("2e-6", 2 * 10**12), ("0", 0)):
        command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-5", "--threshold-delta", part)
        capsys.readouterr()
        command("budget", "show", "town", "--json")
        assert json.loads(capsys.readouterr().out)[0]["cap"]["atto_delta"] == atto


def test_a_part_that_no_longer_fits_is_asked_for(table: PrivateTable) -> None:
    with pytest.raises(UsageError, match="thresholds of account 'town' may use delta 1e-06") as caught:
        command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-7")
    assert "--threshold-delta" in caught.value.hint
    assert table.ledger.balance("town").cap.atto_delta == 10**12
