"""Keyed hashes of many rows at once: SipHash-2-4 over columns of 64-bit words, BLAKE2 of ids, and SHA-256 of both.

Contribution bounding needs a pseudo-random number of each row that nobody can
foresee or steer and that depends on that row alone. Python's keyed BLAKE2 does
it one row at a time; SipHash does the same for arrays, a few nanoseconds per word.
Ids are texts of any length, and are hashed by BLAKE2: half a microsecond each.
Warehouses have SHA-256 instead; what they hash is a text, so that any engine can make it.

Example:
    >>> words = [np.array([0x0706050403020100], np.uint64), np.array([0x000D0C0B0A090808], np.uint64)]
    >>> siphash(bytes(range(16)), words).shape
    (1,)

References:
    Aumasson and Bernstein (2012), "SipHash: a fast short-input PRF",
    https://www.aumasson.jp/siphash/siphash.pdf.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["blake2_words", "derive", "pack_words", "sha256_numbers", "siphash"]

Words = NDArray[np.uint64]


def derive(secret: bytes, use: bytes) -> bytes:
    """Return 32 bytes of a secret for one use: keys of different uses say nothing of each other."""
    return hashlib.blake2b(use, key=secret, digest_size=32).digest()


def blake2_words(key: bytes, names: Iterable[bytes | None], *, words: int) -> Words:
    """Return the keyed BLAKE2b of each name in so many 64-bit words, shape (names, words); ``None`` is hashed as empty.

    A copy of the keyed state takes half as long as keying it again.
    """
    keyed, digests = hashlib.blake2b(key=key, digest_size=8 * words), []
    for name in names:
        state = keyed.copy()
        state.update(name or b"")
        digests.append(state.digest())
    return np.frombuffer(b"".join(digests), dtype="<u8").reshape(-1, words)


def sha256_numbers(key: bytes, names: Sequence[bytes], columns: Sequence[NDArray[Any]]) -> Words:
    """Return the first 64 bits of SHA-256 of each row's text: the key in hex, the id, the codes in decimal.

    Rows in the order of these numbers are in the order of the hashes in hex, which is what ``source.sql`` asks for.

    Args:
        key: secret bytes.
        names: the canonical id of each row.
        columns: codes of each column, each of shape (rows,).
    """
    head = key.hex().encode() + b"|"
    rows = zip(*(column.tolist() for column in columns), strict=True)
    texts = (head + name + b"|" + ",".join(map(str, row)).encode() for name, row in zip(names, rows, strict=True))
    digests = b"".join(hashlib.sha256(text).digest()[:8] for text in texts)
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def siphash(key: bytes, words: Sequence[Words]) -> Words:
    """Return SipHash-2-4 of each row, shape (rows,), uint64.

    Args:
        key: 16 secret bytes.
        words: the message of each row as one array per word, each of shape (rows,);
            the length of a message, in bytes, is eight times their number.
    """
    low, high = np.frombuffer(key, dtype="<u8")
    rows = words[0].shape
    state = [
        np.full(rows, low ^ np.uint64(0x736F6D6570736575)),
        np.full(rows, high ^ np.uint64(0x646F72616E646F6D)),
        np.full(rows, low ^ np.uint64(0x6C7967656E657261)),
        np.full(rows, high ^ np.uint64(0x7465646279746573)),
    ]
    for word in [*words, np.full(rows, np.uint64((8 * len(words) & 0xFF) << 56))]:
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= np.uint64(0xFF)
    _rounds(state, 4)
    return np.asarray(state[0] ^ state[1] ^ state[2] ^ state[3])


def pack_words(columns: Sequence[NDArray[Any]]) -> list[Words]:
    """Join the bytes of columns into as few 64-bit words per row as hold them."""
    octets = [column.astype("<u2").view(np.uint8).reshape(-1, 2) for column in columns]
    joined = np.concatenate(octets, axis=1)
    padded = np.pad(joined, ((0, 0), (0, -joined.shape[1] % 8)))
    return [np.ascontiguousarray(part) for part in padded.view("<u8").T]


def _rounds(state: list[Words], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a += b
        b = _rotate(b, 13) ^ a
        a = _rotate(a, 32)
        c += d
        d = _rotate(d, 16) ^ c
        a += d
        d = _rotate(d, 21) ^ a
        c += b
        b = _rotate(b, 17) ^ c
        c = _rotate(c, 32)
    state[:] = [a, b, c, d]


def _rotate(word: Words, bits: int) -> Words:
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
