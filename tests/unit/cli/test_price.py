"""What a release costs: one sentence, whichever command says it, and it is what the ledger charges."""

import re
from pathlib import Path

import pytest
from kit.project import Project, command

from synth_assets.cli.price import price_words
from synth_assets.contract.yaml_file import read_contract
from synth_assets.privacy import epsilon_of


def contract_with(project: Project, spend: str) -> Path:
    text = project.definition.read_text()
    before = "spend: {epsilon: 2.0, delta: 1.0e-6}"
    assert before in text
    project.definition.write_text(text.replace(before, spend))
    return project.definition


def test_plan_and_dry_run_say_the_same_price(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    file = contract_with(project, "spend: {epsilon: 2.0, delta: 1.0e-6}\n    evaluation_share: 0.25")
    words = price_words(read_contract(file), project.ledger.balance("town"))
    capsys.readouterr()
    command("budget", "plan", "defs/people")
    assert f"a release of people costs {words}\n" in capsys.readouterr().out
    command("run", "defs/people", "--dry-run")
    assert f"a run would cost account town, once, {words}" in capsys.readouterr().out


def test_the_price_is_what_is_charged_at_the_contracts_and_at_the_accounts_delta(project: Project) -> None:
    balance = project.ledger.balance("town")
    file = contract_with(project, "spend: {epsilon: 2.0, delta: 1.0e-6}\n    evaluation_share: 0.25")
    contract = read_contract(file)
    words = price_words(contract, balance)
    rho, own, at_account = map(float, re.findall(r"(?:rho|epsilon) ([0-9.]+)", words))
    loss = contract.release_loss()
    assert rho == pytest.approx(loss.rho, rel=1e-3)
    assert own == pytest.approx(epsilon_of(loss, delta=1e-6), rel=1e-3)
    assert at_account == pytest.approx(balance.epsilon_of(loss), rel=1e-3)
    assert at_account < own < 2.0
    assert words.endswith("at the account's 1e-05")


def test_at_one_delta_there_is_one_epsilon(project: Project) -> None:
    contract = read_contract(contract_with(project, "spend: {epsilon: 2.0, delta: 1.0e-5}"))
    words = price_words(contract, project.ledger.balance("town"))
    assert words.endswith("which is epsilon 2 at the contract's delta 1e-05 and the account's")
