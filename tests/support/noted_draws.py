"""The part of a ledger that a journal of draws needs, in memory, for one reservation."""

from synth_assets.ledger import DataPermit, Draw
from synth_assets.privacy import PrivacyLoss

PERMIT = DataPermit(reservation_id="r", fence=1, source="s", window=None, loss=PrivacyLoss(nano_rho=10**9), nonce="n")


class Notes:
    """The methods of a ledger that note draws."""

    def __init__(self) -> None:
        self.noted: dict[int, Draw] = {}

    def draws(self, _: str) -> tuple[Draw, ...]:
        return tuple(self.noted.values())

    def record_intent(self, _: DataPermit, number: int, digest: str) -> None:
        self.noted[number] = Draw(number=number, intent_digest=digest)

    def record_answer(self, _: DataPermit, number: int, digest: str) -> None:
        self.noted[number] = Draw(number=number, intent_digest=self.noted[number].intent_digest, answer_digest=digest)
