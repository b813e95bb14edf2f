r"""XML that somebody else wrote, read within limits: no entity is declared, nothing elsewhere is asked for.

Names are without their namespaces. A declared entity can expand to any size, or name a file of this machine, so that
a document that declares one is refused before anything is expanded.

Example:
    >>> parse_xml(b"<a xmlns='urn:x'><b c='1'>two</b></a>").find("b").text
    'two'
    >>> parse_xml(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    Traceback (most recent call last):
        ...
    ValueError: it declares an entity in line 1
"""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

__all__ = ["parse_xml"]

_MOST_ELEMENTS = 2_000_000
_DEEPEST = 64


def parse_xml(content: bytes) -> Element:
    """Return the root of a document, of at most 64 levels and 2,000,000 elements.

    Raises:
        ValueError: it is not well-formed, declares an entity, or exceeds a limit; says what and where.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    builder, state = TreeBuilder(), {"elements": 0, "depth": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        state["elements"] += 1
        state["depth"] += 1
        if state["elements"] > _MOST_ELEMENTS or state["depth"] > _DEEPEST:
            raise ValueError(f"it has too many elements, or nests them too deeply, in line {parser.CurrentLineNumber}")
        builder.start(
            name.rsplit("}", maxsplit=1)[-1], {key.split("}")[-1]: value for key, value in attributes.items()}
        )

    def end(name: str) -> None:
        state["depth"] -= 1
        builder.end(_local(name))

    def refuse(*_: object) -> None:
        raise ValueError(f"it declares an entity in line {parser.CurrentLineNumber}")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.data, refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(
            f"it is not well-formed: {expat.errors.messages[error.code]} in line {error.lineno}"
        ) from error
    except LookupError as error:  # an encoding that nobody knows
        raise ValueError(f"it cannot be read: {error}") from error
    root = builder.close()
    assert isinstance(root, Element)  # noqa: S101 - a well-formed document has one
    return root


def _local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rsplit("}", maxsplit=1)[-1]
