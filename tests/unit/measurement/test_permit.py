"""What the holder of a permit does with it: order of steps, replay, window, life signs."""

from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from kit.people import HEADER, ROWS, make_contract
from kit.project import Project, make_project

from synth_assets.ledger import Account, DataPermit
from synth_assets.measurement import permit
from synth_assets.measurement.permit import PermitHolder
from synth_assets.obtain.release import request_for
from synth_assets.privacy import Cap
from synth_assets.source import kernel
from synth_assets.source.register import make_source
from synth_assets.strategy.release_plan import ReleasePlan

pytestmark = pytest.mark.usefixtures("measuring_here")


def begin(project: Project) -> DataPermit:
    source = project.ledger.source("census")
    reservation = project.ledger.reserve(
        request_for(ReleasePlan(contract=project.contract), source, by="e", reason="r", run_id=None)
    )
    return project.ledger.begin(reservation.id)


def holder_of(project: Project, scratch: Path) -> PermitHolder:
    return PermitHolder(
        ReleasePlan(contract=project.contract),
        ledger=project.ledger,
        permit=begin(project),
        workspace=project.workspace,
        scratch=scratch,
        lock=Lock(),
    )


def test_a_permit_is_redeemed_before_a_row_is_read(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[list[str]] = []
    original = kernel.load_rows

    def watched(*args: Any, **kwargs: Any) -> Any:
        kinds.append([entry.kind for entry in project.ledger.entries()])
        return original(*args, **kwargs)

    monkeypatch.setattr(kernel, "load_rows", watched)
    holder_of(project, tmp_path).make_release()
    (before,) = kinds
    assert before[-3:] == ["RESERVED", "OPENED", "REDEEMED"]


def test_a_replay_is_the_same_release_and_reads_no_row(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = holder_of(project, tmp_path)
    first = holder.make_release()
    monkeypatch.setattr(kernel, "load_rows", None)
    holder._journal._known = {draw.number: draw for draw in project.ledger.draws(first.reservation)}
    again = holder.make_release()
    assert dict(again.privacy) == dict(first.privacy)
    pairs = zip(first.marginals, again.marginals, strict=True)
    assert all((left.counts == right.counts).all() for left, right in pairs)


def test_a_long_reading_shows_that_it_is_alive(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed: list[DataPermit] = []
    monkeypatch.setattr(permit, "RENEW_SECONDS", -1.0)
    monkeypatch.setattr(type(project.ledger), "renew", lambda _, permit: renewed.append(permit))
    holder_of(project, tmp_path).make_release()
    assert renewed


def test_only_rows_of_the_accounts_window_are_counted(tmp_path: Path) -> None:
    contract = make_contract()
    project = make_project(tmp_path, contract=contract)
    stamped = "".join(f"{line},2026-{'11' if i < 50 else '12'}-05\n" for i, line in enumerate(ROWS.splitlines()))
    (tmp_path / "source" / "people.csv").write_text(HEADER.strip() + ",seen\n" + stamped)
    window = Account(
        name="november", source="census", population="nobody", unit=contract.unit(), window="seen=2026-11-01/2026-12-01"
    )
    project.ledger.open_account(window, Cap(epsilon=50.0, delta=1e-5), by="officer")
    project.ledger.add_source(
        make_source(
            "november",
            kind="csv",
            location=str(tmp_path / "source" / "*.csv"),
            account="november",
            version="1",
            unit=contract.unit(),
        ),
        by="officer",
    )
    windowed = Project(root=project.root, contract=make_contract(source="november", epsilon=40.0))
    source = project.ledger.source("november")
    reservation = project.ledger.reserve(
        request_for(ReleasePlan(contract=windowed.contract), source, by="e", reason="r", run_id=None)
    )
    holder = PermitHolder(
        ReleasePlan(contract=windowed.contract),
        ledger=project.ledger,
        permit=project.ledger.begin(reservation.id),
        workspace=project.workspace,
        scratch=tmp_path,
        lock=Lock(),
    )
    release = holder.make_release()
    assert abs(release.total() - 50) < 6 * release.total_standard_error() + 1
