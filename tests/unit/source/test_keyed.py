"""The keyed hashes, against the vectors of a reference implementation and against Python's own."""

import hashlib

import numpy as np

from synth_assets.source.keyed import blake2_words, pack_words, sha256_numbers, siphash

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


def test_ids_are_hashed_by_keyed_blake2() -> None:
    names = [b"7", b"", None, b"x" * 300]
    hashed = blake2_words(KEY, names, words=2)
    expected = [hashlib.blake2b(name or b"", key=KEY, digest_size=16).digest() for name in names]
    assert hashed.astype("<u8").tobytes() == b"".join(expected)
    assert blake2_words(KEY, names, words=1).shape == (4, 1)
    assert blake2_words(KEY, [], words=1).shape == (0, 1)


def test_sha256_numbers_are_in_the_order_of_the_hashes_that_a_warehouse_makes() -> None:
    codes = [np.arange(50, dtype=np.uint16), np.full(50, 7, dtype=np.uint8)]
    numbers = sha256_numbers(bytes(16), [b"u"] * 50, codes)
    texts = [f"{bytes(16).hex()}|u|{code},7" for code in range(50)]
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert np.argsort(numbers).tolist() == sorted(range(50), key=hashes.__getitem__)
