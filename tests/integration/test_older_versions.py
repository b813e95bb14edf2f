"""What was promoted once can still be read and verified: nothing in it fails today.

``version_of_format_1`` was written by commit 41d5b47: a manifest of format 1, which names no template of its
report, and a ledger of format 1. ``version_of_format_2`` is the first with weights, a ledger of format 2 and the
exact tail of thresholds. ``version_of_template_3`` was written by commit b5d86d4: a candidate that does not say what
rules changed, and results without the figures that came next. ``version_of_template_4`` was written by commit
b6e6819: a decision without its day, and a page that names no digest of its contents. What was not written down then
is NOT CHECKABLE now. More can be kept, see tests/support/kept_versions.py.
"""

import json
from pathlib import Path
from typing import Annotated

import pytest
from kept_versions import DATA, KEPT

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.audit.manifest import read_manifest
from synth_assets.audit.verify import case
from synth_assets.audit.verify.claims import Claim
from synth_assets.contract import DatasetContract
from synth_assets.contract.declared import LATER
from synth_assets.contract.privacy import Privacy, Spend
from synth_assets.contract.public_checks import Checks
from synth_assets.generator.kinds import generator_class

DIGESTS = {
    "version_of_format_1": "ac0b3811c06992a3256903f4ccd88d686b1699917d4ceb53373030b62ce6a4cb",
    "version_of_format_2": "87fe32128ad10e4081cb2f0a4dbe04f3eeb2f2ad17ec7a1870285f2680b5af36",
    "version_of_template_3": "612ffc89732321e254b7b9a84b50bb53e255c5021de10a1399666041fd96fc0f",
    "version_of_template_4": "9119ea72afe69accb2b2dc187637f74ded2dbe23ef16cb0609ab0ea4f1d84f07",
}


class _NewerSpend(Spend):
    reserve: Annotated[float, LATER] = 0.0


class _NewerPrivacy(Privacy):
    spend: _NewerSpend


class _NewerChecks(Checks):
    max_rows_apart: Annotated[int | None, LATER] = None


class _NewerContract(DatasetContract):
    """What a newer version may know besides, at the top and in parts of it."""

    privacy: _NewerPrivacy
    checks: _NewerChecks = _NewerChecks()
    licence: Annotated[str, LATER] = ""


class _CarelessContract(DatasetContract):
    licence: str = ""


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_version_has_no_failed_claim(name: str) -> None:
    claims = verify_bundle(DATA / name, expect=DIGESTS[name])
    assert [str(claim) for claim in claims if claim.status is Status.FAILED] == []
    statuses = {claim.name: claim.status for claim in claims}
    assert statuses["expected version"] is statuses["data"] is statuses["answers"] is Status.VERIFIED
    assert exit_code(claims) == (0 if statuses["report"] is Status.VERIFIED else 4)


def test_rows_of_a_generator_of_an_older_method_come_out_again_and_its_fit_does_not() -> None:
    name = "version_of_format_2"
    facts = json.loads((DATA / name / "bundle" / "generator.json").read_bytes())
    assert facts["method"] < generator_class(facts["kind"]).method
    claims = verify_bundle(DATA / name, expect=DIGESTS[name], reproduce=True, refit=True)
    claim = {claim.name: claim for claim in claims}
    assert _come_out_again(claim["sampled rows"])
    assert claim["fitted weights"].status is Status.NOT_CHECKABLE
    assert "verify with the version that wrote the bundle" in claim["fitted weights"].detail


@pytest.mark.parametrize("name", ["version_of_template_3", "version_of_template_4"])
def test_results_from_before_figures_and_a_page_of_an_older_template_are_what_they_were(name: str) -> None:
    claims = {claim.name: claim for claim in verify_bundle(DATA / name, expect=DIGESTS[name], reproduce=True)}
    for claim in ("report", "check results", "fidelity", "realism"):
        assert claims[claim].status is Status.VERIFIED
    assert _come_out_again(claims["sampled rows"])


def _come_out_again(sampled: Claim) -> bool:
    """Tell whether they do, or this machine has other libraries or another processor."""
    here = any(words in sampled.detail for words in ("other libraries too", "processors of one kind only"))
    return sampled.status is Status.VERIFIED or (sampled.status is Status.NOT_CHECKABLE and here)


def test_the_formats_of_kept_versions_are_those_of_their_names() -> None:
    assert [read_manifest(DATA / name / "bundle")["format_version"] for name in KEPT] == [1, 2, 2, 2]
    for template in (3, 4):
        assert read_manifest(DATA / f"version_of_template_{template}" / "bundle")["report_template"] == template


@pytest.mark.parametrize("file", ["bundle/report.html", "bundle/ledger.jsonl", "data/part-00000.parquet"])
@pytest.mark.parametrize("name", KEPT)
def test_an_altered_version_fails_as_any_other(tmp_path: Path, name: str, file: str) -> None:
    for path in (DATA / name).rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(DATA / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes() + (b" " if path == DATA / name / file else b""))
    assert exit_code(verify_bundle(tmp_path)) == 1


@pytest.mark.parametrize("name", KEPT)
def test_fields_that_are_added_later_leave_kept_versions_verified(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    contract = json.loads((DATA / name / "bundle" / "contract.json").read_bytes())
    old, newer = DatasetContract.model_validate(contract), _NewerContract.model_validate(contract)
    assert (newer.digest(), newer.fingerprint()) == (old.digest(), old.fingerprint())
    monkeypatch.setattr(case, "DatasetContract", _NewerContract)
    claims = verify_bundle(DATA / name, expect=DIGESTS[name])
    assert [str(claim) for claim in claims if claim.status is Status.FAILED] == []


@pytest.mark.parametrize("name", KEPT)
def test_a_field_without_the_mark_would_fail_every_kept_version(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(case, "DatasetContract", _CarelessContract)
    assert exit_code(verify_bundle(DATA / name, expect=DIGESTS[name])) == 1
