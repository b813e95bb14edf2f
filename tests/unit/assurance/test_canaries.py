"""A canary is found in whatever form it is written, and is nowhere by chance."""

import base64
import json
import struct
from urllib.parse import quote

import pytest

from synth_assets.assurance.canaries import Canaries, encodings

CANARIES = Canaries(
    word="kanari0123456789abcdef", letters="καναρινιμυνο", number=123_456_789_012_345, reals=(0.1234567,)
)
NEEDLES = CANARIES.needles()
TEXTS = (CANARIES.word, CANARIES.letters, str(CANARIES.number))


def is_found(content: bytes) -> bool:
    return any(needle in content for needle in NEEDLES.values())


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "write",
    [
        lambda text: f"a row with {text}, that is all".encode(),
        lambda text: f"x{text}".encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: json.dumps({"value": text}).encode(),
        lambda text: quote(f"/a/{text}").encode(),
        lambda text: f"<{text}>".encode().hex().encode(),
        lambda text: f"<{text}>".encode().hex().upper().encode(),
        lambda text: "".join(f"%{octet:02X}" for octet in text.encode()).encode(),
        lambda text: repr(text.encode("utf-8")).encode() if text.isascii() else ascii(text).encode(),
    ],
)
def test_a_text_is_found_in_each_form(text: str, write: object) -> None:
    assert is_found(write(text))  # type: ignore[operator]


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("behind", ["", "z", "zz"])
@pytest.mark.parametrize("text", TEXTS)
def test_base64_is_found_wherever_the_text_stands_in_it(text: str, before: str, behind: str) -> None:
    content = f"{before}{text}{behind}".encode()
    assert is_found(base64.b64encode(content))
    assert is_found(base64.urlsafe_b64encode(content))


@pytest.mark.parametrize("form", ["<q", ">q", "<d", ">d"])
def test_a_number_is_found_as_eight_bytes(form: str) -> None:
    kind = int if form.endswith("q") else float
    assert is_found(b"x" + struct.pack(form, kind(CANARIES.number)) + b"y")
    assert is_found(struct.pack("<d", CANARIES.reals[0]))
    assert is_found(b"of 0.1234567,")


def test_what_is_not_a_canary_is_not_found_and_fresh_ones_are_others() -> None:
    others = Canaries.fresh()
    assert not is_found(json.dumps([*others.needles()]).encode())
    assert not set(others.needles().values()) & set(NEEDLES.values())
    assert min(map(len, others.needles().values())) >= 8


def test_forms_of_a_text_are_named_once() -> None:
    names = [name for name, _ in encodings("kanari/ω")]
    assert len(names) == len(set(names))
