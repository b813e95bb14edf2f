"""A what-if table keeps what was asked in every row, states what it is, and is refused where that cannot be."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from kit.releases import MadeUp, made_up, visits_contract

from synth_assets.candidate import read_question, write_what_if
from synth_assets.candidate.what_if import FOOTER
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.generator import Condition, FittedGenerator, fit_generator


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("visits"))


@pytest.fixture(scope="session")
def fitted(visits: MadeUp, tmp_path_factory: pytest.TempPathFactory) -> FittedGenerator:
    return fit_generator(visits.release, kind="mixture", seed=0, generators=tmp_path_factory.mktemp("generators"))


def _write(visits: MadeUp, fitted: FittedGenerator, out: Path, where: str, **order: object) -> list[dict]:
    contract = order.pop("contract", visits.contract)
    assert isinstance(contract, DatasetContract)
    question = read_question(where, contract=contract, domain=contract.domain())
    table = write_what_if(
        contract,
        fitted,
        visits.release,
        out=out,
        **{"seed": 0, "rows": 500, "condition": question.condition, "filters": question.filters, **order},
    )
    return pq.read_table(table.path).to_pylist()


def test_parts_on_one_column_have_a_closed_form_and_others_are_filters(visits: MadeUp) -> None:
    text = "age >= 3 AND (smokes OR region = 'west') AND old AND score > 0.1 AND age < wave"
    question = read_question(text, contract=visits.contract, domain=visits.contract.domain())
    assert question.condition is not None
    assert list(question.condition.weights) == ["age"]
    assert question.filters == ("(smokes OR region = 'west')", "old", "score > 0.1", "age < wave")
    assert str(question.condition) == text


def test_every_row_keeps_the_condition_the_filters_and_the_rules(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path
) -> None:
    contract = visits_contract(rules={"few_in_the_west": "region <> 'west' OR age IS NULL OR age < 6"})
    where = "age >= 2 AND (smokes OR region = 'west') AND score > 0.1"
    rows = _write(visits, fitted, tmp_path / "a.parquet", where, contract=contract)
    assert len(rows) == 500
    assert all(row["age"] >= 2 and row["score"] > 0.1 for row in rows)
    assert all(row["smokes"] or row["region"] == "west" for row in rows)
    assert all(row["region"] != "west" or row["age"] < 6 for row in rows)
    assert {row["region"] for row in rows} == {"north", "south", "west"}
    assert all(row["old"] == (row["age"] >= 7) for row in rows)


def test_the_footer_states_that_it_is_not_a_candidate(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    _write(visits, fitted, tmp_path / "a.parquet", "age >= 2 AND (smokes OR old)", seed=7)
    facts = json.loads(pq.read_schema(tmp_path / "a.parquet").metadata[FOOTER])
    assert facts["what"] == "a what-if table, drawn under a condition; not checked, not promoted"
    assert (facts["dataset"], facts["generator"], facts["release"]) == ("visits", fitted.digest, visits.release.digest)
    assert (facts["seed"], facts["rows"]) == (7, 500)
    assert facts["condition"] == "age >= 2 AND (smokes OR old)"
    assert facts["filters"] == ["(smokes OR old)"]
    assert pq.read_schema(tmp_path / "a.parquet").equals(visits.contract.table_schema())
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_for_any_number_of_workers(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.candidate.write.SHARD_ROWS", 3000)
    order = {"rows": 20_000, "where": "smokes OR old"}
    _write(visits, fitted, tmp_path / "alone.parquet", **order)
    with ThreadPoolExecutor(3) as executor:
        _write(visits, fitted, tmp_path / "three.parquet", executor=executor, **order)
    _write(visits, fitted, tmp_path / "other.parquet", seed=1, **order)
    alone = (tmp_path / "alone.parquet").read_bytes()
    assert alone == (tmp_path / "three.parquet").read_bytes()
    assert alone != (tmp_path / "other.parquet").read_bytes()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("age > 3 AND age < 2", "leaves no value of 'age'"),
        ("age > 30 OR region = 'east'", "leaves no value of age and region"),
        ("score > 0.1 AND score < 0.05", "none of 65,536 draws meets"),
        ("age + 1", "true or false"),
        ("1 = 1", "read a column"),
        ("height > 2", "unknown column 'height'"),
    ],
)
def test_what_is_impossible_is_refused_in_one_message(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path, where: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        _write(visits, fitted, tmp_path / "a.parquet", where)
    assert list(tmp_path.iterdir()) == []


def test_a_filter_that_is_too_rare_is_refused_with_how_many_rows_can_be_had(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="too rare for so many rows") as refused:
        _write(visits, fitted, tmp_path / "a.parquet", "score > 0.2499", rows=1_000_000, filters=("score > 0.99",))
    assert "ask for at most" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_rule_that_contradicts_the_condition_is_named(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path
) -> None:
    contract = visits_contract(rules={"no_west": "region <> 'west'"})
    with pytest.raises(UsageError, match="rule 'no_west' does not hold in 500 of 500 rows"):
        _write(visits, fitted, tmp_path / "a.parquet", "region = 'west'", contract=contract)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_touched(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        _write(visits, fitted, tmp_path / "a.parquet", "smokes")
    assert (tmp_path / "a.parquet").read_text() == "mine"


def test_a_generator_of_another_release_or_contract_is_refused(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="was fitted to release"):
        write_what_if(
            visits.contract, fitted, replace(visits.release, digest="0" * 64), out=tmp_path / "a.parquet", seed=0
        )
    changed = visits_contract(privacy={"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-7}})
    with pytest.raises(UsageError, match="not measured under this contract"):
        write_what_if(changed, fitted, visits.release, out=tmp_path / "a.parquet", seed=0)


def test_a_condition_without_probability_is_refused(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    never = Condition(text="wave of age", weights={"height": (1.0,)})
    with pytest.raises(UsageError, match="unknown column 'height'"):
        write_what_if(visits.contract, fitted, visits.release, out=tmp_path / "a.parquet", seed=0, condition=never)
