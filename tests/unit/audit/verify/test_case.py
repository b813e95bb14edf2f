"""A case reads the bundle's files once and gives what they hold."""

import json
import shutil
from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.audit.verify.case import Case
from synth_assets.errors import IntegrityError
from synth_assets.ledger import State
from synth_assets.promotion import Promotion


def test_a_case_reads_back_what_was_promoted(checked: Project, promoted: Promotion) -> None:
    case, evidence = Case(bundle=promoted.bundle, data=promoted.folder / "data"), checked.evidence(0)
    assert case.contract == checked.contract
    assert case.contract.fingerprint() == checked.contract.fingerprint()
    assert case.release.digest == checked.release.digest
    assert case.candidate.digest == evidence.candidate.digest
    assert case.candidate.table().equals(evidence.candidate.table())
    assert sorted(case.results, key=lambda result: result.name) == sorted(
        evidence.results, key=lambda result: result.name
    )
    assert case.lines == list(evidence.ledger_lines)
    assert case.paid.state is State.SETTLED
    assert case.verdict.good


def test_a_case_knows_which_files_are_there_and_which_are_listed(promoted: Promotion) -> None:
    case = Case(bundle=promoted.bundle, data=None)
    assert set(case.listing.files) == {*case.listed(), "manifest.json"}
    assert case.data_listing.files == {}


def test_a_case_reads_regular_files_of_the_bundle_and_nothing_else(promoted: Promotion, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(promoted.bundle, tmp_path / "bundle"))
    (tmp_path / "outside.json").write_text("{}")
    (bundle / "link.json").symlink_to(tmp_path / "outside.json")
    (bundle / "list.json").write_text("[]")
    case = Case(bundle=bundle, data=None)
    assert case.read("decision.json")["promote"] is True
    for name, fault in (
        ("link.json", "not a regular file"),
        ("../outside.json", "not a regular file"),
        (str(tmp_path / "outside.json"), "not a regular file"),
        ("checks", "not a regular file"),
        ("list.json", "not an object"),
    ):
        with pytest.raises(IntegrityError, match=fault):
            case.read(name)


def test_a_table_is_read_out_of_the_bundles_contract_and_out_of_no_other_file(
    promoted: Promotion, tmp_path: Path
) -> None:
    bundle = Path(shutil.copytree(promoted.bundle, tmp_path / "bundle"))
    contract = json.loads((bundle / "contract.json").read_text())
    table = {"lookup": "city", "file": "cities.csv", "values": {"north": 1, "south": 2, "east": 3}}
    (bundle / "cities.csv").write_text("city,side\nnorth,1\nsouth,2\neast,3\n")
    (bundle / "contract.json").write_text(json.dumps({**contract, "derived": {"side": table}, "rules": {}}))
    assert Case(bundle=bundle, data=None).contract.lookups[0].values == table["values"]
    del table["values"]
    (bundle / "contract.json").write_text(json.dumps({**contract, "derived": {"side": table}, "rules": {}}))
    with pytest.raises(IntegrityError, match="names a table and does not hold it"):
        _ = Case(bundle=bundle, data=None).contract


def test_files_that_break_a_limit_are_named_and_not_counted(promoted: Promotion, tmp_path: Path) -> None:
    version = Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))
    (version / "data" / "part-00000.parquet").write_bytes(b"PAR1 not really")
    case = Case(bundle=version / "bundle", data=version / "data")
    assert "part-00000.parquet: a Parquet file breaks a limit" in case.parquet_faults["part-00000.parquet"]
    with pytest.raises(IntegrityError, match=r"part-00000\.parquet"):
        _ = case.counts


def test_an_empty_ledger_is_refused(promoted: Promotion, tmp_path: Path) -> None:
    version = Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))
    for content in (b"", b"[]\n"):
        (version / "bundle" / "ledger.jsonl").write_bytes(content)
        with pytest.raises(IntegrityError, match="does not hold entries"):
            _ = Case(bundle=version / "bundle", data=None).lines
