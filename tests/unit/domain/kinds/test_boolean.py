"""A truth value is read from a few words, and from decimals only if 1 is written as one."""

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column
from synth_assets.domain.kinds.boolean import Boolean

MEMBER = Column(name="member", kind="boolean", nullable=True)


def test_words_are_read_in_either_case_and_others_fall_back() -> None:
    texts = ["TRUE", " y ", "1.0", "No", "0", "ja", None]
    assert MEMBER.kind_of.encode_texts(MEMBER, texts).tolist() == [1, 1, 1, 0, 0, 2, 2]


def test_codes_come_back_as_truth_values() -> None:
    values = MEMBER.kind_of.decode(MEMBER, np.array([0, 1, 2]), within=None, null=np.array([False, False, True]))
    assert values.to_pylist() == [False, True, None]
    assert MEMBER.kind_of.inside(MEMBER, pa.chunked_array([values])).to_pylist() == [True, True, True]


@pytest.mark.parametrize(("decimals", "verdict"), [(0, "odd"), (1, "odd"), (2, "never"), (-1, "never")])
def test_decimals_are_read_only_where_one_is_written_as_one(decimals: int, verdict: str) -> None:
    assert Boolean().fit("decimal", decimals=decimals)[0] == verdict
