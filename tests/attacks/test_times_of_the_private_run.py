"""Attack: the bundle's ledger lines show how long reading, counting and drawing took, to the millisecond.

Running time depends on the private rows, so whoever has the bundle could measure them.
"""

import json

from kit.project import Project

from synth_assets.promotion import Promotion


def test_lines_after_an_opening_carry_no_time_of_their_own(checked: Project, promoted: Promotion) -> None:
    lines = [json.loads(line) for line in (promoted.bundle / "ledger.jsonl").read_text().splitlines()]
    entries = [line for line in lines if line.get("reservation_id") == checked.release.reservation]
    opened = next(line["time"] for line in entries if line["kind"] == "OPENED")
    later = entries[[line["kind"] for line in entries].index("OPENED") + 1 :]
    draws = {answer.draw for answer in checked.release.answers}
    assert len(draws) > 1
    assert [line["kind"] for line in later] == ["REDEEMED", *["INTENT", "ANSWER"] * len(draws), "SETTLED"]
    assert [line["time"] for line in later if line["time"] != opened and not line["time"].endswith(":00:00.000Z")] == []
