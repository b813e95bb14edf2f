"""Suites follow from the contract; what people added stays; what lags behind is reported."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit.releases import visits_contract

from synth_assets.checks.suite import effective_suite, load_suite, required_checks, suite_drift, suite_of, write_suite
from synth_assets.contract.documents import find_contracts
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import UsageError

ROOT = Path(__file__).parents[3]
WRITTEN: dict[str, Any] = {
    "type": "expect_column_mean_to_be_between",
    "kwargs": {"column": "age", "min_value": 1, "max_value": 8},
    "severity": "warning",
    "notes": "Agreed with the analysts.",
    "meta": {"check": "mean_age"},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "visits.json"


def _add(path: Path, *entries: Any) -> None:
    suite = json.loads(path.read_text())
    suite["expectations"] += entries
    path.write_text(json.dumps(suite))


def _entry(name: str) -> Any:
    return next(entry for entry in suite_of(visits_contract()) if entry.check == name)


def test_the_checks_of_a_contract_in_the_order_of_reading() -> None:
    names = [entry.check for entry in suite_of(visits_contract(rules={"a": "age >= 0", "b": "age < 10"}))]
    assert names == ["schema", "row_count", "domain", "nulls", "rule_a", "rule_b", "fidelity", "realism"]


def test_all_generated_checks_are_marked_and_all_but_realism_block() -> None:
    for entry in suite_of(visits_contract()):
        assert entry.severity == ("warning" if entry.check == "realism" else "critical")
        assert entry.as_json()["meta"] == {"check": entry.check, "generated": True}
        assert entry.description


def test_the_domain_is_written_as_a_reviewer_reads_it() -> None:
    assert _entry("domain").kwargs == {
        "columns": {
            "region": {"values": ["north", "south", "west"]},
            "age": {"min": 0, "max": 9},
            "score": {"min": -1.0, "max": 1.0, "or": [-9.0]},
            "smokes": {"values": [False, True]},
            "day": {"min": "2026-01-01", "max": "2026-01-12"},
            "wave": {"values": [1994, 1996, 2000]},
            "seen": {"min": "2026-01-01T00:00:00", "max": "2026-01-02T23:00:00"},
        },
        "derived": {"old": "age >= 7", "elder": "CASE WHEN old THEN 1 ELSE 0 END"},
    }


def test_thresholds_come_from_the_contract() -> None:
    contract = visits_contract(checks={"max_excess_distance": 0.01, "max_null_difference": 0.02})
    kwargs = {entry.check: entry.kwargs for entry in suite_of(contract)}
    assert kwargs["fidelity"] == {"max_excess_distance": 0.01}
    assert kwargs["nulls"]["max_difference"] == 0.02
    assert kwargs["nulls"]["sometimes"] == ["age", "smokes", "seen"]


def test_the_schema_names_every_column_in_order() -> None:
    columns = _entry("schema").kwargs["columns"]
    names = ["region", "age", "score", "smokes", "day", "wave", "seen", "old", "elder"]
    assert [column["name"] for column in columns] == names
    assert columns[4] == {"name": "day", "type": "date32[day]", "nullable": False}
    assert columns[6] == {"name": "seen", "type": "timestamp[us]", "nullable": True}


def test_a_written_suite_does_not_drift(path: Path) -> None:
    write_suite(visits_contract(), path)
    assert suite_drift(visits_contract(), path) == []


def test_writing_twice_changes_nothing(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN)
    write_suite(visits_contract(), path)
    once = path.read_bytes()
    write_suite(visits_contract(), path)
    assert path.read_bytes() == once


def test_hand_written_entries_survive_with_every_key(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN)
    write_suite(visits_contract(rules={}), path)
    assert json.loads(path.read_text())["expectations"][-1] == WRITTEN
    assert suite_drift(visits_contract(rules={}), path) == []


def test_a_missing_file_is_drift_and_an_empty_suite(path: Path) -> None:
    assert suite_drift(visits_contract(), path) == ["the file is missing"]
    assert load_suite(path) == []


def test_drift_names_what_is_missing_stale_and_changed(path: Path) -> None:
    write_suite(visits_contract(rules={"gone": "age >= 0"}), path)
    drift = suite_drift(visits_contract(rules={"fresh": "age >= 0"}, rows=5), path)
    assert drift == [
        "check 'rule_fresh' is missing",
        "check 'rule_gone' no longer follows from the contract",
        "check 'row_count' differs from the contract in kwargs",
    ]


def test_a_weakened_generated_entry_is_drift_and_does_not_run(path: Path) -> None:
    write_suite(visits_contract(), path)
    path.write_text(path.read_text().replace('"severity": "critical"', '"severity": "warning"'))
    blocking = [entry.check for entry in suite_of(visits_contract()) if entry.severity == "critical"]
    assert len(suite_drift(visits_contract(), path)) == len(blocking)
    assert list(required_checks(visits_contract(), path)) == blocking
    assert effective_suite(visits_contract(), path) == suite_of(visits_contract())


def test_a_removed_generated_entry_runs_all_the_same(path: Path) -> None:
    write_suite(visits_contract(), path)
    suite = json.loads(path.read_text())
    suite["expectations"] = []
    path.write_text(json.dumps(suite))
    assert "fidelity" in required_checks(visits_contract(), path)


def test_required_checks_are_those_that_block_in_order_with_their_digests(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN)
    required = required_checks(visits_contract(), path)
    assert list(required) == ["schema", "row_count", "domain", "nulls", "rule_known_region", "fidelity"]
    of_contract = [entry for entry in suite_of(visits_contract()) if entry.severity == "critical"]
    assert required == {entry.check: entry.digest() for entry in of_contract}


@pytest.mark.parametrize(
    "change",
    [
        {"kwargs": {"column": "age", "min_value": 2, "max_value": 8}},
        {"severity": "critical"},
        {"type": "expect_column_median_to_be_between"},
        {"row_condition": "age > 3"},
    ],
)
def test_a_hand_written_entry_has_another_digest_when_anything_in_it_changes(
    path: Path, change: dict[str, Any]
) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN, {**WRITTEN, **change, "meta": {"check": "other"}}, {**WRITTEN, "meta": {"check": "third"}})
    digests = {entry.digest() for entry in load_suite(path)}
    assert len(digests) == len(load_suite(path))


def test_a_generated_entry_has_the_digest_of_what_the_contract_states(path: Path) -> None:
    write_suite(visits_contract(), path)
    assert [entry.digest() for entry in load_suite(path)] == [entry.digest() for entry in suite_of(visits_contract())]
    stricter = visits_contract(checks={"max_excess_distance": 0.01})
    before = {entry.digest() for entry in suite_of(visits_contract())}
    assert [entry.check for entry in suite_of(stricter) if entry.digest() not in before] == ["fidelity"]


def test_a_result_of_an_entry_is_bound_to_it() -> None:
    entry = _entry("fidelity")
    result = entry.result("c1", passed=True, observed={"excess": 0.0}, description="near")
    assert (result.name, result.entry, result.kwargs) == ("fidelity", entry.digest(), dict(entry.kwargs))


def test_a_number_that_json_does_not_have_is_refused(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, {**WRITTEN, "kwargs": {"column": "age", "min_value": float("nan")}})
    with pytest.raises(UsageError, match="is not a suite"):
        load_suite(path)


def test_a_new_rule_is_required_before_the_suite_is_written_anew(path: Path) -> None:
    write_suite(visits_contract(), path)
    assert "rule_fresh" in required_checks(visits_contract(rules={"fresh": "age > 100"}), path)


def test_an_entry_without_a_severity_blocks(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, {key: value for key, value in WRITTEN.items() if key != "severity"})
    assert "mean_age" in required_checks(visits_contract(), path)


def test_an_entry_that_only_informs_does_not_block(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN | {"severity": "info"})
    assert "mean_age" not in required_checks(visits_contract(), path)
    assert load_suite(path)[-1].severity == "warning"


@pytest.mark.parametrize("meta", [None, {}, {"check": "a b"}, {"check": 3}])
def test_an_entry_without_a_usable_name_is_refused(path: Path, meta: Any) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN | {"meta": meta})
    with pytest.raises(UsageError, match=r"expect_column_mean_to_be_between of .* has no usable name"):
        load_suite(path)


def test_a_hand_written_entry_cannot_take_a_generated_name(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN | {"meta": {"check": "fidelity"}})
    with pytest.raises(UsageError, match="check 'fidelity' stands twice"):
        required_checks(visits_contract(), path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"expectations": 3}', '{"expectations": [1]}', "not json"])
def test_what_is_not_a_suite_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(UsageError, match="is not a suite of expectations") as refused:
        load_suite(path)
    assert refused.value.hint.startswith("put the file right by hand or take it from git; or move it away, and")
    with pytest.raises(UsageError, match="is not a suite of expectations"):
        write_suite(visits_contract(), path)
    assert path.read_text() == text
    path.unlink()  # as the hint says
    write_suite(visits_contract(), path)
    assert suite_drift(visits_contract(), path) == []


def test_the_suite_of_another_dataset_is_not_written_over(path: Path) -> None:
    path.write_text('{"name": "other", "expectations": []}')
    with pytest.raises(UsageError, match=r"is the suite of 'other', not of 'visits'"):
        write_suite(visits_contract(), path)
    assert path.read_text() == '{"name": "other", "expectations": []}'


def test_what_a_suite_says_beside_its_entries_stays(path: Path) -> None:
    path.write_text('{"expectations": [], "id": "a1", "notes": ["ours"], "meta": {"owner": "clinic"}}')
    write_suite(visits_contract(), path)
    written = json.loads(path.read_text())
    assert (written["id"], written["notes"], written["meta"]) == ("a1", ["ours"], {"owner": "clinic"})
    assert suite_drift(visits_contract(), path) == []


def test_a_rule_that_cannot_name_a_check_is_refused() -> None:
    with pytest.raises(UsageError, match="'rule_a b' cannot name a check"):
        suite_of(visits_contract(rules={"a b": "age >= 0"}))


@pytest.mark.parametrize("path", find_contracts(ROOT / "dagster_project"), ids=lambda path: path.parent.name)
def test_the_shipped_suites_follow_from_their_contracts(path: Path) -> None:
    contract = read_contract(path)
    assert suite_drift(contract, ROOT / contract.suite_path) == []


@pytest.mark.integration
def test_great_expectations_reads_the_file_from_its_own_store(path: Path) -> None:
    write_suite(visits_contract(), path)
    _add(path, WRITTEN)
    code = f"""
import synth_assets.checks.expectations, great_expectations as gx
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
backend = {{"class_name": "TupleFilesystemStoreBackend", "base_directory": {str(path.parent)!r}}}
config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False))
config.stores["expectations_store"] = {{"class_name": "ExpectationsStore", "store_backend": backend}}
suite = gx.get_context(mode="ephemeral", project_config=config).suites.get("visits")
print([item.meta["check"] for item in suite.expectations], [item.severity.value for item in suite.expectations][-1])
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    names = [entry.check for entry in effective_suite(visits_contract(), path)]
    assert process.stdout.strip() == f"{names} warning", process.stderr


def test_a_suite_of_discovered_categories_follows_from_the_contract_alone() -> None:
    column = {"type": "categorical", "categories": "discover", "other": "rest", "domain_source": "discovered"}
    privacy = {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}}
    contract = visits_contract(privacy=privacy, columns={"job": column}, rules={}, derived={})
    (domain,) = [entry for entry in suite_of(contract) if entry.check == "domain"]
    assert domain.kwargs["columns"] == {"job": {"discovered": True, "or": ["rest"]}}
    with pytest.raises(UsageError, match="release's domain"):
        contract.domain()
