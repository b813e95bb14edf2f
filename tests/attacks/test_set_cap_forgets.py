"""Raise an account's epsilon, and lose its allowance for thresholds without a message.

``budget set-cap`` without ``--threshold-delta`` set that part to 0: the account was frozen as soon as one threshold had
been paid for, or the next contract that discovers categories was refused, and neither was intended.
"""

import json

import pytest
from kit.project import Project

from synth_assets.cli.main import cli
from synth_assets.errors import UsageError


def command(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def test_a_raised_cap_keeps_the_part_of_thresholds_and_reports_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-5")

    assert "thresholds may use 1e-06 as before" in capsys.readouterr().out
    command("budget", "show", "town", "--json")
    (account,) = json.loads(capsys.readouterr().out)
    assert account["cap"]["atto_delta"] == 10**12
    assert not account["frozen"]


def test_it_is_changed_on_request(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for part, atto in (("2e-6", 2 * 10**12), ("0", 0)):
        command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-5", "--threshold-delta", part)
        capsys.readouterr()
        command("budget", "show", "town", "--json")
        assert json.loads(capsys.readouterr().out)[0]["cap"]["atto_delta"] == atto


def test_a_part_that_no_longer_fits_is_asked_for(project: Project) -> None:
    with pytest.raises(UsageError, match="thresholds of account 'town' may use delta 1e-06") as caught:
        command("budget", "set-cap", "town", "--epsilon", "20", "--delta", "1e-7")
    assert "--threshold-delta" in caught.value.hint
    assert project.ledger.balance("town").cap.atto_delta == 10**12
