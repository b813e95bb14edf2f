"""The project of a leak test lies in its folder alone, and nothing in it is private but the private zone."""

from pathlib import Path

import pytest
from kit.people import holding_contract, make_contract

from synth_assets.assurance.leak_project import BROKEN, FAILING, POOR, make_leak_project
from synth_assets.assurance.search import search
from synth_assets.contract.gates import Gate
from synth_assets.contract.yaml_file import read_contract
from synth_assets.ledger import open_ledger
from synth_assets.ledger.trust import Trust

CONTRACT = make_contract(unit={"column": "person", "max_rows": 2})


def test_the_users_ledger_is_not_touched_and_no_canary_is_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users.db"
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", f"sqlite:///{users}")
    folder = tmp_path / "leak"
    project = make_leak_project(CONTRACT, folder)
    assert not users.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leak"]
    needles = project.canaries.needles()
    assert search(folder, needles, without=project.private()).hits == []
    assert len(search(project.sources, needles).hits) > 10


def test_each_dataset_has_a_source_and_an_account_and_one_of_them_is_poor(tmp_path: Path) -> None:
    project = make_leak_project(CONTRACT, tmp_path)
    ledger = open_ledger(f"sqlite:///{project.root / '.synth-assets' / 'ledger.db'}", trust=Trust())
    for name in (CONTRACT.name, BROKEN, FAILING, POOR):
        contract = read_contract(project.root / "defs" / name)
        remaining = ledger.balance(ledger.source(contract.source).account).remaining
        assert contract.cap().loss().fits(remaining) is (name != POOR)
    assert read_contract(project.root / "defs" / CONTRACT.name).fingerprint() == CONTRACT.fingerprint()


def test_any_names_and_any_delta_of_a_contract_make_a_project(tmp_path: Path) -> None:
    """Rows are made up, so nobody is asked about years as names; no account may have twice the largest delta."""
    years = {"2019": {"type": "boolean", "domain_source": "made up"}}
    contract = make_contract(columns=years, privacy={"unit": "rows", "spend": {"epsilon": 1.0, "delta": 0.009}})
    project = make_leak_project(contract, tmp_path)
    ledger = open_ledger(f"sqlite:///{project.root / '.synth-assets' / 'ledger.db'}", trust=Trust())
    assert dict(ledger.source(contract.source).columns)["2019"] == "text"
    assert contract.cap().loss().fits(ledger.balance(contract.source).remaining)


def test_a_part_of_the_broken_source_lost_a_column_after_it_was_registered(tmp_path: Path) -> None:
    project = make_leak_project(CONTRACT, tmp_path)
    heads = [path.read_text().partition("\n")[0] for path in sorted((project.sources / BROKEN).iterdir())]
    assert heads == ["person,age,city,member", f"{project.canaries.word},age,city,member"]


def test_with_a_holdout_all_accounts_are_split_and_gates_are_asked_with_limits_that_hold(tmp_path: Path) -> None:
    gates = {"tstr_auc": Gate(min=0.9), "workload_error": Gate(max=0.1)}
    held = holding_contract(evaluation_share=0.2).model_copy(update={"gates": gates})
    project = make_leak_project(held, tmp_path)
    ledger = open_ledger(f"sqlite:///{project.root / '.synth-assets' / 'ledger.db'}", trust=Trust())
    for name in (CONTRACT.source, BROKEN, FAILING, POOR):
        split = ledger.split(name)
        assert split is not None
        assert split.share == 0.3
    asked = read_contract(project.root / "defs" / CONTRACT.name)
    assert {name: (gate.min, gate.max) for name, gate in asked.gates.items()} == {
        "tstr_auc": (0.001, None),
        "workload_error": (None, 0.999),
    }
    assert asked.privacy.spend.epsilon > held.privacy.spend.epsilon
