"""Claims about checks hold on the file itself, not on what results say of it."""

import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.people import make_contract
from kit.project import furnish, make_project
from kit.stores import stores_in
from resealed import edit_json, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.audit.evidence import Evidence
from synth_assets.checks import judge_again, load_suite, run_checks
from synth_assets.checks.context import Context, OtherColumn, release_before, version_before
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.files import sha256_file, write_json
from synth_assets.promotion import Promotion


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _status(bundle: Path, name: str) -> Status:
    return next(claim.status for claim in verify_bundle(bundle) if claim.name == name)


def _replace_table(version: Path, table: pa.Table) -> Path:
    shard = version / "data" / "part-00000.parquet"
    pq.write_table(table, shard)

    def change(manifest: dict[str, Any]) -> None:
        manifest["shards"][0] |= {"digest": sha256_file(shard), "rows": table.num_rows}
        manifest["rows"] = table.num_rows

    edit_json(version / "bundle" / "candidate.json", change)
    return reseal(version)


def _column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(name), pa.array(values, table.schema.field(name).type))


def test_resealing_nothing_keeps_every_claim(version: Path) -> None:
    assert Status.FAILED not in {claim.status for claim in verify_bundle(reseal(version))}


def test_a_value_outside_the_domain_is_found_in_the_file(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    ages = table["age"].to_pylist()
    bundle = _replace_table(version, _column(table, "age", [42, *ages[1:]]))
    assert _status(bundle, "data") is Status.VERIFIED
    assert _status(bundle, "domain") is Status.FAILED


def test_a_second_verification_in_the_same_process_reads_the_files_again(version: Path) -> None:
    bundle, table = reseal(version), pq.read_table(version / "data" / "part-00000.parquet")
    assert _status(bundle, "domain") is Status.VERIFIED
    _replace_table(version, _column(table, "age", [42, *table["age"].to_pylist()[1:]]))
    assert _status(bundle, "domain") is Status.FAILED


def test_a_derived_value_that_does_not_follow_is_found(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    flipped = [None if value is None else not value for value in table["adult"].to_pylist()]
    bundle = _replace_table(version, _column(table, "adult", flipped))
    assert _status(bundle, "domain") is Status.FAILED


def test_too_few_rows_are_found(version: Path) -> None:
    bundle = _replace_table(version, pq.read_table(version / "data" / "part-00000.parquet").slice(0, 300))
    assert _status(bundle, "row count") is Status.FAILED


def test_another_type_is_found(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    index = table.schema.get_field_index("age")
    bundle = _replace_table(version, table.set_column(index, "age", table["age"].cast(pa.int32())))
    assert _status(bundle, "schema") is Status.FAILED


def test_rows_far_from_the_release_are_found(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    bundle = _replace_table(version, _column(table, "member", [True] * table.num_rows))
    assert _status(bundle, "fidelity") is Status.FAILED


def test_a_failed_blocking_check_is_found(version: Path) -> None:
    edit_json(version / "bundle" / "checks" / "domain.json", lambda result: result.update(passed=False))
    assert _status(reseal(version), "blocking checks") is Status.FAILED


def test_a_result_of_another_candidate_does_not_count(version: Path) -> None:
    edit_json(version / "bundle" / "checks" / "domain.json", lambda result: result.update(candidate="0" * 64))
    assert _status(reseal(version), "blocking checks") is Status.FAILED


def test_a_blocking_check_that_was_left_out_is_missed(version: Path) -> None:
    (version / "bundle" / "checks" / "fidelity.json").unlink()
    assert _status(reseal(version), "blocking checks") is Status.FAILED


def test_a_share_of_nulls_that_the_gate_refuses_is_found(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    edit_json(
        version / "bundle" / "contract.json", lambda contract: contract["checks"].update(max_excess_distance=0.99)
    )
    bundle = _replace_table(version, _column(table, "age", [*[None] * 120, *table["age"].to_pylist()[120:]]))
    assert _status(bundle, "fidelity") is Status.VERIFIED
    assert _status(bundle, "nulls") is Status.FAILED


def test_a_result_that_is_not_what_is_counted_is_found(version: Path) -> None:
    path = version / "bundle" / "checks" / "fidelity.json"
    edit_json(path, lambda result: result["observed"].update(excess=result["observed"]["excess"] + 1e-7))
    assert _status(reseal(version), "check results") is Status.VERIFIED
    edit_json(path, lambda result: result["observed"].update(excess=0.9))
    assert _status(reseal(version), "check results") is Status.FAILED


def test_figures_that_a_check_observes_since_may_be_missing_and_no_others(version: Path) -> None:
    path = version / "bundle" / "checks" / "fidelity.json"
    edit_json(path, lambda result: [result["observed"].pop(name) for name in ("covers", "says")])
    assert _status(reseal(version), "check results") is Status.VERIFIED
    edit_json(path, lambda result: result["observed"].pop("excess"))
    assert _status(reseal(version), "check results") is Status.FAILED


@pytest.mark.parametrize("severity", ["warning", "critical"])
def test_a_result_from_before_figures_is_judged_again_without_them(
    version: Path, monkeypatch: pytest.MonkeyPatch, severity: str
) -> None:
    strict = {"realism": {"severity": severity}}
    edit_json(version / "bundle" / "contract.json", lambda contract: contract["checks"].update(strict))
    path = version / "bundle" / "checks" / "realism.json"
    edit_json(path, lambda result: [result["observed"].pop(name) for name in KINDS[result["expectation"]].later])
    reseal(version)
    monkeypatch.setattr("synth_assets.checks.kinds.realism.is_off", lambda part, *_: part == "light_tails")
    monkeypatch.setattr("synth_assets.checks.kinds.realism._FAULTS", defaultdict(lambda: lambda *_: "too light"))
    claims = {claim.name: claim for claim in verify_bundle(version / "bundle")}
    assert claims["realism"].status is Status.VERIFIED
    assert ("warns, and does not block: too light" in claims["realism"].detail) == (severity == "warning")
    assert "'realism' is not what is counted here" not in claims["check results"].detail


def test_results_of_a_bundle_from_before_a_check_are_those_that_it_has(version: Path) -> None:
    (version / "bundle" / "checks" / "realism.json").unlink()
    claims = {claim.name: claim for claim in verify_bundle(reseal(version))}
    assert claims["check results"].status is claims["realism"].status is Status.VERIFIED
    assert claims["check results"].detail.startswith("6 results ")


@pytest.mark.parametrize(("severity", "status"), [("warning", Status.VERIFIED), ("critical", Status.FAILED)])
def test_what_only_warns_is_said_and_does_not_fail_a_version(version: Path, severity: str, status: Status) -> None:
    limit = {"max": 0.0, "severity": severity}
    edit_json(version / "bundle" / "contract.json", lambda contract: contract["checks"].update(repeated_rows=limit))
    claims = {claim.name: claim for claim in verify_bundle(reseal(version))}
    assert claims["checks asked for"].status is status
    assert ("warns, and does not block: " in claims["checks asked for"].detail) == (severity == "warning")


def test_a_result_of_no_check_of_the_suite_is_found(version: Path) -> None:
    shutil.copyfile(version / "bundle" / "checks" / "domain.json", version / "bundle" / "checks" / "more.json")
    edit_json(version / "bundle" / "checks" / "more.json", lambda result: result.update(name="more"))
    assert _status(reseal(version), "check results") is Status.FAILED


def test_a_result_by_other_arguments_than_those_of_the_suite_is_found(version: Path) -> None:
    edit_json(version / "bundle" / "checks" / "domain.json", lambda result: result.update(entry="0" * 64))
    bundle = reseal(version)
    assert _status(bundle, "blocking checks") is Status.FAILED
    assert _status(bundle, "check results") is Status.FAILED


def test_a_result_that_does_not_say_which_entry_it_is_of_fails(version: Path) -> None:
    # Only bundles of the first format may leave it out: one that older code wrote is kept in tests/data.
    edit_json(version / "bundle" / "checks" / "fidelity.json", lambda result: result.pop("entry"))
    bundle = reseal(version)
    assert _status(bundle, "check results") is Status.FAILED
    assert _status(bundle, "blocking checks") is Status.FAILED


def _written_check(version: Path, *, passed: bool = True, entry: str = "") -> Path:
    """Put a hand-written check with its result into the bundle."""
    written = {"type": "expect_column_to_exist", "kwargs": {"column": "age"}, "meta": {"check": "there"}}
    edit_json(version / "bundle" / "expectations.json", lambda suite: suite["expectations"].append(written))
    digest = load_suite(version / "bundle" / "expectations.json")[-1].digest()
    candidate = sha256_file(version / "bundle" / "candidate.json")
    result = {"name": "there", "severity": "critical", "passed": passed, "candidate": candidate}
    result |= {"expectation": written["type"], "kwargs": written["kwargs"], "entry": entry or digest}
    write_json(version / "bundle" / "checks" / "there.json", result)
    return reseal(version)


def test_a_hand_written_check_is_attested_and_must_be_bound_to_its_entry(version: Path) -> None:
    assert _status(reseal(version), "hand-written checks") is Status.VERIFIED
    bundle = _written_check(version)
    assert _status(bundle, "hand-written checks") is Status.ATTESTED
    assert _status(bundle, "blocking checks") is Status.VERIFIED


@pytest.mark.parametrize("change", [{"passed": False}, {"entry": "0" * 64}])
def test_a_hand_written_check_that_failed_or_was_tightened_is_found(version: Path, change: dict[str, Any]) -> None:
    assert _status(_written_check(version, **change), "blocking checks") is Status.FAILED


def test_a_rule_that_rows_break_is_found(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    edit_json(version / "bundle" / "contract.json", lambda contract: contract["rules"].update(young="age < 3"))
    assert table.num_rows
    assert _status(reseal(version), "rules") is Status.FAILED


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version whose contract asks for every check that a contract can ask for, compared with one before."""
    checks: dict[str, Any] = {
        "drift": {"max": 0.2},
        "outliers": {"max": 0.01},
        "repeated_rows": {"max": 0.99},
        "relationships": {"city": "towns.name"},
    }
    folder = tmp_path_factory.mktemp("asking")
    project = make_project(folder, contract=make_contract(checks=checks))
    furnish(project)
    project.obtain()
    project.fit()
    candidate, release, suite = project.candidate(0), project.release, project.suite
    towns = OtherColumn(version="t" * 64, values=("east", "north", "south"))
    rows = project.candidate(1).batches(columns=release.domain.names)
    context = Context(
        version=version_before("v" * 64, release.domain, rows),
        release=replace(release_before(release), digest="r" * 64),
        others={"towns.name": towns},
    )
    recorded = run_checks(project.contract, candidate, release, suite=suite, context=context)
    judged = judge_again(project.contract, candidate, release, suite=suite, recorded=recorded, context=context)
    evidence = Evidence(
        contract=project.contract,
        release=release,
        release_folder=project.workspace.releases / release.digest,
        generator=project.generator,
        candidate=candidate,
        results=judged.results,
        decision=judged.decision,
        counts=judged.counts,
        ledger_lines=tuple(project.ledger.export_entries("town")),
        suite=suite,
        context=judged.context,
    )
    return project.promote(evidence, **stores_in(folder)).folder


@pytest.fixture
def asked(asking: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(asking, tmp_path / "asked", copy_function=shutil.copyfile))


def test_checks_that_were_asked_for_are_judged_again_by_the_figures_in_the_bundle(asked: Path) -> None:
    claims = {claim.name: claim for claim in verify_bundle(asked)}
    assert Status.FAILED not in {claim.status for claim in claims.values()}
    assert claims["checks asked for"].status is Status.VERIFIED
    for name in ("drift_version", "drift_release", "outliers", "repeated_rows", "relationships"):
        assert f"{name}: " in claims["checks asked for"].detail
    assert claims["compared with"].status is Status.ATTESTED
    assert "towns.name of version tttttttttttt, version vvvvvvvvvvvv before" in claims["compared with"].detail


def test_other_figures_than_those_that_were_compared_with_are_found(asked: Path) -> None:
    def change(context: dict[str, Any]) -> None:
        age = context["version"]["columns"]["age"]
        age["counts"] = [400, *[0] * (len(age["counts"]) - 1)]

    edit_json(asked / "bundle" / "context.json", change)
    bundle = reseal(asked)
    assert _status(bundle, "checks asked for") is _status(bundle, "check results") is Status.FAILED


def test_a_context_that_is_left_out_is_found(asked: Path) -> None:
    (asked / "bundle" / "context.json").unlink()
    assert _status(reseal(asked), "check results") is Status.FAILED


def test_nothing_is_compared_where_no_check_asks_for_it(version: Path) -> None:
    claims = {claim.name: claim for claim in verify_bundle(version)}
    assert claims["compared with"].status is Status.VERIFIED
    assert claims["checks asked for"].detail == "there is none"


def test_a_context_that_no_check_asks_for_is_found(version: Path) -> None:
    some = Context(others={"towns.name": OtherColumn(version="t" * 64, values=())})
    write_json(version / "bundle" / "context.json", some.as_json())
    assert _status(reseal(version), "compared with") is Status.FAILED
