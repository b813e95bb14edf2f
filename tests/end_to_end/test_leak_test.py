"""The whole chain over a made-up table of canaries: none leaves the private zone, and planted ones are found."""

import os

import pytest
from kit.people import discovering_contract

from synth_assets.assurance.faulty_source import FAULTS
from synth_assets.assurance.leak_test import FAILING_RUNS, leak_test

pytestmark = pytest.mark.end_to_end

FULL = bool(os.environ.get("FULL"))


@pytest.mark.slow
def test_no_canary_leaves_the_private_zone_in_good_and_in_failing_runs() -> None:
    """With FULL a run fails in each way; else by an error of the source alone."""
    contract = discovering_contract(unit={"column": "person", "max_rows": 2})
    record = leak_test(contract, failing=list(dict.fromkeys([*FAILING_RUNS, *FAULTS])) if FULL else FAULTS[:1])
    assert [result for result in record.results if not result.is_good] == []
    assert int(record.facts["files searched"]) > 100
