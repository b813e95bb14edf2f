"""A release of the measured persons alone, for real: charged to their part, read by it, and told by the audit."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from kit.people import HEADER, holding_contract, make_contract
from kit.project import Project, make_checked_project, make_project
from kit.stores import stores_in

from synth_assets.audit.verify import verify_bundle
from synth_assets.audit.verify.claims import exit_code
from synth_assets.candidate import expected_rows
from synth_assets.errors import UsageError
from synth_assets.generator import estimate
from synth_assets.privacy import PrivacyLoss
from synth_assets.promotion import Promotion

pytestmark = pytest.mark.integration
PERSONS = 3_000
ROWS = "".join(f"{person},{person % 20},{('north', 'south')[person % 2]},true\n" for person in range(PERSONS))


@pytest.fixture(scope="module")
def holding(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Nothing is spent; three in ten persons are held out."""
    return make_project(
        tmp_path_factory.mktemp("holding"),
        contract=holding_contract(holdout=0.3, epsilon=4.0).model_copy(update={"rows": None}),
        files={"people.csv": (HEADER + ROWS).encode()},
        cap=20.0,
    )


@pytest.mark.slow
def test_a_release_reads_and_charges_the_measured_persons_alone(holding: Project) -> None:
    obtained = holding.obtain()
    parts = holding.ledger.balance("town").parts
    assert obtained.reservation.part == "measured"
    assert parts["measured"].spent == holding.contract.cap().loss()
    assert parts["held_out"].spent == PrivacyLoss(nano_rho=0)
    assert abs(obtained.release.total() - 0.7 * PERSONS) < 6 * obtained.release.total_standard_error() + 150
    assert obtained.release.privacy["holdout"] == {"share": 0.3, "part": "measured"}


def test_counts_of_the_whole_table_allow_for_the_split(holding: Project) -> None:
    release = holding.obtain().release
    assert abs(expected_rows(holding.contract, release) - PERSONS) < 250
    north = release.domain["city"].categories.index("north")
    answer = estimate(release, by=["city"]).released
    assert answer.low[north] < PERSONS / 2 < answer.high[north]
    of_those_read = estimate(replace(release, privacy={}), by=["city"]).released
    assert answer.estimate[north] == pytest.approx(of_those_read.estimate[north] / 0.7)
    wider = (answer.high - answer.low)[north] / (of_those_read.high - of_those_read.low)[north]
    assert wider > 1 / 0.7


def test_another_share_than_the_accounts_is_refused_and_nothing_is_charged(holding: Project) -> None:
    before = holding.ledger.balance("town")
    other = Project(root=holding.root, contract=holding_contract(holdout=0.1))
    with pytest.raises(UsageError, match=r"holds out 0.3 of its units, for good, and not 0.1"):
        other.obtain()
    assert holding.ledger.balance("town") == before


@pytest.mark.slow
def test_a_new_version_of_the_source_keeps_everybody_in_their_part(holding: Project) -> None:
    first = holding.obtain().release
    holding.ledger.set_version("census", "2026-12", by="custodian")
    refresh = holding.contract.refresh.model_copy(update={"release": "new_version"})
    newer = Project(root=holding.root, contract=holding.contract.model_copy(update={"refresh": refresh}))
    second = newer.obtain().release
    assert first.digest != second.digest
    error = first.total_standard_error() + second.total_standard_error()
    assert abs(first.total() - second.total()) < 6 * error + 1, "the very same persons were read"


@pytest.mark.slow
def test_a_contract_without_a_holdout_reads_everybody_and_is_charged_to_both_parts(holding: Project) -> None:
    contract = make_contract(unit={"column": "person", "max_rows": 2}, epsilon=0.5)
    before = holding.ledger.balance("town").spent.nano_rho
    release = Project(root=holding.root, contract=contract).obtain().release
    assert abs(release.total() - PERSONS) < 6 * release.total_standard_error() + 1
    assert holding.ledger.balance("town").spent.nano_rho == before + contract.cap().loss().nano_rho


@pytest.fixture(scope="module")
def promoted_holding(tmp_path_factory: pytest.TempPathFactory) -> Promotion:
    root = tmp_path_factory.mktemp("promoted-holding")
    project = make_checked_project(root, contract=holding_contract())
    return project.promote(project.evidence(0), **stores_in(root / "stores"))


def test_an_auditor_sees_which_part_was_charged(promoted_holding: Promotion) -> None:
    claims = {claim.name: claim for claim in verify_bundle(promoted_holding.bundle)}
    assert exit_code(claims.values()) == 0, [str(claim) for claim in claims.values()]
    assert "0.3 of the units are held out" in claims["holdout"].detail
    assert '"share_held_out": 0.3' in (promoted_holding.bundle / "privacy.json").read_text()


def test_the_key_is_in_no_public_file_but_the_ledger(promoted_holding: Promotion) -> None:
    project = Project(root=promoted_holding.folder.parents[4], contract=holding_contract())
    database = Path(project.workspace.ledger_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(database)) as connection:
        (key,) = connection.execute("SELECT key FROM split_keys").fetchone()
    forms = (key.encode(), bytes.fromhex(key))
    files = [path for path in project.public_files() if path != database]
    assert [path for path in files if any(form in path.read_bytes() for form in forms)] == []
