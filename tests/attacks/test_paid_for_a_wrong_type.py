"""A column is declared as something that its registered type can never be, and the whole release is paid for it.

`balance` is registered as int64 and declared `categorical [low, high]`: epsilon 1 is charged, every row silently
becomes `low`, and every check passes. Registered names and types are public, so this is refused before anything is
reserved, by `contract check` and by the measurement alike.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from dagster.components import ScaffoldRequest
from kit.project import Project, command

from synth_assets.errors import SynthAssetsError, UsageError
from synth_assets.integrations.dagster.component import SyntheticDatasetScaffolder
from synth_assets.ledger import open_ledger
from synth_assets.privacy import PrivacyLoss
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

_NOTHING = PrivacyLoss(nano_rho=0)
LEVEL = {"type": "categorical", "categories": ["low", "high"], "domain_source": "made up"}
TABLE = pa.table(
    {
        "person": pa.array([f"p{row // 2}" for row in range(200)]),
        "balance": pa.array(range(200), pa.int64()),
        "seen": pa.array(range(18000, 18200), pa.int32()).cast(pa.date32()),
        "member": pa.array([row % 2 == 0 for row in range(200)]),
        "region": pa.array(["north", "south"] * 100),
        "fee": pa.array([Decimal(1)] * 200, pa.decimal128(9, 2)),
    }
)


@pytest.fixture
def bank(project: Project) -> Path:
    """The project with a typed table of customers, registered by the officer."""
    pq.write_table(TABLE, project.root / "customers.parquet")
    unit = ["--unit-column", "person", "--max-rows", "2"]
    command("budget", "open", "bank", "--epsilon", "3", "--delta", "1e-5", "--population", "customers", *unit)
    location = ["--kind", "parquet", "--location", str(project.root / "customers.parquet")]
    command("source", "add", "customers", *location, "--account", "bank", "--version", "2026-11", *unit)
    return project.root


def write(root: Path, columns: dict[str, Any], **changes: Any) -> Path:
    attributes = {
        "name": "customers",
        "purpose": "Tests on made-up rows.",
        "source": "customers",
        "privacy": {"unit": {"column": "person", "max_rows": 2}, "spend": {"epsilon": 1.0, "delta": 1e-6}},
        "columns": columns,
        "rows": 100,
        **changes,
    }
    folder = root / "defs" / "customers"
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump({"type": "synth_assets.SyntheticDataset", "attributes": attributes}, sort_keys=False)
    (folder / "defs.yaml").write_text(text)
    return folder


def charged() -> tuple[PrivacyLoss, PrivacyLoss]:
    balance = open_ledger(Workspace.current().ledger_url).balance("bank")
    return balance.spent, balance.reserved


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"balance": LEVEL}, "int64"),
        ({"seen": {"type": "integer", "min": 0, "max": 9, "domain_source": "made up"}}, "date32"),
        ({"member": {"type": "integer", "min": 0, "max": 1, "domain_source": "made up"}}, "bool"),
        ({"member": {**LEVEL, "categories": ["yes", "no"]}}, "bool"),
        ({"seen": {"type": "boolean", "domain_source": "made up"}}, "date32"),
        ({"fee": {"type": "boolean", "domain_source": "made up"}}, "decimal128"),
    ],
    ids=[
        "int64 as texts",
        "date as integer",
        "bool as integer",
        "bool as yes and no",
        "date as boolean",
        "money as boolean",
    ],
)
def test_a_type_that_cannot_be_meant_is_refused_before_it_is_paid(
    bank: Path, columns: dict[str, Any], words: str
) -> None:
    folder = write(bank, columns)
    try:
        with pytest.raises(SynthAssetsError, match=words) as refused:
            command("synthesize", str(folder), "--out", "out")
    finally:
        assert charged() == (_NOTHING, _NOTHING), "the budget was spent on a column that cannot be read"
    assert re.search(rf"defs\.yaml:\d+:5: columns\.{next(iter(columns))}: ", str(refused.value))
    assert refused.value.hint


def test_contract_check_refuses_what_run_refuses(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(bank, {"balance": LEVEL})
    capsys.readouterr()
    assert command("contract", "check", str(folder)) == 2
    assert re.search(r"defs\.yaml:\d+:5: columns\.balance: ", capsys.readouterr().out)


@pytest.mark.parametrize(
    "declared",
    [
        {**LEVEL, "categories": ["1", "2", "other"], "other": "other"},
        {"type": "boolean", "nullable": True, "domain_source": "made up"},
    ],
    ids=["categories", "boolean"],
)
def test_integers_that_are_declared_as_something_else_are_odd_and_allowed(
    bank: Path, declared: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(bank, {"balance": declared})
    capsys.readouterr()
    assert command("contract", "check", str(folder), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["faults"] == []
    assert [warning["where"] for warning in report.get("warnings", ())] == ["columns.balance"]
    command("synthesize", str(folder), "--out", "out")
    assert charged()[0] != _NOTHING


def test_a_text_in_a_rule_that_no_column_has_is_refused(bank: Path) -> None:
    region = {"type": "categorical", "categories": ["north", "south"], "domain_source": "made up"}
    folder = write(bank, {"region": region}, rules={"known": "region = 'nrth'"})
    assert command("contract", "check", str(folder)) == 2
    with pytest.raises(UsageError, match="'nrth'"):
        command("synthesize", str(folder), "--out", "out")
    assert charged() == (_NOTHING, _NOTHING)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"source": "custommers"}, "source"),
        ({"columns": {"region_name": {**LEVEL, "categories": ["north", "south"]}}}, "columns.region_name"),
        (
            {"privacy": {"unit": {"column": "person", "max_rows": 3}, "spend": {"epsilon": 1.0, "delta": 1e-6}}},
            "privacy",
        ),
        ({"privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}}}, "privacy.unit"),
        (
            {"privacy": {"unit": {"column": "person", "max_rows": 2}, "spend": {"epsilon": 9.0, "delta": 1e-6}}},
            "privacy.spend",
        ),
    ],
    ids=["unknown source", "misspelled column", "another max_rows", "another unit", "cap too small"],
)
def test_contract_check_asks_the_ledger(
    bank: Path, changes: dict[str, Any], where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    balance = {"balance": {"type": "integer", "min": 0, "max": 9, "domain_source": "x"}}
    folder = write(bank, changes.pop("columns", balance), **changes)
    capsys.readouterr()
    assert command("contract", "check", str(folder), "--json") == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["where"].startswith(where)
    assert fault["hint"]


def test_contract_check_makes_no_ledger(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(bank, {"region": {**LEVEL, "categories": ["north", "south"]}})
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", f"sqlite:///{bank}/elsewhere/ledger.db")
    assert command("contract", "check", str(folder)) == 0
    assert not (bank / "elsewhere").exists()


def test_a_freshly_scaffolded_contract_does_not_pass(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = ScaffoldRequest(
        type_name="synth_assets.SyntheticDataset",
        target_path=bank / "defs" / "fresh",
        scaffold_format="yaml",
        project_root=bank,
        params=None,
    )
    SyntheticDatasetScaffolder().scaffold(request)
    capsys.readouterr()
    assert command("contract", "check", str(bank / "defs" / "fresh")) == 2
    assert "is not answered yet" in capsys.readouterr().out
