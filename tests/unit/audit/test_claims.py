"""Claims and the exit code that follows from them."""

from synth_assets.audit.claims import Claim, Status, attested, exit_code, failed, judged, not_checkable, verified


def test_only_a_failed_claim_makes_the_exit_code_one() -> None:
    good = [verified("a", "x"), attested("b", "x"), not_checkable("c", "x")]
    assert exit_code(good) == 0
    assert exit_code([*good, failed("d", "x")]) == 1


def test_no_claim_at_all_is_no_verification() -> None:
    assert exit_code([]) == 1


def test_faults_are_listed_and_their_absence_is_verified() -> None:
    assert judged("a", ["one", "two"], "good") == Claim(name="a", status=Status.FAILED, detail="one; two")
    assert judged("a", [], "good") == verified("a", "good")


def test_a_claim_reads_as_a_line_and_as_json() -> None:
    claim = not_checkable("anchor", "none given")
    assert str(claim) == "NOT CHECKABLE  anchor: none given"
    assert claim.as_json() == {"name": "anchor", "status": "NOT CHECKABLE", "detail": "none given"}
