"""The statement follows from release, contract and ledger, and its bound on attacks is a bound."""

from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_project import Project

from synth_assets.audit.privacy_statement import identification_bound, privacy_statement, read_book, reservation_of
from synth_assets.errors import IntegrityError
from synth_assets.privacy import NANO, PrivacyLoss

_NORMAL = NormalDist()


@settings(max_examples=12)
@given(nano_rho=st.integers(1, 5 * NANO))
def test_the_bound_is_above_the_best_attack_on_a_gaussian_of_that_loss(nano_rho: int) -> None:
    # The Gaussian mechanism is rho-zCDP, and its best attack is known exactly.
    attack = _NORMAL.cdf(_NORMAL.inv_cdf(0.05) + (2 * nano_rho / NANO) ** 0.5)
    assert attack <= identification_bound(PrivacyLoss(nano_rho=nano_rho)) <= 1


def test_no_loss_is_guessing_and_more_loss_is_never_a_smaller_bound() -> None:
    bounds = [identification_bound(PrivacyLoss(nano_rho=nano_rho)) for nano_rho in (0, 10**6, 10**8, 10**9, 10**10)]
    assert bounds[0] == pytest.approx(0.05, abs=1e-5)
    assert bounds == sorted(bounds)
    assert bounds[-1] > 0.99


def test_deltas_of_thresholds_count_against_the_bound() -> None:
    loss = PrivacyLoss(nano_rho=10**7, atto_delta=10**15)
    assert identification_bound(loss) >= identification_bound(PrivacyLoss(nano_rho=10**7))


def test_the_statement_says_what_was_charged_and_what_the_account_came_to(project: Project) -> None:
    book = project.evidence(0).book
    told = privacy_statement(project.release, contract=project.contract, book=book, anchored=True)
    paid = project.contract.cap().loss()
    assert told["composition"]["charged"] == {"nano_rho": paid.nano_rho, "atto_delta": 0}
    assert told["composition"]["nano_rho"] <= paid.nano_rho
    assert told["account"]["spent"]["nano_rho"] == paid.nano_rho
    assert told["account"]["cap"]["epsilon"] == 4.0
    assert [(item["attempt"], item["charged"], item["release"]) for item in told["attempts"]] == [
        (1, True, project.release.digest)
    ]


def test_entries_without_the_reservation_are_refused(project: Project) -> None:
    with pytest.raises(IntegrityError, match="do not hold reservation"):
        reservation_of(project.release, read_book(project.evidence(0).ledger_lines[:2]))


def test_a_domain_source_that_was_corrected_shows_beside_what_the_release_said(project: Project) -> None:
    columns = dict(project.contract.columns)
    columns["age"] = columns["age"].model_copy(update={"domain_source": " Seen in data of 2025"})
    corrected = project.contract.model_copy(update={"columns": columns})
    book = project.evidence(0).book
    told = privacy_statement(project.release, contract=corrected, book=book, anchored=True)
    assert told["domain_sources"]["age"] == " Seen in data of 2025"
    assert "the domain of column age, which was seen in data" in told["unprotected_quantities"]
    assert told["domain_sources_when_measured"] == project.release.privacy.get("domain_sources", {})


@pytest.mark.parametrize("anchored", [True, False])
def test_a_ledger_without_an_anchor_is_said_to_hide_an_old_copy(project: Project, *, anchored: bool) -> None:
    book = project.evidence(0).book
    told = privacy_statement(project.release, contract=project.contract, book=book, anchored=anchored)
    assert told["rollback"].startswith("noticed" if anchored else "not noticed")
    assert any("old copy of the ledger" in item for item in told["unprotected_quantities"]) is not anchored
