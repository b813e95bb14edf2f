"""Claims and the exit code that follows from them."""

import pytest

from synth_assets.audit.verify.claims import (
    Claim,
    Status,
    attested,
    conclusion,
    exit_code,
    failed,
    judged,
    missing,
    not_checkable,
    verified,
)


def test_only_a_failed_claim_makes_the_exit_code_one() -> None:
    good = [verified("a", "x"), attested("b", "x"), not_checkable("c", "x")]
    assert exit_code(good) == 0
    assert exit_code([*good, failed("d", "x")]) == 1


def test_what_was_asked_and_could_not_be_checked_is_neither_good_nor_bad() -> None:
    good = [verified("a", "x"), missing("data", "x")]
    assert exit_code(good) == 4
    assert exit_code([*good, failed("d", "x")]) == 1


def test_no_claim_at_all_is_not_a_verification() -> None:
    assert exit_code([]) == 1
    assert conclusion([]) == (
        "FAILED: 0 of 0 claims do not hold (there is nothing to verify). Do not rely on this version."
    )


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        (
            [verified("a", "x"), attested("b", "x"), not_checkable("c", "x")],
            "HOLDS: 1 claims verified, 1 attested by people, 1 not checkable with what was given (c).",
        ),
        ([verified("a", "x")], "HOLDS: 1 claims verified, 0 attested by people."),
        (
            [verified("a", "x"), missing("data", "x")],
            "INCOMPLETE: nothing failed, but this could not be checked: data. 1 claims verified.",
        ),
        (
            [verified("a", "x"), failed("e", "x"), missing("data", "x"), failed("f", "x")],
            "FAILED: 2 of 4 claims do not hold (e, f). Do not rely on this version.",
        ),
    ],
)
def test_the_verdict_says_in_words_what_the_exit_code_says(claims: list[Claim], sentence: str) -> None:
    assert conclusion(claims) == sentence


def test_a_detail_cannot_write_on_the_terminal_or_without_end() -> None:
    assert failed("a", "x\x1b[2J\r\u202e\ud800é").detail == "x\\u001b[2J\\u000d\\u202e\\ud800é"
    assert len(failed("a", "x" * 10**6).detail) < 2100
    assert judged("a", [f"fault {n}" for n in range(1000)], "").detail.endswith("fault 19 and 980 more")


def test_faults_are_listed_and_their_absence_is_verified() -> None:
    assert judged("a", ["one", "two"], "good") == Claim(name="a", status=Status.FAILED, detail="one; two")
    assert judged("a", [], "good") == verified("a", "good")


def test_a_claim_reads_as_a_line_and_as_json() -> None:
    claim = not_checkable("anchor", "none given")
    assert str(claim) == "NOT CHECKABLE  anchor: none given"
    assert claim.as_json() == {"name": "anchor", "status": "NOT CHECKABLE", "detail": "none given"}
