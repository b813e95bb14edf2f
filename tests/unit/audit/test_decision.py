"""What was decided, and on which day."""

from typing import Any

import pytest

from synth_assets.audit.decision import read_decision, stated_decision
from synth_assets.checks import Decision
from synth_assets.errors import IntegrityError


def test_what_is_written_is_read_with_its_day_or_without() -> None:
    yes = Decision(promote=True, reasons=())
    assert stated_decision(yes) == {"promote": True, "reasons": []}
    assert read_decision(stated_decision(yes)) == ({"promote": True, "reasons": []}, "")
    assert read_decision(stated_decision(yes, day="2026-11-02")) == ({"promote": True, "reasons": []}, "2026-11-02")


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", 20261102, None, "<b>2026-11-02</b>"])
def test_a_day_that_is_not_one_is_refused(day: Any) -> None:
    with pytest.raises(IntegrityError, match="a day that is not one"):
        read_decision({"promote": True, "reasons": [], "day": day})
