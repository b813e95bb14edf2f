"""The statement follows from release, contract and ledger, and its bound on attacks is a bound."""

from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.project import Project

from synth_assets.audit.privacy_statement import identification_bound, privacy_statement, read_book, reservation_of
from synth_assets.errors import IntegrityError
from synth_assets.privacy import NANO, PrivacyLoss

_NORMAL = NormalDist()


@pytest.mark.slow
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


def test_the_statement_says_what_was_charged_and_what_the_account_came_to(checked: Project) -> None:
    book = checked.evidence(0).book
    statement = privacy_statement(checked.release, contract=checked.contract, book=book, anchored=True)
    paid = checked.contract.cap().loss()
    assert statement["composition"]["charged"] == {"nano_rho": paid.nano_rho, "atto_delta": 0}
    assert statement["composition"]["nano_rho"] <= paid.nano_rho
    assert statement["account"]["spent"]["nano_rho"] == paid.nano_rho
    assert statement["account"]["cap"]["epsilon"] == 6.0
    assert [(attempt["attempt"], attempt["charged"], attempt["release"]) for attempt in statement["attempts"]] == [
        (1, True, checked.release.digest)
    ]


def test_entries_without_the_reservation_are_refused(checked: Project) -> None:
    with pytest.raises(IntegrityError, match="do not hold reservation"):
        reservation_of(checked.release, read_book(checked.evidence(0).ledger_lines[:2]))


def test_a_domain_source_that_was_corrected_shows_beside_what_the_release_said(checked: Project) -> None:
    columns = dict(checked.contract.columns)
    columns["age"] = columns["age"].model_copy(update={"domain_source": " Seen in data of 2025"})
    corrected = checked.contract.model_copy(update={"columns": columns})
    book = checked.evidence(0).book
    statement = privacy_statement(checked.release, contract=corrected, book=book, anchored=True)
    assert statement["domain_sources"]["age"] == " Seen in data of 2025"
    assert "the domain of column age, which was seen in data" in statement["unprotected_quantities"]
    assert statement["domain_sources_when_measured"] == checked.release.privacy.get("domain_sources", {})


@pytest.mark.parametrize("anchored", [True, False])
def test_the_statement_says_that_a_ledger_without_an_anchor_could_hide_an_old_copy(
    checked: Project, *, anchored: bool
) -> None:
    book = checked.evidence(0).book
    statement = privacy_statement(checked.release, contract=checked.contract, book=book, anchored=anchored)
    assert statement["rollback"].startswith("noticed" if anchored else "not noticed")
    assert any("old copy of the ledger" in quantity for quantity in statement["unprotected_quantities"]) is not anchored
