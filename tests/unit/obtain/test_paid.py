"""A release is paid once, also where a newer version would lay its columns out otherwise."""

from pathlib import Path

import pytest
from kit.people import COLUMNS, make_contract
from kit.project import Project, make_project
from kit.stores import stores_in

from synth_assets.audit import Status, verify_bundle
from synth_assets.ledger import State
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.strategy.release_plan import ReleasePlan

BINNED = {**COLUMNS, "age": {"type": "integer", "min": 0, "max": 19, "bins": 4, "domain_source": "made up"}}


@pytest.fixture
def binned(tmp_path: Path) -> Project:
    """A project whose ages have bins, so that its columns differ between layouts."""
    return make_project(tmp_path, contract=make_contract(columns=BINNED))


def settle_older(project: Project) -> str:
    """Pay and measure as a version did that knew layout 1 only; return the release's digest."""
    older = ReleasePlan(contract=project.contract, layout=1)
    project.reserve(older)
    return project.obtain().release.digest


def layout_now(project: Project) -> int:
    return release_plan(project.ledger, project.ledger.source("census"), project.contract).layout


@pytest.mark.slow
def test_a_new_release_has_the_newest_layout(binned: Project) -> None:
    lines: list[str] = []
    release = binned.obtain(progress=lines.append).release
    assert (release.domain, release.fingerprint) == (binned.contract.domain(), binned.contract.fingerprint())
    assert release.domain["age"].specials == (0,)
    assert (lines, layout_now(binned)) == ([], 4)


@pytest.mark.slow
def test_a_release_of_an_older_layout_is_used_and_nothing_is_paid(binned: Project) -> None:
    digest = settle_older(binned)
    lines: list[str] = []
    again = binned.obtain(progress=lines.append)
    assert (again.release.digest, again.reused, binned.charges) == (digest, True, 1)
    assert again.release.domain == binned.contract.domain(layout=1) != binned.contract.domain()
    assert "new_version" in lines[0]
    assert [reservation.state for reservation in binned.ledger.reservations("town")] == [State.SETTLED]


def test_what_an_older_version_opened_keeps_its_layout(binned: Project) -> None:
    older = ReleasePlan(contract=binned.contract, layout=1)
    binned.ledger.begin(binned.reserve(older).id)  # opened here and never measured, as by a process that was killed
    assert layout_now(binned) == 1


@pytest.mark.slow
def test_a_new_label_has_the_newest_layout_if_the_contract_asks_for_a_release_of_it(binned: Project) -> None:
    settle_older(binned)
    binned.ledger.set_version("census", "2026-12", by="custodian")
    assert layout_now(binned) == 1
    fresh = Project(root=binned.root, contract=make_contract(columns=BINNED, refresh={"release": "new_version"}))
    assert layout_now(fresh) == 4
    assert fresh.obtain().release.domain == fresh.contract.domain()
    assert (fresh.charges, layout_now(binned)) == (2, 4)


def test_a_dead_or_cancelled_attempt_of_an_older_layout_is_left_alone(binned: Project) -> None:
    reservation = binned.reserve(ReleasePlan(contract=binned.contract, layout=1))
    assert layout_now(binned) == 1
    binned.ledger.cancel(reservation.id)
    assert layout_now(binned) == 4
    source = binned.ledger.source("census")
    assert paid_before(binned.ledger, source, ReleasePlan(contract=binned.contract, layout=1)) is None


@pytest.mark.slow
def test_a_table_of_an_older_layout_is_sampled_checked_promoted_and_verified(binned: Project, tmp_path: Path) -> None:
    settle_older(binned)
    binned.fit()
    binned.check(0)
    promotion = binned.promote(binned.evidence(0), **stores_in(tmp_path))
    claims = verify_bundle(binned.promoted / "versions" / promotion.version, reproduce=True)
    assert [str(claim) for claim in claims if claim.status is Status.FAILED] == []
    statuses = {claim.name: claim.status for claim in claims}
    assert statuses["released domain"] is statuses["reservation"] is statuses["domain"] is Status.VERIFIED
