"""What discovery costs follows from the contract, and its shares never pass the whole."""

import pytest
from kit.people import make_contract

from synth_assets.errors import UsageError
from synth_assets.privacy import PrivacyLoss, atto_delta_of, nano_rho_of
from synth_assets.strategy.categories import noise_of_discovery

OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
SPEND = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
CONTRACT = make_contract(
    privacy={"unit": {"column": "person", "max_rows": 2}, "spend": SPEND}, columns={"job": OPEN, "ward": OPEN}
)


def test_a_loss_too_small_for_any_threshold_is_refused_with_its_place() -> None:
    for loss in (PrivacyLoss(nano_rho=0, atto_delta=10**9), PrivacyLoss(nano_rho=10**9)):
        with pytest.raises(UsageError) as refused:
            noise_of_discovery(CONTRACT, loss)
        assert refused.value.where == ("privacy", "spend")


@pytest.mark.parametrize("columns", [1, 3, 7])
@pytest.mark.parametrize("delta", [1e-9, 3e-10, 7.7e-8])
def test_shares_never_add_up_to_more_than_the_whole(columns: int, delta: float) -> None:
    contract = make_contract(
        privacy={"unit": "rows", "spend": {**SPEND, "threshold_delta": delta}},
        columns={f"c{number}": OPEN for number in range(columns)},
    )
    loss = contract.cap().loss()
    noise = noise_of_discovery(contract, loss)
    assert noise is not None
    spent = PrivacyLoss(nano_rho=nano_rho_of([noise.rho] * columns), atto_delta=atto_delta_of([noise.delta] * columns))
    assert spent.fits(PrivacyLoss(nano_rho=loss.nano_rho // 10 + 1, atto_delta=loss.atto_delta))
