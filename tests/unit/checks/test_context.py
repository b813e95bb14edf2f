"""What is compared with are plain figures, which survive being written, and which a hostile file cannot bend."""

from typing import Any

import numpy as np
import pytest
from kit.project import Project
from kit.releases import MadeUp

from synth_assets.candidate import Candidate
from synth_assets.checks.context import (
    NOTHING,
    Context,
    Earlier,
    EarlierColumn,
    OtherColumn,
    layout_of,
    release_before,
    version_before,
)
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.reading import parse_json

WHOLE = Context(
    version=Earlier(
        digest="v",
        rows=3.0,
        rows_error=0.0,
        columns={"a": EarlierColumn(layout="l", counts=(1, 2), labels=("x", None))},
    ),
    release=None,
    others={"cities.name": OtherColumn(version="w", values=("north", "south"))},
)
_COLUMN: dict[str, Any] = {"layout": "l", "counts": [1, 2], "scale": 0.0, "labels": [], "other": 0}


@pytest.mark.parametrize("context", [WHOLE, NOTHING])
def test_a_context_is_read_back_as_it_was_written(context: Context) -> None:
    assert Context.from_json(parse_json(json_bytes(context.as_json()), name="context.json")) == context


@pytest.mark.parametrize(
    "change",
    [
        {"version": 3},
        {"more": 1},
        {"others": {"x": {"version": "w"}}},
        {"version": {"digest": "v", "rows": 1e300, "rows_error": 0.0, "columns": {}}},
        {"version": {"digest": "v", "rows": -1.0, "rows_error": 0.0, "columns": {}}},
        {"version": {"digest": "v", "rows": 1.0, "rows_error": 0.0, "columns": {"a": {"layout": "l", "scale": 0.0}}}},
        {
            "version": {
                "digest": "v",
                "rows": 1.0,
                "rows_error": 0.0,
                "columns": {"a": {**_COLUMN, "counts": [10**30]}},
            }
        },
    ],
)
def test_what_is_not_a_context_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=r"context\.json"):
        Context.from_json(WHOLE.as_json() | change)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ["x"]},
        {"other": 1},
        {"labels": ["x", "y"], "other": 2},
        {"labels": ["x", "x"]},
        {"counts": [1, True]},
    ],
)
def test_labels_that_do_not_fit_their_counts_are_refused(change: dict[str, Any]) -> None:
    version = {"digest": "v", "rows": 3.0, "rows_error": 0.0, "columns": {"a": _COLUMN}}
    good = WHOLE.as_json() | {"version": version}
    assert Context.from_json(parse_json(json_bytes(good), name="context.json")).version is not None
    with pytest.raises(IntegrityError, match=r"context\.json"):
        Context.from_json(good | {"version": version | {"columns": {"a": _COLUMN | change}}})


def test_a_category_that_takes_unknown_texts_is_named(discovering: Project) -> None:
    city = release_before(discovering.release).columns["city"]
    assert city.labels[city.other] == "elsewhere"
    assert city.labels[-1] is None
    assert len(city.labels) == len(city.counts)


def test_a_version_is_counted_column_by_column(visits: MadeUp, faithful: Candidate) -> None:
    domain = visits.release.domain
    version = version_before("v", domain, faithful.batches(columns=domain.names))
    assert version.rows == faithful.rows
    assert {sum(column.counts) for column in version.columns.values()} == {faithful.rows}
    assert version.columns["age"].counts[-1] == faithful.table()["age"].null_count
    assert version.columns["age"].layout == layout_of(domain["age"])


def test_a_release_is_its_one_way_tables(visits: MadeUp) -> None:
    release = release_before(visits.release)
    assert (release.rows, release.rows_error) == (visits.release.total(), visits.release.total_standard_error())
    assert np.array_equal(release.columns["age"].counts, visits.release.one_way("age").counts)
    assert release.columns["age"].scale == visits.release.one_way("age").scale
