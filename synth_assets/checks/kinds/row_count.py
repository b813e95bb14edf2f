"""``row_count``: as many rows as the contract says, or else as the release counted."""

from collections.abc import Iterator

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract

__all__ = ["ROW_COUNT"]

_TYPE = "expect_candidate_row_count_to_match"


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    description = "As many rows as the contract says, or else as the release counted."
    yield generated("row_count", type_=_TYPE, kwargs={"rows": contract.rows}, description=description)


def _of_scenario(contract: DatasetContract, scenario: str) -> Iterator[SuiteEntry]:
    rows = contract.scenarios[scenario].rows
    kwargs = {"rows": contract.rows if rows is None else rows}
    description = "As many rows as the scenario says, or else as the whole table has."
    yield generated("row_count", type_=_TYPE, kwargs=kwargs, description=description)


def _judge(facts: Facts, *, rows: int | None = None) -> Verdict:
    """There are ``rows`` rows, or as many as the release counted when that is null."""
    counted, wanted = facts["rows"], facts["released_rows"] if rows is None else rows
    sentence = f"{counted:,} rows" if counted == wanted else f"{counted:,} rows instead of {wanted:,}"
    return counted == wanted, {"rows": counted, "expected": wanted}, sentence


ROW_COUNT = CheckKind(
    type=_TYPE,
    claim="row count",
    entries=_entries,
    of_scenario=_of_scenario,
    judge=_judge,
    needs_schema=False,
    measure=lambda observed, _: (float(observed["rows"]), float(observed["expected"])),
)
