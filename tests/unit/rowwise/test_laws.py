"""The laws of axes, held against every kind: another kind needs an example here and no more."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.incomes import DOMAIN
from made_up_scorers import REGION, any_codes, fitted, public_rows, trees

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json
from synth_assets.reading import parse_json
from synth_assets.rowwise.axis import Axis
from synth_assets.rowwise.guess_axis import GuessAxis
from synth_assets.rowwise.material import Material, write_material
from synth_assets.rowwise.nearest_axis import NearestAxis
from synth_assets.rowwise.registry import AXES, axis_from_json, read_material
from synth_assets.rowwise.score_axis import ScoreAxis

_LINEAR = fitted()
_TREES = fitted(trees(_LINEAR.features.width))
_ROWS = public_rows()
_CODES = any_codes(9000)  # more than two blocks of a scorer
_QUARTILES = tuple(np.quantile(_LINEAR.score(_CODES, DOMAIN)[:, 1], (0.25, 0.5, 0.75), method="lower").tolist())
"""Scores of rows, so that rows lie at the edges."""
_EXAMPLES: dict[str, tuple[Callable[[], Axis], Material | None]] = {
    "code": (lambda: REGION, None),
    "score": (lambda: ScoreAxis(fitted=_LINEAR, of_class=1, edges=_QUARTILES), _LINEAR),
    "score of trees": (lambda: ScoreAxis(fitted=_TREES, of_class=0, edges=(0.5,)), _TREES),
    "guess": (lambda: GuessAxis(fitted=_LINEAR, target=REGION), _LINEAR),
    "nearest": (lambda: NearestAxis(public=_ROWS, edges=(0.01, 0.1, 0.2)), _ROWS),
}


@pytest.fixture(params=list(_EXAMPLES))
def axis(request: pytest.FixtureRequest) -> Axis:
    return _EXAMPLES[request.param][0]()


@pytest.fixture
def materials(tmp_path: Path) -> Callable[[str], Material]:
    for _, material in _EXAMPLES.values():
        if material is not None:
            write_material(material, below=tmp_path)
    return partial(read_material, below=tmp_path)


def test_every_kind_has_an_example() -> None:
    assert {make().of for make, _ in _EXAMPLES.values()} == set(AXES)


def test_every_row_has_a_place_and_every_place_of_an_example_has_rows(axis: Axis) -> None:
    places = axis.places(_CODES, DOMAIN)
    assert places.dtype == np.intp
    assert places.shape == (9000,)
    assert set(places.tolist()) == set(range(axis.size))


@given(data=st.data())
@pytest.mark.parametrize("name", _EXAMPLES)
def test_the_place_of_a_row_depends_on_that_row_alone(name: str, data: st.DataObject) -> None:
    axis = _EXAMPLES[name][0]()
    rows = data.draw(st.lists(st.integers(0, 8999), min_size=1, max_size=30))
    cut = data.draw(st.integers(0, len(rows)))
    parts = [axis.places([column[part] for column in _CODES], DOMAIN) for part in (rows[:cut], rows[cut:])]
    assert np.concatenate(parts).tolist() == _all_places(name)[rows].tolist()


def _all_places(name: str, cache: dict[str, Any] = {}) -> Any:  # noqa: B006 - computed once per example
    if name not in cache:
        cache[name] = _EXAMPLES[name][0]().places(_CODES, DOMAIN)
    return cache[name]


def test_no_rows_have_no_places(axis: Axis) -> None:
    assert axis.places([column[:0] for column in _CODES], DOMAIN).shape == (0,)


def test_an_axis_is_read_back_from_json_and_the_files_that_it_names(
    axis: Axis, materials: Callable[[str], Material]
) -> None:
    value = parse_json(canonical_json(axis.as_json()), name="axis")
    assert {"of", "size"} <= set(value)
    again = axis_from_json(value, materials)
    assert type(again) is type(axis)
    assert again.as_json() == axis.as_json()
    assert again.places(_CODES, DOMAIN).tolist() == axis.places(_CODES, DOMAIN).tolist()


def test_an_axis_for_other_columns_is_refused_even_without_rows(axis: Axis) -> None:
    columns = tuple(
        column if column.name != "region" else type(column)(name="region", kind="categorical", categories=("a", "b"))
        for column in DOMAIN.columns
    )
    other = Domain(columns=(*columns[:3], columns[4]))  # without `member` too
    none = [np.zeros(0, dtype=np.uint16) for _ in other.columns]
    with pytest.raises(IntegrityError, match="made for"):
        axis.places(none, other)


def test_an_altered_description_is_refused(axis: Axis, materials: Callable[[str], Material]) -> None:
    value = axis.as_json()
    for key in value:
        for changed in (None, [], "x", {"of": "code"}, -1):
            if (key, changed) == ("column", "x"):
                continue  # an axis of another column
            with pytest.raises(IntegrityError):
                axis_from_json({**value, key: changed}, materials)
        with pytest.raises(IntegrityError):
            axis_from_json({name: part for name, part in value.items() if name != key}, materials)
