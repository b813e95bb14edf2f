"""What a kind does not say of itself: no bins, one value per code, texts alone, and every type fits."""

import pyarrow as pa
import pytest

from synth_assets.domain import Column
from synth_assets.domain.kinds.registry import KINDS
from synth_assets.errors import UsageError

CITY = Column(name="city", kind="categorical", categories=("north", "south"))


@pytest.mark.parametrize("column", [CITY, Column(name="member", kind="boolean")], ids=lambda column: column.kind)
def test_a_kind_without_an_order_has_no_bins(column: Column) -> None:
    with pytest.raises(UsageError, match=f"is {column.kind} and has no bins"):
        column.bounds()
    assert column.exact
    assert not column.numeric


def test_a_kind_without_types_of_its_own_is_read_as_text() -> None:
    assert CITY.kind_of.encode_typed(CITY, pa.array([1])) is None
    assert CITY.kind_of.encode_source(CITY, pa.array([1])) is None
    assert CITY.kind_of.fit("whole") == ("fits", "")


def test_each_kind_decodes_to_the_type_that_it_names() -> None:
    for name, kind in KINDS.items():
        column = Column(name="a", kind=name, categories=("x",), maximum=9)
        assert kind.decode(column, pa.array([0]).to_numpy(), within=None, null=None).type == kind.arrow


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_values_of_its_own_type_are_never_reported_as_misread(kind: object) -> None:
    families = {"integer": "whole", "float": "real", "date": "date", "datetime": "timestamp"}
    family = families.get(kind.name, kind.name)  # type: ignore[attr-defined] # a kind
    assert family not in kind.misread  # type: ignore[attr-defined]
