"""XML of strangers: no entity is expanded, no file is read, nothing grows without a limit."""

from pathlib import Path

import pytest

from synth_assets.drafting.codebooks.bounded_xml import parse_xml

BOMB = "<!DOCTYPE a [<!ENTITY x0 'x'>{}]><a>&x9;</a>".format(
    "".join(f"<!ENTITY x{level} '{f'&x{level - 1};' * 10}'>" for level in range(1, 10))
)


def test_an_entity_is_refused_before_it_is_expanded_or_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a row")
    for document in (
        BOMB,
        f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file://{secret}'>]><a>&x;</a>",
        f"<!DOCTYPE a [<!ENTITY % x SYSTEM 'file://{secret}'> %x;]><a/>",
    ):
        with pytest.raises(ValueError, match="declares an entity in line 1"):
            parse_xml(document.encode())


def test_a_type_that_lies_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    missing = tmp_path / "codebook.dtd"
    assert parse_xml(f"<!DOCTYPE a SYSTEM 'file://{missing}'><a b='c'/>".encode()).get("b") == "c"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<a>" * 65 + b"</a>" * 65, "nests them too deeply"),
        (b"<a>", "not well-formed: no element found in line 1"),
        (b"", "not well-formed"),
        (b"<a>&unknown;</a>", "not well-formed: undefined entity"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "cannot be read|unknown encoding"),
        (b"\xff\xfe\x00", "not well-formed"),
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_line(document: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_xml(document)


def test_names_lose_their_namespaces_and_texts_stay() -> None:
    root = parse_xml("<a xmlns='u' xmlns:x='v' x:k='1'><x:b>ä</x:b>tail</a>".encode())
    (child,) = root
    assert (root.tag, root.attrib, child.tag, child.text, child.tail) == ("a", {"k": "1"}, "b", "ä", "tail")
