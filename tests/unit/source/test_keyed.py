"""The keyed hash, against the vectors of its reference implementation."""

import numpy as np

from synth_assets.source.keyed import pack_words, siphash

KEY = bytes(range(16))
# Vectors of the reference implementation: message bytes 0, 1, 2 ... of length 8 and 16.
VECTORS = {
    8: 0x93F5F5799A932462,
    16: 0x3F2ACC7F57C29BDB,
}


def test_it_is_siphash_2_4() -> None:
    for length, expected in VECTORS.items():
        message = np.frombuffer(bytes(range(length)), dtype="<u8")
        words = [np.array([word, word]) for word in message]
        assert siphash(KEY, words).tolist() == [expected, expected]


def test_rows_are_hashed_independently() -> None:
    rng = np.random.default_rng(0)
    words = [rng.integers(0, 2**63, 50, dtype=np.uint64) for _ in range(3)]
    together = siphash(KEY, words)
    alone = [siphash(KEY, [word[index : index + 1] for word in words])[0] for index in range(50)]
    assert together.tolist() == alone


def test_another_key_gives_other_numbers() -> None:
    words = [np.arange(100, dtype=np.uint64)]
    assert (siphash(KEY, words) != siphash(KEY[::-1], words)).all()


def test_different_rows_are_packed_into_different_words() -> None:
    columns = [np.array([1, 1, 2], np.uint8), np.array([300, 301, 300], np.uint16), *[np.zeros(3, np.uint8)] * 3]
    words = pack_words(columns)
    assert len(words) == 2
    assert len(set(zip(*(word.tolist() for word in words), strict=True))) == 3
