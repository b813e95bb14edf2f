"""What crosses into the measuring process is JSON and files, and both are read back strictly."""

from pathlib import Path

import pytest
from made_up_scorers import REGION, fitted, public_rows

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.material import content_of, write_material
from synth_assets.rowwise.nearest import PublicRows
from synth_assets.rowwise.registry import AXES, MATERIALS, axis_from_json, read_material
from synth_assets.rowwise.score_axis import ScoreAxis


def test_kinds_are_found_by_the_names_that_they_write() -> None:
    assert {name: kind.of for name, kind in AXES.items()} == {name: name for name in AXES}
    assert {name: kind.what for name, kind in MATERIALS.items()} == {name: name for name in MATERIALS}


@pytest.mark.parametrize("material", [fitted(), public_rows()])
def test_a_material_is_read_as_what_it_was(material: FittedScorer | PublicRows, tmp_path: Path) -> None:
    write_material(material, below=tmp_path)
    again = read_material(material.digest, below=tmp_path)
    assert type(again) is type(material)
    assert content_of(again) == content_of(material)


def test_a_material_of_no_known_kind_or_without_a_part_is_refused(tmp_path: Path) -> None:
    class Odd:
        what = "odd"
        digest = ""

        def facts(self) -> dict[str, object]:
            return {}

        arrays = facts

    for what in ("odd", "scorer", "rows", []):
        Odd.what = what  # type: ignore[assignment]
        path = write_material(Odd(), below=tmp_path)  # type: ignore[arg-type]
        with pytest.raises(IntegrityError, match="cannot be read"):
            read_material(path.stem, below=tmp_path)


def test_an_axis_of_no_known_kind_or_without_its_material_is_refused() -> None:
    axis = ScoreAxis(fitted=fitted(), of_class=0, edges=(0.5,))
    for value in ({"of": "nothing"}, {}, axis.as_json()):
        with pytest.raises(IntegrityError, match="does not describe an axis"):
            axis_from_json(value, {}.__getitem__)


def test_a_description_that_disagrees_with_its_material_is_refused() -> None:
    axis = ScoreAxis(fitted=fitted(), of_class=0, edges=(0.5,))
    materials = {axis.fitted.digest: axis.fitted}.__getitem__
    assert axis_from_json(axis.as_json(), materials) == axis
    for changes in ({"size": 3}, {"labels": ("low", "high")}, {"more": 1}):
        with pytest.raises(IntegrityError, match="disagrees with itself"):
            axis_from_json({**axis.as_json(), **changes}, materials)
    assert axis_from_json(REGION.as_json(), materials) == REGION
