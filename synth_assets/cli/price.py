"""What a release costs, in the same words wherever a command says it.

What is charged is rho (and, for thresholds, delta). An epsilon means nothing without a delta, so the contract's
epsilon at the contract's delta and that of the account at the account's delta are two names of one charge.
"""

from typing import TYPE_CHECKING

from synth_assets.ledger import Balance
from synth_assets.privacy import epsilon_of

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract

__all__ = ["price_words"]


def price_words(contract: "DatasetContract", balance: Balance) -> str:
    """Return what one release of a contract is charged to an account, as rho and as epsilon at both deltas.

    A contract with an `evaluation_share` leaves that share of its rho for checks, so that its release costs less.
    """
    loss, delta = contract.release_loss(), contract.privacy.spend.delta
    own = f"rho {loss.rho:.4g}, which is epsilon {epsilon_of(loss, delta=delta):.4g} at the contract's delta {delta:g}"
    if delta == balance.delta:
        return f"{own} and the account's"
    return f"{own}, epsilon {balance.epsilon_of(loss):.4g} at the account's {balance.delta:g}"
