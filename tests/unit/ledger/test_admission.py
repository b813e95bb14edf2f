"""What keeps a request from being reserved, and a reservation from being opened, beside the account's own tests."""

from collections.abc import Callable

import pytest

from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.admission import check_unit, check_version, check_within
from synth_assets.ledger.engine import connect
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import PrivacyLoss, PrivacyUnit

Asking = Callable[..., ReservationRequest]


def test_another_unit_or_version_than_the_source_has_is_refused(ledger: SqlLedger, request_for: Asking) -> None:
    source = ledger.source("survey")
    with pytest.raises(UsageError, match="the contract's unit is"):
        check_unit(request_for(unit=PrivacyUnit()), source)
    with pytest.raises(UsageError, match="the request is for '2025'"):
        check_version(request_for(version="2025"), source)


@pytest.mark.parametrize(("left", "fits"), [(60, True), (59, False)])
def test_what_shares_a_limit_must_fit_it_together(
    ledger: SqlLedger, request_for: Asking, left: int, *, fits: bool
) -> None:
    limit = PrivacyLoss(nano_rho=left)
    ledger.begin(ledger.reserve(request_for("a", nano_rho=20, within=limit)).id)
    ledger.cancel(ledger.reserve(request_for("b", nano_rho=20, within=limit)).id)
    with connect(ledger.engine, write=False) as connection:
        asked = request_for("c", nano_rho=40, within=limit)
        if fits:
            check_within(connection, asked)
            return
        with pytest.raises(BudgetRefused, match="used up by 1 of them"):
            check_within(connection, asked)
