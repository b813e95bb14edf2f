"""A refusal says what was asked, what is left and what to do, rounded against the one who asks."""

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger import Balance
from synth_assets.ledger.messages import check_reason, check_text, over_the_cap, rounded, shown_loss, unknown
from synth_assets.privacy import PrivacyLoss

BALANCE = Balance(
    account="gss",
    cap=PrivacyLoss(nano_rho=100_000_000, atto_delta=5),
    spent=PrivacyLoss(nano_rho=87_654_321),
    reserved=PrivacyLoss(nano_rho=0),
    remaining=PrivacyLoss(nano_rho=12_345_679, atto_delta=5),
    epsilon_cap=2.0,
    delta=1e-7,
    frozen=False,
    closed=False,
)


def test_what_is_asked_is_rounded_up_and_what_is_left_down() -> None:
    message = str(over_the_cap(asked=PrivacyLoss(nano_rho=12_345_680), balance=BALANCE))
    assert "asks account 'gss' for rho 0.01235 " in message
    assert "rho 0.01234 " in message
    assert "hint: spend less" in message


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.0741805, "0.07419", "0.07418"), (2.0, "2", "2"), (0.0, "0", "0"), (9.99999, "10", "9.999")],
)
def test_rounding_never_flatters(value: float, up: str, down: str) -> None:
    assert (rounded(value, up=True), rounded(value, up=False)) == (up, down)


def test_what_is_infinite_is_called_infinite() -> None:
    assert rounded(float("inf"), up=True) == "inf"
    assert "epsilon inf" in shown_loss(PrivacyLoss(nano_rho=1, atto_delta=10**12), balance=BALANCE, up=True)


def test_an_empty_or_many_line_text_is_refused() -> None:
    for text in ("", " ", "a\nb"):
        with pytest.raises(UsageError, match="must be one line that is not empty"):
            check_text("reason", text)
    check_reason("")
    with pytest.raises(UsageError, match="must be one line"):
        check_reason("a\nb")


@pytest.mark.parametrize("text", ["a\x1b[2J", "a\u202eb", "a\tb", "a\x9bb", "a\u2028b"])
def test_a_text_that_cannot_be_seen_whole_is_refused_and_shown(text: str) -> None:
    with pytest.raises(UsageError, match="which is invisible") as refusal:
        check_text("by", text)
    assert str(refusal.value).replace("\n", "").isprintable()


def test_an_unknown_name_is_answered_with_all_there_are() -> None:
    assert "there is none yet; ask" in unknown("account", "x", known=[], hint="ask").hint
    assert unknown("account", "gsss", known=["b", "gss"], hint="ask").hint.startswith("did you mean 'gss'? ")
    assert "there are: a, b" in unknown("account", "zzz", known=["b", "a"], hint="ask").hint
