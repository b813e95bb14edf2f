"""What a candidate is compared with is gathered from promoted versions, and only where checks ask for it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project
from kit.stores import stores_in

from synth_assets.candidate import Candidate
from synth_assets.checks.context import NOTHING, Context, release_before
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import write_json
from synth_assets.promotion import Promotion, context_of, context_of_scenario
from synth_assets.promotion.context import MOST_VALUES, unrelated


def _asking(project: Project, **checks: Any) -> DatasetContract:
    facts = project.contract.model_dump(mode="json", exclude_unset=True)
    return DatasetContract.model_validate(facts | {"checks": checks})


def _promote(project: Project, seed: int, folder: Path) -> Promotion:
    return project.promote(project.evidence(seed), **stores_in(folder))


def _context(project: Project, candidate: Candidate, **checks: Any) -> Context:
    return context_of(_asking(project, **checks), candidate, workspace=project.workspace)


def test_without_a_check_that_asks_nothing_is_read(checked: Project, tmp_path: Path) -> None:
    promotion = _promote(checked, 0, tmp_path)
    (promotion.bundle / "manifest.json").unlink()
    assert context_of(checked.contract, checked.candidate(1), workspace=checked.workspace) == NOTHING


def test_a_scenario_stands_beside_its_candidate_and_is_compared_with_other_datasets_alone(varied: Project) -> None:
    candidate = varied.candidate(0)
    table = replace(candidate, scenario="even")
    contract = _asking(varied, drift={"max": 0.1})
    context = context_of_scenario(contract, table, candidate=candidate, workspace=varied.workspace)
    assert (context.scenario, context.table, context.version, context.others) == ("even", candidate, None, {})
    assert context.as_json() == NOTHING.as_json()


def test_a_first_version_has_none_before(checked: Project) -> None:
    assert _context(checked, checked.candidate(0), drift={"max": 0.1}) == NOTHING


def test_the_version_before_is_the_promoted_one_with_other_rows(checked: Project, tmp_path: Path) -> None:
    first = _promote(checked, 0, tmp_path)
    assert _context(checked, checked.candidate(0), drift={"max": 0.1}).version is None
    before = _context(checked, checked.candidate(1), drift={"max": 0.1})
    assert before.version is not None
    assert (before.version.digest, before.version.rows) == (first.version, 400.0)
    assert before.release is None  # both come from the same release

    _promote(checked, 1, tmp_path)  # the candidate that is promoted is still compared with the one before it
    assert _context(checked, checked.candidate(1), drift={"max": 0.1}) == before


def test_the_release_before_is_that_of_the_version_before(checked: Project, tmp_path: Path) -> None:
    _promote(checked, 0, tmp_path)
    later = replace(checked.candidate(1), release="0" * 64)
    assert _context(checked, later, drift={"max": 0.1}).release == release_before(checked.release)


def test_a_release_before_is_handed_on_by_versions_of_the_same_release(checked: Project, tmp_path: Path) -> None:
    earlier = Context(release=release_before(replace(checked.release, digest="e" * 64)))
    evidence = replace(checked.evidence(0), context=earlier)
    promotion = checked.promote(evidence, **stores_in(tmp_path))
    assert (promotion.bundle / "context.json").is_file()
    context = _context(checked, checked.candidate(1), drift={"max": 0.1})
    assert context.release == earlier.release


def test_values_of_another_dataset_are_those_of_its_promoted_version(checked: Project, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"relationships": {"city": "towns.city", "age": "towns.age"}}
    assert _context(checked, checked.candidate(0), **asked) == NOTHING
    promotion = _promote(checked, 0, tmp_path)
    (checked.promoted.parent / "towns").symlink_to(checked.promoted, target_is_directory=True)
    others = _context(checked, checked.candidate(0), **asked).others
    assert others["towns.city"].values == ("east", "north", "south")
    assert others["towns.age"].values == tuple(sorted(map(str, range(20))))
    assert {other.version for other in others.values()} == {promotion.version}


def test_a_column_that_the_other_dataset_lacks_is_refused(checked: Project, tmp_path: Path) -> None:
    _promote(checked, 0, tmp_path)
    (checked.promoted.parent / "towns").symlink_to(checked.promoted, target_is_directory=True)
    with pytest.raises(UsageError, match="'towns' has no column 'name'"):
        _context(checked, checked.candidate(0), relationships={"city": "towns.name"})


def test_a_column_of_too_many_values_is_refused(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _promote(checked, 0, tmp_path)
    (checked.promoted.parent / "towns").symlink_to(checked.promoted, target_is_directory=True)
    monkeypatch.setattr("synth_assets.promotion.context.MOST_VALUES", 2)
    assert MOST_VALUES > 2
    with pytest.raises(UsageError, match=r"towns\.city has more than 2 values"):
        _context(checked, checked.candidate(0), relationships={"city": "towns.city"})


def test_a_context_that_was_altered_is_not_handed_on(checked: Project, tmp_path: Path) -> None:
    earlier = Context(release=release_before(replace(checked.release, digest="e" * 64)))
    promotion = checked.promote(replace(checked.evidence(0), context=earlier), **stores_in(tmp_path))
    file = promotion.bundle / "context.json"
    file.chmod(0o644)
    write_json(file, {})
    with pytest.raises(IntegrityError):
        _context(checked, checked.candidate(1), drift={"max": 0.1})


def test_relationships_that_cannot_hold_are_known_before_there_is_a_candidate(checked: Project, tmp_path: Path) -> None:
    contract = _asking(checked, relationships={"city": "towns.city", "age": "towns.years"})
    assert [problem.split(" refers to ")[1] for problem in unrelated(contract, checked.workspace)] == [
        "towns.city, and nothing of that dataset was promoted",
        "towns.years, and nothing of that dataset was promoted",
    ]
    _promote(checked, 0, tmp_path)
    (checked.promoted.parent / "towns").symlink_to(checked.promoted, target_is_directory=True)
    assert list(unrelated(contract, checked.workspace)) == [
        "column 'age' refers to towns.years: 'towns' has no column 'years'"
    ]
