"""Releases of older formats are read as if the newest had written them."""

import json
from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json
from synth_assets.release import load_release
from synth_assets.release.description import describe_mechanisms, describe_spending
from synth_assets.release.formats import as_newest
from synth_assets.release.kinds import KINDS

DATA = Path(__file__).parents[2] / "data"
KEPT = sorted(DATA.rglob("release.json"))
OLD: dict[str, Any] = {
    "format_version": 3,
    "mechanisms": ["t"],
    "marginals": [
        {"attributes": ["a"], "level": "fine", "shape": [2], "scale": 1.0, "rho": 0.5, "draw": 1, "mechanism": 0}
    ],
    "scores": [
        {"cliques": [["a", "b"]], "scores": [4], "d_in": 1, "scale": 2.0, "rho": 0.1, "draw": 2, "mechanism": "s"}
    ],
    "discoveries": [
        {
            "column": "c",
            "categories": ["x"],
            "counts": [9],
            "left_out": 0,
            "scale": 3.0,
            "threshold": 5,
            "rho": 0.2,
            "delta": 1e-9,
            "draw": 0,
            "mechanism": "d",
        }
    ],
    "dataset": "d",
}


def test_every_list_of_old_becomes_answers() -> None:
    facts, values = as_newest(OLD, privacy={"d_in": 3})
    assert [answer["kind"] for answer in facts["answers"]] == ["thresholds", "scores", "marginals"]
    assert [facts["mechanisms"][answer["mechanism"]] for answer in facts["answers"]] == ["d", "s", "t"]
    assert [answer["d_in"] for answer in facts["answers"]] == [3, 1, 3]
    assert facts["answers"][0]["descriptor"]["rule"] == "at_or_above"
    assert [value.tolist() for value in values] == [[9], [4]]
    assert not {"marginals", "scores", "discoveries"} & set(facts)


def test_the_newest_format_stays_as_it_is() -> None:
    assert as_newest({"format_version": 4, "answers": []}, privacy={}) == ({"format_version": 4, "answers": []}, [])


@pytest.mark.parametrize("part", ["marginals", "scores", "discoveries"])
def test_a_record_with_a_part_more_or_less_is_refused(part: str) -> None:
    (record,) = OLD[part]
    for wrong in ({**record, "more": 1}, {name: value for name, value in record.items() if name != "rho"}):
        with pytest.raises(IntegrityError, match="record of another kind"):
            as_newest({**OLD, part: [wrong]}, privacy={"d_in": 1})


def test_counts_that_are_not_whole_numbers_are_refused() -> None:
    for counts in (["9"], [2**70], [True]):
        with pytest.raises(IntegrityError, match="without its counts"):
            as_newest({**OLD, "discoveries": [{**OLD["discoveries"][0], "counts": counts}]}, privacy={"d_in": 1})


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.relative_to(DATA).parts[0])
def test_kept_releases_are_read(path: Path) -> None:
    release = load_release(path.parent)
    assert release.answers
    described = describe_mechanisms(release.answers, max_rows=release.privacy["d_in"])
    assert canonical_json(described) == canonical_json(release.privacy["mechanisms"])
    assert canonical_json(describe_spending(release.answers)) == canonical_json(release.privacy["spent_on"])


def test_releases_of_every_older_format_and_kind_are_kept() -> None:
    releases = [load_release(path.parent) for path in KEPT]
    assert {answer.kind for release in releases for answer in release.answers} == set(KINDS)
    assert {json.loads(path.read_text())["format_version"] for path in KEPT} >= {2, 3}
