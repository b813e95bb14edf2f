"""Claims about the software: what its tests on made-up rows found, as records in the bundle say.

A record's verdicts follow from its numbers and are computed again. That the tests were
run, where and when it says, is the operator's word, so a good record is ATTESTED.
"""

from collections.abc import Callable

from synth_assets.audit.assurance import LEAK_TEST, MECHANISMS, Record
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, failed, not_checkable

__all__ = ["VERIFIERS"]


def _mechanisms(case: Case) -> Claim:
    return _judged("mechanism audit", case.assurance.get(MECHANISMS), how="synth-assets audit mechanisms")


def _leak_test(case: Case) -> Claim:
    record = case.assurance.get(LEAK_TEST)
    if record is not None and record.facts.get("dataset") != case.contract.name:
        return failed("leak test", "the record is of another dataset")
    return _judged("leak test", record, how="synth-assets leak-test")


def _judged(name: str, record: Record | None, *, how: str) -> Claim:
    if record is None:
        return not_checkable(name, f"the bundle holds no record of `{how}`")
    if not record.passed:
        return failed(name, f"{record.outcome()}, on {record.date} with version {record.version}")
    ran = f"that `{how}` was run on {record.date} with version {record.version} is the operator's word"
    return attested(name, f"{ran}: {record.outcome()}")


VERIFIERS: tuple[tuple[str, Callable[[Case], Claim]], ...] = (
    ("mechanism audit", _mechanisms),
    ("leak test", _leak_test),
)
