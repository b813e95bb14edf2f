"""Each kind of answer is recomputed: a bundle that understates a price, or adds a category, fails."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from resealed import change_answers, edit_json, edit_lines, reseal

from synth_assets.audit import Claim, Status, exit_code, verify_bundle
from synth_assets.audit.privacy_statement import composition_of
from synth_assets.audit.verify import answers, privacy
from synth_assets.audit.verify.case import Case
from synth_assets.privacy import PrivacyLoss, threshold_map_of
from synth_assets.promotion import Promotion
from synth_assets.release.kinds.thresholds import OLD_RULE

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def version(promoted_discovery: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted_discovery.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path) -> set[str]:
    return {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def _mechanism(change: Change) -> Change:
    def changed(record: dict[str, Any]) -> None:
        facts = json.loads(record["mechanism"])
        change(facts["__kwargs__"])
        record["mechanism"] = json.dumps(facts)

    return changed


def _changed(version: Path, change: Change) -> Path:
    return change_answers(version, "thresholds", lambda records: change(records[0]))


def test_a_version_with_discovered_categories_verifies(promoted_discovery: Promotion) -> None:
    claims = verify_bundle(promoted_discovery.bundle)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    named = {claim.name: claim for claim in claims}
    assert "1 columns, each map recomputed by OpenDP at L0 = L2 = Linf = 1" in named["discovery maps"].detail
    assert "2 discovered categories" in named["released domain"].detail
    assert "atto-delta of thresholds" in named["composition"].detail


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.update(delta=record["delta"] / 2),
        lambda record: record.update(rho=record["rho"] / 2),
        lambda record: record.update(scale=record["scale"] / 2),
        lambda record: record.update(threshold=record["threshold"] + 1),
        lambda record: record.update(rule="at_or_above"),
        lambda record: record.update(rule="below"),
        _mechanism(lambda arguments: arguments.update(scale=arguments["scale"] / 2)),
        _mechanism(lambda arguments: arguments.update(threshold=arguments["threshold"] - 5)),
        _mechanism(lambda arguments: arguments["output_measure"].update(__function__="max_divergence", __kwargs__={})),
        _mechanism(lambda arguments: arguments["input_metric"].update(__function__="l01inf_distance")),
        _mechanism(
            lambda arguments: arguments["input_domain"]["__kwargs__"]["value_domain"]["__kwargs__"].update(T="f64")
        ),
    ],
)
def test_a_record_that_is_not_its_mechanism_fails(version: Path, change: Change) -> None:
    assert "discovery maps" in _failed(_changed(version, change))


@pytest.mark.parametrize("change", [lambda records: records.append(records[0]), lambda records: records.clear()])
def test_one_discovery_more_or_less_fails(version: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    assert "discovery maps" in _failed(change_answers(version, "thresholds", change))


def _cheaper(record: dict[str, Any]) -> None:
    """Lower the threshold everywhere it stands, with the delta that it then has."""
    mechanism = json.loads(record["mechanism"])
    mechanism["__kwargs__"]["threshold"] -= 10
    record.update(mechanism=json.dumps(mechanism), threshold=record["threshold"] - 10, delta=1e-3)


def test_a_lower_threshold_with_an_honest_record_passes_the_charge(version: Path) -> None:
    failed = _failed(_changed(version, _cheaper))
    assert "composition" in failed
    assert "discovery maps" not in failed


def test_a_charge_without_the_deltas_of_thresholds_fails(version: Path) -> None:
    def cheapen(lines: list[dict[str, Any]]) -> None:
        for line in lines:
            if line.get("kind") == "RESERVED":
                line["payload"]["request"]["loss"]["atto_delta"] = 0

    edit_lines(version / "bundle" / "ledger.jsonl", cheapen)
    assert {"composition", "ledger chain"} <= _failed(reseal(version))


@pytest.mark.parametrize(
    "change",
    [
        lambda record: (record["categories"].append("spy"), record["values"].append(record["threshold"] + 1)),
        lambda record: (record["categories"].pop(), record["values"].pop()),
        lambda record: record["values"].__setitem__(-1, record["threshold"]),
        lambda record: record["values"].reverse(),
    ],
    ids=["one more", "one less", "at the threshold", "another order"],
)
def test_categories_that_are_not_what_was_drawn_fail(version: Path, change: Change) -> None:
    assert {"released domain", "discovery maps", "answers"} & _failed(_changed(version, change))


def test_half_the_noise_in_a_threshold_is_noticed_by_the_second_accountant(version: Path) -> None:
    def weaken(record: dict[str, Any]) -> None:
        mechanism = json.loads(record["mechanism"])
        mechanism["__kwargs__"]["scale"] /= 6
        record.update(mechanism=json.dumps(mechanism), scale=record["scale"] / 6)

    assert {"discovery maps", "composition", "second accountant"} <= _failed(_changed(version, weaken))


def test_the_statement_and_the_report_say_what_was_found(discovering: Project, promoted_discovery: Promotion) -> None:
    composition = json.loads((promoted_discovery.bundle / "privacy.json").read_text())["composition"]
    assert composition["discovered"] == {"city": 2}
    assert composition["draws"] == 6
    assert 0 < composition["atto_delta"] <= composition["charged"]["atto_delta"] == 10**9
    report = (promoted_discovery.bundle / "report.html").read_text()
    assert "south, north, elsewhere" in report
    assert f"more than {discovering.release.discoveries[0].threshold} noisy rows" in report


def _as_older_code_wrote_it(record: dict[str, Any]) -> None:
    """Give the record the old rule, a threshold that its charge does not cover, and OpenDP's delta of it."""
    mechanism = json.loads(record["mechanism"])
    mechanism["__kwargs__"]["threshold"] -= 1
    text = json.dumps(mechanism)
    stated = threshold_map_of(text, max_rows=1)[1]
    record.update(mechanism=text, threshold=record["threshold"] - 1, delta=stated)
    record["rule"] = OLD_RULE


def _claims(case: Case) -> dict[str, Claim]:
    listed = (*answers.verifiers(), *privacy.VERIFIERS)
    return {name: verifier(case) for name, verifier in listed if name in ("discovery maps", "composition", "epsilon")}


def test_an_old_record_is_held_against_the_charge_and_its_correction(version: Path) -> None:
    bundle = _changed(version, _as_older_code_wrote_it)
    case = Case(bundle=bundle, data=None)
    claims = _claims(case)
    assert claims["discovery maps"].status is claims["composition"].status is Status.FAILED
    assert "by the exact discrete tail" in claims["discovery maps"].detail
    corrected = Case(bundle=bundle, data=None)
    corrected.paid.corrected = PrivacyLoss(nano_rho=0, atto_delta=5 * 10**9)
    delta = corrected.contract.privacy.spend.delta
    stated = composition_of(corrected.release, corrected.paid, delta=delta)
    edit_json(bundle / "privacy.json", lambda statement: statement.update(composition=stated))
    claims = _claims(corrected)
    assert {claim.status for claim in claims.values()} == {Status.VERIFIED}
    assert "a correction in the ledger added 5,000,000,000 atto-delta" in claims["discovery maps"].detail
    assert "before the ledger corrected" in claims["epsilon"].detail
    assert stated["corrected"] == {"nano_rho": 0, "atto_delta": 5 * 10**9}
    assert stated["epsilon"] > 2
