"""Attack: an account below a window account has no window of its own, so its permit allows reading every row.

The window account is one part of a partitioned parent, which is charged only for that part, while the child also reads
the rows of all other parts. The same happens if the child's window lies outside its parent's.
"""

from pathlib import Path

import pytest
from asked import a_request, a_source

from synth_assets.errors import UsageError
from synth_assets.ledger import Account, open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import Cap, PrivacyUnit

UNIT = PrivacyUnit(column="person", max_rows=1)
CAP = Cap(epsilon=3.0, delta=1e-7)
COLUMNS = (("person", "int64"), ("seen", "timestamp[us]"))
NOVEMBER = "seen=2026-11-01/2026-12-01"


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    opened = open_ledger(root=tmp_path)
    clinic = Account(name="clinic", source="clinic", population="patients", unit=UNIT, partitioned_by="window")
    opened.open_account(clinic, CAP, by="officer")
    open_below(opened, "november", parent="clinic", window=NOVEMBER)
    return opened


def open_below(ledger: SqlLedger, name: str, *, parent: str, window: str | None = None) -> None:
    child = Account(name=name, source=name, population="patients", unit=UNIT, parent=parent, window=window)
    ledger.open_account(child, CAP, by="officer")


def test_a_permit_of_a_child_reads_no_row_outside_the_window_above(ledger: SqlLedger) -> None:
    open_below(ledger, "ward", parent="november")
    open_below(ledger, "room", parent="ward")
    ledger.add_source(a_source("room", columns=COLUMNS, unit=UNIT), by="officer")
    request = a_request("room", unit=UNIT)
    window = ledger.begin(ledger.reserve(request).id).window
    assert window is not None
    assert parse_window(window) == parse_window(NOVEMBER)


@pytest.mark.parametrize("window", ["seen=2027-01-01/2027-02-01", "seen=2026-11-15/2026-12-15"])
def test_a_window_that_is_not_inside_the_one_above_is_refused(ledger: SqlLedger, window: str) -> None:
    with pytest.raises(UsageError):
        open_below(ledger, "ward", parent="november", window=window)


def test_a_source_without_the_windows_column_cannot_be_bound_below_it(ledger: SqlLedger) -> None:
    open_below(ledger, "ward", parent="november")
    source = a_source("ward", columns=COLUMNS[:1], unit=UNIT)
    with pytest.raises(UsageError, match="seen"):
        ledger.add_source(source, by="officer")
