"""Somebody alters what was measured about a candidate and makes all digests fit, so that a gate seems to be kept.

Answers are noted in the ledger, and the ledger's fingerprint of what was asked covers the candidate, the release, the
questions and the facts of which figures are made. So whatever is altered, a claim fails, and nothing is raised.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from gated import attempted_people
from kit.project import Project
from resealed import edit_json, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion, read_current


@pytest.fixture
def attempted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two candidates were measured and promoted, one after the other; no test here changes anything of it."""
    return attempted_people(tmp_path_factory.getbasetemp())


@pytest.fixture
def version(attempted: Project, tmp_path: Path) -> Path:
    """A copy of the newer version, as somebody got it."""
    current = read_current(attempted.workspace, "people")
    assert current is not None
    return Path(shutil.copytree(current.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def failed(version: Path, **changes: str) -> dict[str, str]:
    """Make the manifest fit what is there now, and return the claims that fail with what they say."""
    claims = verify_bundle(reseal(version, **changes))
    return {claim.name: claim.detail for claim in claims if claim.status is Status.FAILED}


def evaluation_of(version: Path) -> dict[str, Any]:
    evaluation: dict[str, Any] = json.loads((version / "bundle" / "evaluation.json").read_text())
    return evaluation


def edit(version: Path, change: Callable[[dict[str, Any]], None]) -> None:
    edit_json(version / "bundle" / "evaluation.json", change)


def test_what_was_measured_verifies(version: Path) -> None:
    assert failed(version) == {}
    (claim,) = [claim for claim in verify_bundle(version) if claim.name == "measured answers"]
    assert claim.status is Status.VERIFIED
    assert "2 of 2 attempts on held_out people" in claim.detail


def test_an_answer_that_was_altered(version: Path) -> None:
    digest = evaluation_of(version)["answers"]["held_out"]
    folder = version / "bundle" / "release" / digest
    table = pq.read_table(folder / "answers.parquet")
    values = pa.array([value + 1000 for value in table["value"].to_pylist()], table.schema.field("value").type)
    index = table.schema.get_field_index("value")
    (folder / "answers.parquet").unlink()
    pq.write_table(table.set_column(index, table.schema.field("value"), values), folder / "answers.parquet")
    named = {"answers.parquet": sha256_file(folder / "answers.parquet")}
    edit_json(folder / "release.json", lambda release: release["files"].update(named))
    altered = sha256_file(folder / "release.json")
    folder.rename(folder.with_name(altered))
    edit(version, lambda evaluation: evaluation["answers"].update(held_out=altered))
    assert "measured answers" in failed(version)


def _facts(gate: str, **facts: Any) -> Callable[[dict[str, Any]], None]:
    return lambda evaluation: evaluation["gates"][gate]["facts"].update(facts)


ALTERED_FACTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "scores": _facts("tstr_calibration", scores=[0.5] * 10),
    "counts of other rows": _facts("wasserstein.age", synthetic=[1] * 21),
    "more by sampling": _facts("workload_error", by_sampling=0.3),
    "more rows": _facts("workload_error", rows=10**9),
    "another answer": _facts("tstr_calibration", name="ranking by score"),
    "of another type": _facts("workload_error", rows="many"),
    "none": lambda evaluation: evaluation["gates"]["tstr_auc"].update(facts={}),
    "a wider margin": lambda evaluation: evaluation["gates"]["tstr_auc"].update(plan=[0.0, 0.0, 0.0]),
    "a gate that was left out": lambda evaluation: evaluation["gates"].pop("tstr_auc"),
    "a gate that nobody asked": lambda evaluation: evaluation["gates"].update(nearest={"facts": {}, "plan": [0, 0, 0]}),
}


@pytest.mark.parametrize("name", ALTERED_FACTS)
def test_facts_that_were_altered(version: Path, name: str) -> None:
    edit(version, ALTERED_FACTS[name])
    assert "were paid for with other questions or facts" in failed(version)["measured answers"]


def _other(attempted: Project, version: Path) -> tuple[Path, dict[str, Any]]:
    """Return the evaluation of the candidate that was promoted before, and its file."""
    candidate = evaluation_of(version)["candidate"]
    (path,) = [p for p in attempted.workspace.evaluations("people").glob("*.json") if p.stem != candidate]
    return path, json.loads(path.read_text())


def _take_answers(attempted: Project, version: Path, digest: str) -> None:
    shutil.copytree(attempted.workspace.releases / digest, version / "bundle" / "release" / digest)


def _drop_answers(version: Path) -> None:
    for digest in evaluation_of(version)["answers"].values():
        shutil.rmtree(version / "bundle" / "release" / digest)


def test_the_evaluation_of_another_candidate(attempted: Project, version: Path) -> None:
    path, other = _other(attempted, version)
    _drop_answers(version)
    for digest in other["answers"].values():
        _take_answers(attempted, version, digest)
    (version / "bundle" / "evaluation.json").write_bytes(path.read_bytes())
    assert "another candidate" in failed(version)["measured answers"]
    edit(
        version,
        lambda evaluation: evaluation.update(
            candidate=json.loads((version / "bundle" / "manifest.json").read_text())["candidate"]
        ),
    )
    assert "about another candidate" in failed(version)["measured answers"]


def test_answers_from_another_reservation(attempted: Project, version: Path) -> None:
    _, other = _other(attempted, version)
    mine, its = evaluation_of(version)["answers"]["held_out"], other["answers"]["held_out"]
    shutil.rmtree(version / "bundle" / "release" / mine)
    _take_answers(attempted, version, its)
    edit(version, lambda evaluation: evaluation["answers"].update(held_out=its))
    assert "measured answers" in failed(version)


def test_answers_of_one_part_for_those_of_the_other(version: Path) -> None:
    def swap(evaluation: dict[str, Any]) -> None:
        answers = evaluation["answers"]
        answers["held_out"], answers["measured"] = answers["measured"], answers["held_out"]

    edit(version, swap)
    assert "measured answers" in failed(version)


def test_an_evaluation_that_was_left_out_while_the_contract_has_gates(version: Path) -> None:
    _drop_answers(version)
    (version / "bundle" / "evaluation.json").unlink()
    claims = failed(version)
    assert "has no answer" in claims["measured answers"]
    assert "check results" in claims


def test_a_limit_that_was_relaxed_afterwards(version: Path) -> None:
    bundle = version / "bundle"
    edit_json(bundle / "contract.json", lambda contract: contract["gates"]["tstr_auc"].update(min=0.1))
    claims = failed(version)
    assert {"identity", "blocking checks"} <= set(claims)


def test_gates_that_were_left_out_of_the_contract_afterwards(version: Path) -> None:
    edit_json(version / "bundle" / "contract.json", lambda contract: contract.update(gates={}))
    assert "identity" in failed(version)


def test_a_release_for_an_evaluation(version: Path) -> None:
    release = json.loads((version / "bundle" / "manifest.json").read_text())["release"]
    edit(version, lambda evaluation: evaluation["answers"].update(held_out=release))
    assert "was not given to an evaluation" in failed(version)["measured answers"]


def test_an_evaluation_for_the_release(version: Path) -> None:
    answers = evaluation_of(version)["answers"]["held_out"]
    assert {"identity", "measured answers"} <= set(failed(version, release=answers))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format_version": 1}', '{"format_version": 2, "answers": {}}'])
def test_a_file_that_is_not_an_evaluation(version: Path, content: str) -> None:
    (version / "bundle" / "evaluation.json").write_text(content)
    assert "measured answers" in failed(version)


def test_a_bundle_without_an_evaluation_still_verifies(promoted: Promotion) -> None:
    (claim,) = [claim for claim in verify_bundle(promoted.bundle) if claim.name == "measured answers"]
    assert (claim.status, claim.detail) == (Status.VERIFIED, "the contract has no gates")
