"""Contracts, suites and stages on the command line."""

import json
from pathlib import Path

import pytest
from kit.project import Project, command

from synth_assets.errors import ContractError, UsageError


def test_a_good_project_has_no_fault_and_no_drift(project: Project) -> None:
    assert command("contract", "check") == 0
    assert command("contract", "suite") == 0
    assert command("contract", "dvc") == 0


def test_every_fault_is_shown_with_its_position_and_the_exit_code_is_2(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project.definition
    file.write_text(file.read_text().replace("max: 19", "max: -1").replace("rows: 400", "rows: none"))

    assert command("contract", "check", "defs/people") == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[1] for line in lines] == ["12", "19"]


def test_a_scenario_that_cannot_be_drawn_is_shown_at_its_line(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project.definition
    scenarios = "  scenarios:\n    old:\n      where: age > 30\n    even:\n      shares: {city: {west: 1}}\n"
    file.write_text(f"{file.read_text()}{scenarios}")
    capsys.readouterr()

    assert command("contract", "check", "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    last = len(file.read_text().splitlines())
    assert [(fault["where"], fault["line"]) for fault in faults] == [
        ("scenarios.old.where", last - 2),
        ("scenarios.even.shares.city", last),
    ]


def test_faults_are_json_for_programs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    file = project.definition
    file.write_text(file.read_text().replace("source: census", "sauce: census"))
    capsys.readouterr()

    assert command("contract", "check", "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {fault["where"] for fault in faults} == {"sauce", "source"}


def test_drift_of_suite_and_stages_fails_and_writing_repairs_it(project: Project) -> None:
    file = project.definition
    file.write_text(file.read_text().replace("rows: 400", "rows: 300"))
    (project.root / "dvc.yaml").write_text("stages:\n  gone: {outs: [data/promoted/gone/version]}\n")

    assert (command("contract", "suite"), command("contract", "dvc")) == (1, 1)
    command("contract", "suite", "--write")
    command("contract", "dvc", "--write")
    assert (command("contract", "suite"), command("contract", "dvc")) == (0, 0)


def twin_of(project: Project) -> Path:
    twin = project.root / "defs" / "again" / "defs.yaml"
    twin.parent.mkdir()
    twin.write_text(project.definition.read_text().replace("rows: 400", "rows: 300"))
    return twin


def test_two_datasets_with_one_name_are_a_fault_of_both(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    twin = twin_of(project)
    capsys.readouterr()
    assert command("contract", "check", "--no-ledger") == 2
    printed = capsys.readouterr().out
    assert "defs/again/defs.yaml:3:9: name: defs/people/defs.yaml has the name 'people' too" in printed
    assert "defs/people/defs.yaml:3:9: name: defs/again/defs.yaml has the name 'people' too" in printed
    twin.write_text(twin.read_text().replace("max: 19", "max: -1"))
    assert command("contract", "check", "--no-ledger", "--json", str(twin)) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [fault["where"] for fault in faults] == ["name", "columns.age"]
    twin.write_text("name: people\na: [\n")
    assert command("contract", "check", "--no-ledger", str(twin)) == 2
    assert "not YAML" in capsys.readouterr().out


def test_two_datasets_with_one_name_share_no_suite_and_no_stage(project: Project) -> None:
    twin_of(project)
    suite, stages = project.suite.read_bytes(), (project.root / "dvc.yaml").read_bytes()
    for arguments in (("suite", "--write"), ("suite", "--write", "defs/people"), ("dvc", "--write"), ("dvc",)):
        with pytest.raises(ContractError, match=r"defs.yaml and .*/defs.yaml are both named 'people'"):
            command("contract", *arguments)
    assert (project.suite.read_bytes(), (project.root / "dvc.yaml").read_bytes()) == (suite, stages)


def test_a_path_without_a_contract_is_wrong_use(project: Project) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        command("contract", "check", "nowhere")


def test_a_contract_is_held_against_the_ledger_unless_nobody_asks_for_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project.definition
    file.write_text(file.read_text().replace("city:", "ciyt:"))
    capsys.readouterr()
    assert command("contract", "check", "defs/people") == 2
    printed = capsys.readouterr()
    assert (
        "defs/people/defs.yaml:13:5: columns.ciyt: source 'census' has no such column\n  hint: did you mean"
        in printed.out
    )
    assert "1 contract, 1 fault, 0 warnings" in printed.err
    assert command("contract", "check", "--no-ledger", "defs/people") == 0
    assert "no ledger" not in capsys.readouterr().err


def test_without_a_ledger_it_reports_what_was_not_looked_at(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", f"sqlite:///{project.root}/none.db")
    assert command("contract", "check") == 0
    assert "were not looked at" in capsys.readouterr().err
    assert not (project.root / "none.db").exists()


def test_a_threshold_that_nothing_fits_is_a_fault_of_the_spend(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "set-cap", "town", "--epsilon", "6", "--delta", "1e-5", "--threshold-delta", "1e-6")
    file = project.definition
    text = file.read_text().replace(
        "{epsilon: 2.0, delta: 1.0e-6}", "{epsilon: 1.0e-6, delta: 1.0e-6, threshold_delta: 1.0e-9}"
    )
    file.write_text(
        text.replace(
            "categories: [north, south, east], domain_source: made up",
            "categories: discover, other: o, domain_source: discovered",
        )
    )
    capsys.readouterr()
    assert command("contract", "check", "--json", "defs/people") == 2
    assert [fault["where"] for fault in json.loads(capsys.readouterr().out)["faults"]] == ["privacy.spend"]
    assert command("run", "--dry-run", "--json", "defs/people") == 1
    dry_run = json.loads(capsys.readouterr().out)
    assert [finding["what"] for finding in dry_run["findings"] if finding["state"] == "fault"] == ["privacy.spend"]


def gates_in(project: Project, text: str) -> None:
    project.definition.write_text(f"{project.definition.read_text()}{text}")


def test_a_faulty_gate_is_shown_with_its_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    gates_in(project, "  gates:\n    tstr_acu: {min: 0.7}\n")
    assert command("contract", "check", "defs/people", "--no-ledger") == 2
    (line, *_) = [line for line in capsys.readouterr().out.splitlines() if "tstr_acu" in line]
    last = len(project.definition.read_text().splitlines())
    assert line.startswith(f"defs/people/defs.yaml:{last}:")


def test_gates_without_a_known_number_of_rows_get_a_warning_and_hopeless_ones_a_fault(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    definition = project.definition.read_text()
    spend = "spend: {epsilon: 2.0, delta: 1.0e-6}"
    assert spend in definition
    project.definition.write_text(definition.replace(spend, f"{spend}\n    evaluation_share: 0.5"))
    gates_in(project, "  gates: {wasserstein.age: {max: 0.001}}\n")
    assert command("contract", "check", "defs/people", "--json") == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert warning["where"] == "gates"
    assert "nothing says how many rows there are" in warning["message"]

    gates_in(project, "  evaluation: {population: 500}\n")
    assert command("contract", "check", "defs/people", "--json") == 2
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"] == []
    assert [fault["where"] for fault in found["faults"]] == ["gates.wasserstein.age"]
    assert "above a third of 0.001" in found["faults"][0]["message"]


def test_the_schema_is_printed_or_written_as_json_or_as_a_page(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("contract", "schema")
    printed = capsys.readouterr().out
    command("contract", "schema", "--out", "contract.schema.json")
    assert (project.root / "contract.schema.json").read_text() == printed
    assert json.loads(printed)["$defs"]["DatasetContract"]["required"][:3] == ["name", "purpose", "source"]
    command("contract", "schema", "--markdown")
    assert "\n| `purpose` | text | needed |" in capsys.readouterr().out
