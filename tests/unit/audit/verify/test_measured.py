"""Measured answers are those that were paid for, about this candidate, with the facts that were fixed before."""

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from gated_project import GATES, measured_once, promotion_of
from resealed import edit_json, reseal

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.audit.verify import measured as module
from synth_assets.audit.verify.case import Case
from synth_assets.files import sha256_file

pytestmark = pytest.mark.integration
Change = Callable[[dict[str, Any]], None]


@cache
def _promoted(folder: Path) -> Path:
    return promotion_of(measured_once(folder), folder / "stores").folder


@pytest.fixture
def version(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    folder = _promoted(tmp_path_factory.getbasetemp())
    return Path(shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path) -> dict[str, str]:
    return {claim.name: claim.detail for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def _evaluation(version: Path, change: Change) -> Path:
    edit_json(version / "bundle" / "evaluation.json", change)
    return reseal(version)


def test_a_version_with_gates_verifies(version: Path) -> None:
    claims = verify_bundle(version / "bundle")
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    details = {claim.name: claim.detail for claim in claims}
    assert "4 answers about exactly this candidate" in details["measured answers"]
    assert "1 of 1 attempts on held_out people" in details["measured answers"]
    assert all(f"{gate} is " in details["measured gates"] for gate in GATES)


def _facts(gate: str, **facts: Any) -> Change:
    return lambda value: value["gates"][gate]["facts"].update(facts)


@pytest.mark.parametrize(
    "change",
    [
        _facts("wasserstein.age", synthetic=[90] * 21),
        _facts("wasserstein.age", name="guesses of city"),
        _facts("wasserstein.age", positions=list(range(0, 40, 2))),
        _facts("tstr_accuracy", part="measured"),
        lambda value: value["gates"].pop("tstr_accuracy"),
        lambda value: value.update(candidate="e" * 64),
        lambda value: value.update(release="e" * 64),
    ],
)
def test_facts_or_parents_that_were_altered_are_not_what_was_paid_for(version: Path, change: Change) -> None:
    assert "measured answers" in _failed(_evaluation(version, change))


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["answers"].update(held_out="../" * 10 + "etc"),
        lambda value: value["answers"].update(held_out="0" * 64),
        lambda value: value.update(gates=7),
        lambda value: value["gates"]["tstr_accuracy"].update(plan=[1, 2]),
    ],
)
def test_a_hostile_evaluation_is_a_failed_claim_and_not_a_crash(version: Path, change: Change) -> None:
    failed = _failed(_evaluation(version, change))
    assert {"measured answers", "measured gates"} <= set(failed)
    assert "Traceback" not in "".join(failed.values())


def test_parts_that_are_exchanged_are_noticed(version: Path) -> None:
    def exchange(value: dict[str, Any]) -> None:
        answers = value["answers"]
        answers["measured"], answers["held_out"] = answers["held_out"], answers["measured"]

    assert "measured answers" in _failed(_evaluation(version, exchange))


def test_answers_that_were_not_drawn_so_are_noticed(version: Path) -> None:
    evaluation = json.loads((version / "bundle" / "evaluation.json").read_text())
    folder = version / "bundle" / "release" / evaluation["answers"]["held_out"]

    def understate(value: dict[str, Any]) -> None:
        for answer in value["answers"]:
            answer["scale"] /= 2

    edit_json(folder / "release.json", understate)
    digest = sha256_file(folder / "release.json")
    folder.rename(folder.parent / digest)
    bundle = _evaluation(version, lambda value: value["answers"].update(held_out=digest))
    assert "measured answers" in _failed(bundle)


def test_gates_without_answers_are_named(version: Path) -> None:
    (version / "bundle" / "evaluation.json").unlink()
    claim = module.VERIFIERS[0][1](Case(bundle=version / "bundle", data=version / "data"))
    assert claim.status is Status.FAILED
    assert all(f"gate {gate!r} has no answer" in claim.detail for gate in GATES)


def test_a_contract_without_gates_needs_none(promoted: Any) -> None:
    claim = module.VERIFIERS[0][1](Case(bundle=promoted.bundle, data=None))
    assert (claim.status, claim.detail) == (Status.VERIFIED, "the contract has no gates")
