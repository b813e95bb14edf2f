"""A kind of another package goes the whole way: contract, fit, candidate, checks, promotion, bundle, verification."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from kit.people import make_contract
from kit.project import Project, command, make_checked_project
from kit.stores import stores_in
from resealed import edit_json, reseal
from toy_generator import install, on_path, toy_package

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.candidate import write_candidate
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import UsageError
from synth_assets.generator import parse_condition
from synth_assets.integrations.readiness import sampling_findings

__all__ = ["toy_package"]


@dataclass(frozen=True, kw_only=True)
class Promoted:
    """A project of the toy kind and its promoted version."""

    project: Project
    version: Path
    site: Path


@pytest.fixture(scope="module")
def promoted(toy_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Promoted:
    folder = tmp_path_factory.mktemp("toy")
    with on_path(toy_package):
        toy = make_contract(generator={"kind": "toy", "least": 1.0}, checks={"max_excess_distance": 0.5})
        project = make_checked_project(folder / "project", contract=toy)
        promotion = project.promote(project.evidence(0), **stores_in(folder))
    return Promoted(project=project, version=promotion.folder, site=toy_package)


def _claims(version: Path) -> dict[str, tuple[Status, str]]:
    claims = verify_bundle(version / "bundle", reproduce=True, refit=True)
    return {claim.name: (claim.status, claim.detail) for claim in claims}


def test_its_rows_and_its_fit_come_out_again(promoted: Promoted) -> None:
    with on_path(promoted.site):
        claims = _claims(promoted.version)
    assert [name for name, (status, _) in claims.items() if status is Status.FAILED] == []
    assert claims["sampled rows"][0] is claims["fitted weights"][0] is Status.VERIFIED


def test_where_its_package_is_not_installed_all_else_is_verified_and_that_is_reported(promoted: Promoted) -> None:
    claims = _claims(promoted.version)
    assert [name for name, (status, _) in claims.items() if status is Status.FAILED] == []
    reason = "generator kind 'toy' is not known: install the package that brings this kind"
    assert claims["sampled rows"] == claims["fitted weights"] == (Status.NOT_CHECKABLE, reason)
    assert exit_code(verify_bundle(promoted.version / "bundle", reproduce=True)) == 4


def test_other_options_than_those_of_the_contract_are_noticed(promoted: Promoted, tmp_path: Path) -> None:
    version = Path(shutil.copytree(promoted.version, tmp_path / "copy", copy_function=shutil.copyfile))
    edit_json(version / "bundle" / "generator.json", lambda facts: facts.update(options={"least": 2.0}))
    with on_path(promoted.site):
        status, detail = _claims(reseal(version).parent)["identity"]
    assert (status, "the generator's options" in detail) == (Status.FAILED, True)


def test_a_candidate_under_a_condition_is_refused_in_words(promoted: Promoted, tmp_path: Path) -> None:
    project = promoted.project
    where = parse_condition("age >= 3", domain=project.release.domain)
    with on_path(promoted.site), pytest.raises(UsageError, match="of kind 'toy' cannot sample under a condition"):
        write_candidate(
            project.contract, project.generator, project.release, seed=0, candidates=tmp_path, rows=50, where=where
        )


def test_commands_draw_rows_and_report_what_this_kind_cannot_do(
    promoted: Promoted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(promoted.project.root))
    contract, out = str(promoted.project.definition), str(tmp_path / "rows.parquet")
    with on_path(promoted.site):
        with pytest.raises(UsageError, match="of kind 'toy' cannot sample under a condition"):
            command("sample", contract, "--out", out, "--rows", "20", "--where", "age >= 3")
        command("sample", contract, "--out", out, "--rows", "20", "--where", "age >= 3 OR member")
        assert "20 rows in" in capsys.readouterr().out
        with pytest.raises(UsageError, match=r"cannot say how probable values are.*`--refits 0`"):
            command("estimate", contract, "city")
        command("estimate", contract, "city", "--refits", "0")
        assert "north" in capsys.readouterr().out


def test_without_its_package_nothing_is_paid_for(promoted: Promoted) -> None:
    project = promoted.project
    path = project.definition
    with on_path(promoted.site):
        assert read_contract(path).generator.options == {"least": 1.0}
        assert _generator_faults(project) == []
    (fault,) = _generator_faults(project)
    assert fault.startswith("generator kind 'toy' is not known; known kinds: mixture")


def test_a_class_that_cannot_sample_is_seen_before_anything_is_paid_for(
    promoted: Promoted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_path(promoted.site):
        monkeypatch.setattr("toy_generator.ToyGenerator.sample", None)
        (fault,) = _generator_faults(promoted.project)
    assert fault.endswith("is not a generator of this version: it lacks sample")


def test_a_package_that_takes_the_name_of_ours_is_seen_before_anything_is_paid_for(
    promoted: Promoted, tmp_path: Path
) -> None:
    project = replace(promoted.project, contract=make_contract())
    assert _generator_faults(project) == []
    with on_path(install(tmp_path, package="acme-trees", entries={"mixture": "acme:Mixture"})):
        (fault,) = _generator_faults(project)
    assert fault == "packages synth-assets and acme-trees both bring the generator kind 'mixture'"


def _generator_faults(project: Project) -> list[str]:
    findings = sampling_findings(project.contract, project.workspace, out=project.root / "out", rows=10)
    return [finding.detail for finding in findings if finding.what.startswith("generator")]
