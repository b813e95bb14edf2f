"""Whatever a file holds, a codebook is read or refused, and a draft of it asks nothing that a check would overlook."""

import json
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.contract.yaml_file import faults_of
from synth_assets.drafting.codebooks.codebook import Codebook
from synth_assets.drafting.codebooks.registry import FORMATS
from synth_assets.drafting.contract import draft_contract
from synth_assets.errors import UsageError
from synth_assets.ledger import Source
from synth_assets.privacy import PrivacyUnit

types = st.sampled_from(["int64", "double", "text", "bool", "date32[day]", "timestamp[us]", "decimal128(5, 2)", "null"])
texts = st.text(max_size=12) | st.sampled_from(["0", "-1.5", "nan", "2020-01-01", "TODO: x", "a: b", "- x", "1e400"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
FIELD = ("type", "constraints", "categories", "missingValues", "description", "dataType", "minValue", "references")
fields = st.fixed_dictionaries({"name": st.just("x") | texts}, optional=dict.fromkeys(FIELD, values))
ranges = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "enum", "required"), values)
)


def read(name: str, content: bytes) -> Codebook | None:
    with suppress(UsageError):
        return FORMATS[name].read("book", content)
    return None


def is_sound(codebook: Codebook, registered: str) -> None:
    """Draft every table; each question must be found again at its line, and nothing else may be a key."""
    for table, variables in codebook.tables.items():
        if not variables:
            continue
        names = dict.fromkeys(["x", *(variable.name for variable in variables)])
        source = Source(
            name="s",
            kind="parquet",
            location="",
            columns=tuple((name, registered) for name in names),
            unit=PrivacyUnit(),
            account="a",
            version="1",
        )
        draft = draft_contract(source, name="s", codebook=codebook, file="book", table=table)
        assert set(yaml.safe_load(draft.text)["attributes"]) == {"name", "purpose", "source", "privacy", "columns"}
        asked = [fault for fault in faults_of(draft.text, "f") if fault.message.startswith("is not answered yet")]
        assert len(asked) >= 3


@given(
    st.lists(fields | st.tuples(fields, ranges).map(lambda pair: {**pair[0], "constraints": pair[1]}), max_size=2),
    types,
)
def test_any_fields_in_json_are_read_or_refused(listed: list[Any], registered: str) -> None:
    documents = {"frictionless": {"fields": listed}, "croissant": {"recordSet": [{"@id": "t", "field": listed}]}}
    for name, whole in documents.items():
        codebook = read(name, json.dumps(whole).encode())
        if codebook is not None:
            is_sound(codebook, registered)


@given(st.lists(st.tuples(*[texts] * 5), max_size=3), types)
def test_any_lines_of_a_table_are_read_or_refused(lines: list[tuple[str, ...]], registered: str) -> None:
    text = "name,type,min,max,categories\n" + "".join(f"{','.join(cells)}\n" for cells in lines)
    codebook = read("csv", text.encode("utf-8", "replace"))
    if codebook is not None:
        is_sound(codebook, registered)


@given(st.lists(st.tuples(*[texts] * 4), max_size=3), types)
def test_any_variables_in_xml_are_read_or_refused(variables: list[tuple[str, ...]], registered: str) -> None:
    parts = [
        f"<var name={quoteattr(name)} dcml={quoteattr(low)}><valrng><range min={quoteattr(low)} max={quoteattr(high)}/>"
        f"</valrng><catgry missing='Y'><catValu>{escape(value)}</catValu></catgry><labl>{escape(value)}</labl></var>"
        for name, low, high, value in variables
    ]
    codebook = read("ddi", f"<codeBook>{''.join(parts)}</codeBook>".encode("utf-8", "replace"))
    if codebook is not None:
        is_sound(codebook, registered)


@given(st.sampled_from(list(FORMATS)), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    FORMATS[name].recognises("book", content)
    read(name, content)
