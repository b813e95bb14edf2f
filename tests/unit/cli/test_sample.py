"""``sample``: a what-if table in one file, under conditions, shares and weights."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from kit.incomes import DOMAIN
from kit.project import Project, command

from synth_assets.candidate.what_if import FOOTER
from synth_assets.cli.sample import _by_column, _weights
from synth_assets.domain import Column, Domain
from synth_assets.errors import UsageError


@pytest.mark.integration
def test_it_draws_what_was_asked_and_promotes_nothing(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path for path in (finished.root / "data").rglob("*"))
    arguments = ["--where", "age >= 4 AND (member OR city = 'east')", "--weight", "city=north:3", "--rows", "300"]
    command("sample", "defs/people", "--out", "what-if.parquet", *arguments, "--seed", "2", "--json")

    summary = json.loads(capsys.readouterr().out)
    table = pq.read_table("what-if.parquet")
    assert all(row["age"] >= 4 and (row["member"] or row["city"] == "east") for row in table.to_pylist())
    assert (summary["rows"], table.num_rows, summary["seed"]) == (300, 300, 2)
    assert table.schema.equals(finished.contract.table_schema())
    assert "weigh city: 'north' x 3" in summary["condition"]
    assert summary["filters"] == ["(member OR city = 'east')"]
    assert sorted(path for path in (finished.root / "data").rglob("*")) == before


@pytest.mark.integration
def test_shares_are_those_that_were_asked_for(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shares = ["--rebalance", "city=north:0.5,south:0.5", "--rebalance", "member=true:1,false:3"]
    command("sample", "defs/people", "--out", "what-if.parquet", "--rows", "4000", *shares)

    assert "not checked, not promoted" in capsys.readouterr().out
    table = pq.read_table("what-if.parquet")
    cities = table["city"].to_pylist()
    # Rows are dealt by stratified sampling: one in a hundred is far outside its error.
    assert abs(cities.count("north") - 2000) < 40
    assert cities.count("east") == 0
    assert abs(sum(table["member"].to_pylist()) - 1000) < 40


@pytest.mark.integration
def test_what_contradicts_itself_writes_nothing(finished: Project) -> None:
    with pytest.raises(UsageError, match="never makes one of the wanted values of 'city' where city = 'east'"):
        command(
            "sample", "defs/people", "--out", "x.parquet", "--where", "city = 'east'", "--rebalance", "city=north:1"
        )
    with pytest.raises(UsageError, match="lies among the project's artefacts"):
        command("sample", "defs/people", "--out", "data/promoted/x.parquet")
    assert not list(finished.root.rglob("x.parquet"))


@pytest.mark.integration
def test_a_scenario_of_the_contract_is_drawn_by_its_name(varied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("sample", "defs/people", "--scenario", "old_north", "--json")
    command(*given, "--out", "north.parquet")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["rows"], facts["seed"]) == (300, 3)
    promoted = varied.judged_scenarios(varied.candidate(0))[0][0]
    assert pq.read_table("north.parquet").equals(promoted.table())

    command(*given, "--out", "few.parquet", "--rows", "20", "--seed", "4")
    assert pq.read_table("few.parquet").num_rows == 20
    with pytest.raises(UsageError, match="has its own conditions"):
        command(*given, "--out", "x.parquet", "--where", "age > 3")
    with pytest.raises(UsageError, match="has no scenario 'odd'"):
        command("sample", "defs/people", "--scenario", "odd", "--out", "x.parquet")


@pytest.mark.integration
def test_a_name_that_ends_in_csv_is_the_same_table_for_a_spreadsheet(finished: Project) -> None:
    for name in ("x.csv", "x.parquet"):
        command("sample", "people", "--out", name, "--rows", "50")
    assert finished.contract.name == "people"
    rows = list(csv.DictReader(Path("x.csv").read_text().splitlines()))
    table = pq.read_table("x.parquet")
    assert [row["city"] for row in rows] == table["city"].to_pylist()
    assert [row["age"] for row in rows] == ["" if age is None else str(age) for age in table["age"].to_pylist()]
    facts = json.loads(Path("x.csv.json").read_text())
    assert facts == json.loads(table.schema.metadata[FOOTER])
    with pytest.raises(UsageError, match="is there already"):
        command("sample", "people", "--out", "x.csv", "--rows", "50")
    with pytest.raises(UsageError, match=r"x.xlsx must end in .parquet or .csv"):
        command("sample", "people", "--out", "x.xlsx")


def test_values_are_read_as_the_column_writes_them() -> None:
    assert _by_column("member=TRUE:2,false:0.5", DOMAIN) == ("member", {True: 2.0, False: 0.5})
    assert _by_column("age=18:2,null:0", DOMAIN) == ("age", {18: 2.0, None: 0.0})
    assert _by_column("age >= 30:2", DOMAIN) is None
    names = Domain(columns=(Column(name="c", kind="categorical", categories=("a, b", "c:d", "A, B")),))
    assert _by_column("c=a, b:2,c:d:3", names) == ("c", {"a, b": 2.0, "c:d": 3.0})
    assert _by_column('c={"A, B": 2}', names) == ("c", {"A, B": 2.0})


def test_weights_of_values_and_of_conditions_are_distinguished() -> None:
    texts = ["region=north:2", "region=west:3", "age >= 65:0.5", "region = 'north':2"]
    assert _weights(texts, DOMAIN) == {"region": {"north": 2.0, "west": 3.0}, "age >= 65": 0.5, "region = 'north'": 2.0}


@pytest.mark.parametrize(
    "text", ["region=north", "region=north:two", "region={north}", "age >= 65", "region=north:1,west"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not (a number|readable)"):
        _weights([text], DOMAIN)
