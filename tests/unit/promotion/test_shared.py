"""Promotions that several machines make and read."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from kit.bucket import keys_in, put_in
from kit.project import Project
from kit.stores import FileRegistry, stores_in

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.errors import IntegrityError, Refused
from synth_assets.files import json_bytes
from synth_assets.promotion import Promotion, promotion_status, read_current, repair
from synth_assets.promotion.current import newest_pointer, read_pointer
from synth_assets.promotion.shared import bring_version, promotions_so_far, put_again

steps = import_module("synth_assets.promotion.promote")  # the package's name of it is the function


class Machine:
    """A project with stores of its own for followers, and a registry that all share."""

    def __init__(self, project: Project, *, registry: Path) -> None:
        self.project = project
        versions = stores_in(project.root.parent / f"stores of {project.root.name}")["versions"]
        self.stores: dict[str, Any] = {"versions": versions, "registry": FileRegistry(registry)}

    def promote(self, seed: int) -> Promotion:
        return self.project.promote(self.project.evidence(seed), **self.stores)

    def current(self) -> Promotion | None:
        return read_current(self.project.workspace, "people")


@pytest.fixture
def machines(checked: Project, tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Machine, Machine]:
    """Make two machines with the same checked candidates."""
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}/team")
    other = replace(checked, root=tmp_path / "other")
    shutil.copytree(checked.root, other.root, symlinks=True)
    return Machine(checked, registry=tmp_path / "registry.json"), Machine(other, registry=tmp_path / "registry.json")


def _entries(bucket: str) -> list[str]:
    return [key for key in keys_in(bucket) if "/promotions/" in key]


def test_another_machine_reads_what_one_promoted(machines: tuple[Machine, Machine], bucket: str) -> None:
    one, other = machines
    promoted = one.promote(0)
    assert read_pointer(other.project.promoted) is None
    read = other.current()
    assert read == replace(promoted, folder=other.project.promoted / "versions" / promoted.version)
    assert exit_code(verify_bundle(read.bundle)) == 0
    assert {path.stat().st_mode & 0o777 for path in read.folder.rglob("*") if path.is_file()} == {0o444}
    assert _entries(bucket) == ["team/promoted/people/promotions/00000001.json"]


def test_the_same_candidate_is_promoted_once_wherever_it_is_tried_again(
    machines: tuple[Machine, Machine], bucket: str
) -> None:
    one, other = machines
    promoted = one.promote(0)
    again = other.promote(0)
    assert again.reused
    assert (again.version, again.model_version) == (promoted.version, promoted.model_version)
    assert len(_entries(bucket)) == 1
    assert promotion_status(other.project.workspace, other.project.contract, **other.stores).in_order


def test_each_machine_goes_on_where_the_other_stopped(machines: tuple[Machine, Machine], bucket: str) -> None:
    one, other = machines
    first, second = one.promote(0), other.promote(1)
    assert second.previous == first.version
    back = one.promote(0)
    assert (back.version, back.previous) == (first.version, second.version)
    assert len(_entries(bucket)) == 3
    read = other.current()
    assert read is not None
    assert read.version == first.version


def _meanwhile(patch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen on another machine between the moment that this one looked and its commit."""
    real = steps.stage

    def stage(*arguments: Any) -> Path:
        patch.setattr(steps, "stage", real)
        happens()
        folder: Path = real(*arguments)
        return folder

    patch.setattr(steps, "stage", stage)


def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(
    machines: tuple[Machine, Machine], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines
    winners: list[Promotion] = []
    _meanwhile(monkeypatch, lambda: winners.append(other.promote(1)))
    with pytest.raises(Refused, match=f"another machine promoted version {'[0-9a-f]' * 12} of 'people'") as raised:
        one.promote(0)
    assert winners[0].version[:12] in raised.value.message
    assert "materialize `promoted` again" in raised.value.hint
    for machine in machines:
        read = machine.current()
        assert read is not None
        assert read.version == winners[0].version
    assert len(_entries(bucket)) == 1
    assert one.promote(0).previous == winners[0].version


def test_two_promotions_of_one_candidate_at_once_are_one(
    machines: tuple[Machine, Machine], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines
    winners: list[Promotion] = []
    _meanwhile(monkeypatch, lambda: winners.append(other.promote(0)))
    promoted = one.promote(0)
    assert promoted.reused
    assert promoted.version == winners[0].version
    assert len(_entries(bucket)) == 1
    assert read_pointer(one.project.promoted) == replace(promoted, reused=False)


def test_what_was_promoted_before_there_was_a_storage_is_shared_by_the_next_run(
    machines: tuple[Machine, Machine], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines
    with monkeypatch.context() as patch:
        patch.delenv("SYNTH_ASSETS_STORAGE")
        promoted = one.promote(0)
    assert other.current() is None
    assert one.promote(0).reused
    read = other.current()
    assert read is not None
    assert read.version == promoted.version
    assert len(_entries(bucket)) == 1


def test_a_checkout_that_is_behind_is_not_broken_and_repair_brings_it_there(
    machines: tuple[Machine, Machine], bucket: str
) -> None:
    one, other = machines
    one.promote(0)
    other.promote(1)
    contract = one.project.contract
    status = promotion_status(one.project.workspace, contract, **one.stores)
    assert (status.in_order, status.state) == (True, "this checkout is behind")
    assert [difference.part for difference in status.differences] == ["DVC"]
    repair(one.project.workspace, "people", **one.stores)
    status = promotion_status(one.project.workspace, contract, **one.stores)
    assert (status.state, status.differences) == ("in order", ())
    assert read_pointer(one.project.promoted) == one.current()
    del bucket


def test_a_damaged_version_is_repaired_from_the_storage(machines: tuple[Machine, Machine], bucket: str) -> None:
    one, _ = machines
    promoted = one.promote(0)
    promoted.data[0].unlink()
    shutil.rmtree(one.project.root.parent / f"stores of {one.project.root.name}")
    repair(one.project.workspace, "people", **one.stores)
    assert promoted.data[0].exists()
    del bucket


@pytest.mark.parametrize(
    "change",
    [
        {"version": "../../../../etc"},
        {"previous": ".."},
        {"shards": ["../part-00000.parquet"]},
        {"dataset": "others"},
        {"rows": "many"},
        {"format_version": 99},
        {"more": 1},
        {"address": None},
    ],
)
def test_an_entry_that_anybody_wrote_is_refused_and_replaced(
    change: dict[str, Any], machines: tuple[Machine, Machine], bucket: str
) -> None:
    one, other = machines
    promoted = one.promote(0)
    forged = json_bytes({**promoted.as_json(), **change})
    put_in(bucket, "team/promoted/people/promotions/00000002.json", forged)
    with pytest.raises(IntegrityError, match=r"promotions/00000002.json in .* is not readable") as raised:
        newest_pointer(other.project.workspace, "people")
    assert "promote again" in raised.value.hint
    assert one.promote(1).candidate == one.project.evidence(1).candidate.digest
    read = other.current()
    assert read is not None
    assert read.candidate == one.project.evidence(1).candidate.digest


def test_altered_bytes_of_a_version_are_refused(machines: tuple[Machine, Machine], bucket: str) -> None:
    one, other = machines
    one.promote(0)
    (shard,) = (key for key in keys_in(bucket) if key.endswith("data/part-00000.parquet"))
    content = keys_in(bucket)[shard]
    put_in(bucket, shard, content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(IntegrityError, match=r"data/part-00000.parquet of version .* is missing or altered"):
        other.current()
    assert not (other.project.promoted / "versions").exists() or not list(
        (other.project.promoted / "versions").iterdir()
    )


def test_a_damaged_entry_is_shown_and_neither_replaced_by_an_older_one_nor_repaired_without_a_person(
    machines: tuple[Machine, Machine], bucket: str
) -> None:
    one, other = machines
    one.promote(0)
    other.promote(1)
    name = "team/promoted/people/promotions/00000002.json"
    put_in(bucket, name, b"{")
    for machine in machines:
        status = promotion_status(machine.project.workspace, machine.project.contract, **machine.stores)
        assert (status.promotion, status.in_order, status.state) == (None, False, "nobody knows what is promoted")
        (damage,) = status.differences
        assert "promoted/people/promotions/00000002.json in s3://" in damage.said
        assert "data/promoted/people/current.json on the machine that promoted it" in damage.hint
        for reads in (machine.current, lambda held=machine: repair(held.project.workspace, "people", **held.stores)):
            with pytest.raises(IntegrityError, match="nobody knows which version"):
                reads()
    put_in(bucket, name, (other.project.promoted / "current.json").read_bytes())  # as the hint says
    for machine in machines:
        read = machine.current()
        assert read is not None
        assert read.candidate == other.project.evidence(1).candidate.digest
        assert promotion_status(machine.project.workspace, machine.project.contract, **machine.stores).in_order


def test_whatever_of_a_version_was_altered_in_the_storage_is_put_again_by_a_machine_that_has_it(
    machines: tuple[Machine, Machine], bucket: str
) -> None:
    one, other = machines
    promoted = one.promote(0)
    assert put_again(promoted, workspace=one.project.workspace) == ["version", "candidate", "generator", "release"]
    whole = keys_in(bucket)
    for key, content in whole.items():
        if "/promotions/" not in key:
            put_in(bucket, key, content[:-1] + b"!")
    shutil.rmtree(other.project.workspace.artefacts)
    with pytest.raises(IntegrityError, match="is missing or altered"):
        other.current()
    (one.project.workspace.candidates("people") / promoted.candidate / "part-00000.parquet").write_bytes(b"altered")
    assert put_again(promoted, workspace=one.project.workspace) == ["version", "generator", "release"]
    left = {key for key, content in keys_in(bucket).items() if content != whole[key]}
    assert {key.split("/")[1] for key in left} == {"candidates", "probe"}
    read = other.current()
    assert read is not None
    assert exit_code(verify_bundle(read.bundle)) == 0
    assert put_again(read, workspace=other.project.workspace) == ["version"]


def test_without_a_storage_nothing_is_put_again(promoted: Promotion, checked: Project) -> None:
    assert put_again(promoted, workspace=checked.workspace) == []


def test_an_audit_brings_the_version_that_it_is_asked_for(machines: tuple[Machine, Machine], bucket: str) -> None:
    one, other = machines
    first, second = one.promote(0), one.promote(1)
    workspace = other.project.workspace
    assert promotions_so_far(workspace, "people") == 2
    newest = bring_version(workspace.working_copy("people"), workspace=workspace)
    assert newest is not None
    assert newest.name == second.version
    older = bring_version(other.project.promoted / "versions" / first.version, workspace=workspace)
    assert older is not None
    assert exit_code(verify_bundle(older / "bundle")) == 0
    assert bring_version(workspace.root / "elsewhere", workspace=workspace) is None
    assert bring_version(workspace.working_copy("others"), workspace=workspace) is None
    del bucket
