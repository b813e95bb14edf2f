"""Categories are texts: what is not listed goes to `other`, to null, or to the first code."""

import numpy as np
import pyarrow as pa

from synth_assets.domain import Column

CITY = Column(name="city", kind="categorical", categories=("north", "rest"), other="rest", nullable=True)


def test_an_unlisted_text_goes_to_other_and_null_to_null() -> None:
    assert CITY.kind_of.encode_texts(CITY, ["north", "nowhere", None]).tolist() == [0, 1, 2]
    plain = Column(name="city", kind="categorical", categories=("north", "rest"))
    assert plain.kind_of.encode_texts(plain, ["rest", "nowhere", None]).tolist() == [1, 0, 0]


def test_codes_come_back_as_texts() -> None:
    null = np.array([False, False, True])
    values = CITY.kind_of.decode(CITY, np.array([0, 1, 2]), within=None, null=null)
    assert values.to_pylist() == ["north", "rest", None]
    assert values.type == pa.string()


def test_a_category_describes_its_domain_and_has_no_mean() -> None:
    assert CITY.kind_of.domain_json(CITY) == {"values": ["north", "rest"]}
    assert CITY.kind_of.names(CITY) == ("north", "rest")
    assert not CITY.kind_of.has_mean
    assert CITY.kind_of.inside(CITY, pa.chunked_array([["north", "x"]])).to_pylist() == [True, False]
