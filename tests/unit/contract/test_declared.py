"""Parts are frozen and strict, and ranges, edges, bins and special values make sense."""

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import IntegerColumn
from synth_assets.contract.declared import (
    LARGEST_DOMAIN,
    LATER,
    Part,
    check_bins,
    check_order,
    check_range,
    check_specials,
    open_places,
)

_KEPT = sorted((Path(__file__).parents[2] / "data" / "contracts").glob("*.json"))


class _Pen(Part):
    roof: bool = True
    heated: Annotated[bool, LATER] = False


class _Zoo(Part):
    animals: int = 3
    keepers: Annotated[int, LATER] = Field(default=0, ge=0)
    names: Annotated[tuple[str, ...], LATER] = Field(default_factory=tuple, strict=False)
    pen: _Pen = _Pen()
    second: Annotated[_Pen | None, LATER] = None


@pytest.mark.parametrize("path", _KEPT, ids=lambda path: path.stem)
def test_a_kept_contract_has_the_digests_that_it_had_when_it_was_written(path: Path) -> None:
    # A field that fails this needs the mark LATER; another fingerprint would charge everybody again.
    record = json.loads(path.read_text())
    contract = DatasetContract.model_validate_json(json.dumps(record["contract"]))
    assert (contract.digest(), contract.fingerprint(layout=1)) == (record["digest"], record["fingerprint"])


def test_a_kept_contract_has_the_fingerprint_that_it_had_in_each_layout() -> None:
    contracts = {path.stem: json.dumps(json.loads(path.read_text())["contract"]) for path in _KEPT}
    for layout, fingerprints in json.loads((_KEPT[0].parents[1] / "layouts.json").read_text()).items():
        measured = {
            name: DatasetContract.model_validate_json(contract).fingerprint(layout=int(layout))
            for name, contract in contracts.items()
        }
        assert measured == fingerprints


def test_contracts_of_each_kind_of_column_are_kept() -> None:
    columns = [column for path in _KEPT for column in json.loads(path.read_text())["contract"]["columns"].values()]
    assert {column["type"] for column in columns} == {"integer", "float", "date", "datetime", "categorical", "boolean"}


def test_a_later_field_is_written_only_when_it_differs_from_its_default() -> None:
    assert _Zoo().model_dump() == _Zoo(keepers=0).model_dump(mode="json") == {"animals": 3, "pen": {"roof": True}}
    zoo = _Zoo(keepers=2, names=("Ada",), pen=_Pen(heated=True), second=_Pen())
    assert zoo.model_dump() == {
        "animals": 3,
        "keepers": 2,
        "names": ("Ada",),
        "pen": {"roof": True, "heated": True},
        "second": {"roof": True},
    }
    assert _Zoo.model_validate_json(zoo.model_dump_json()) == zoo
    assert zoo.model_dump(exclude_defaults=True).keys() == {"keepers", "names", "pen", "second"}


def test_a_later_field_is_in_the_schema_and_is_checked_like_any_other() -> None:
    assert _Zoo.model_json_schema()["properties"]["keepers"]["minimum"] == 0
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        _Zoo(keepers=-1)


def test_a_later_field_needs_a_default_because_old_contracts_lack_it() -> None:
    with pytest.raises(TypeError, match=r"_Farm.cows was added later and needs a default"):

        class _Farm(Part):
            cows: Annotated[int, LATER]


def test_parts_are_frozen_and_know_their_keys() -> None:
    column = IntegerColumn(type="integer", min=0, max=9, domain_source="definition")
    assert isinstance(column, IntegerColumn)
    assert isinstance(column, Part)
    with pytest.raises(ValidationError, match="frozen"):
        column.min = 3  # type: ignore[misc] # that is the point


@pytest.mark.parametrize(
    ("low", "high", "edges", "message"),
    [
        (3, 1, (), "min=3 must not be above max=1"),
        (0, 11, (), "must lie within 10 of zero"),
        (-11, 0, (), "must lie within 10 of zero"),
        (0, 9, (5, 5), "edges must ascend"),
        (0, 9, (0,), "edges must ascend and lie between min and max"),
        (0, 9, (10,), "edges must ascend and lie between min and max"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(low: int, high: int, edges: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_range(low, high, edges, largest=10)


def test_a_range_that_makes_sense_is_not_refused() -> None:
    check_range(-10, 10, (-9, 10), largest=10)
    check_order("a", "c", ("b",))
    check_bins(3, ())
    check_specials((-1, -2), (1, 2))


def test_edges_are_not_more_than_can_be_measured() -> None:
    with pytest.raises(ValueError, match="too many to measure"):
        check_order(0, LARGEST_DOMAIN + 1, tuple(range(1, LARGEST_DOMAIN + 1)))


@pytest.mark.parametrize(
    ("specials", "message"),
    [((1, 1), "once each"), (tuple(range(100)), "at most 64"), ((7,), "one of values too"), ((2**60,), "within")],
)
def test_special_values_are_few_and_apart(specials: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_specials(specials, (7,))


def test_open_places_are_listed_by_their_paths_keys_too() -> None:
    value = {"a": "TODO: x", "b": ["fine", "TODO: y"], "TODO: z": {"c": 1}, "d": "the TODO: of another", "e": "TODO"}
    assert open_places(value) == [
        (("a",), "is not answered yet: x"),
        (("b", 1), "is not answered yet: y"),
        (("TODO: z",), "is not answered yet: z"),
    ]


def test_an_alias_that_holds_itself_is_looked_at_once() -> None:
    value: dict[str, Any] = {"a": "TODO: x"}
    value["again"] = [value, value]
    assert len(open_places(value)) == 1
