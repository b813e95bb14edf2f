"""The orders of a row are coded ten pairs at a time, and counted from these codes."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.source.orders import count_orders, encode_orders, words_of

COLUMNS = tuple(Column(name=f"c{index}", kind="integer", maximum=99, bins=5) for index in range(6))
DOMAIN = Domain(columns=COLUMNS)
PAIRS = tuple(combinations(DOMAIN.names, 2))


@pytest.mark.parametrize("pairs", [PAIRS[:1], PAIRS[:10], PAIRS[:11], PAIRS])
def test_codes_of_many_pairs_are_counted_as_the_pairs_themselves(pairs: tuple[tuple[str, str], ...]) -> None:
    values = np.random.default_rng(0).integers(0, 9, (200, 6))
    batch = pa.RecordBatch.from_pydict({name: values[:, index] for index, name in enumerate(DOMAIN.names)})
    words = encode_orders(pairs, DOMAIN, batch)
    assert len(words) == words_of(pairs)
    places = [(DOMAIN.index(a), DOMAIN.index(b)) for a, b in pairs]
    expected = [[(values[:, a] < values[:, b]).sum(), (values[:, a] == values[:, b]).sum()] for a, b in places]
    halves = [[word[:120] for word in words], [word[120:] for word in words]]
    assert count_orders(halves, pairs).tolist() == expected


def test_texts_are_read_and_what_cannot_be_read_is_not_compared() -> None:
    batch = pa.RecordBatch.from_pydict({"c0": ["7", "x", None, " 12 ", "1e999"], "c1": ["7", "7", "7", "90", "3"]})
    (word,) = encode_orders([("c0", "c1")], DOMAIN, batch)
    assert word.tolist() == [2, 0, 0, 1, 0]
