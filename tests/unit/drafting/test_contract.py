"""A drafted contract: every question is refused at its line, and nothing of a codebook can become a key."""

import json
from typing import Any

import pytest
import yaml

from synth_assets.contract.yaml_file import faults_of, parse_contract
from synth_assets.drafting.codebooks.codebook import Codebook, Variable
from synth_assets.drafting.contract import Draft, draft_contract
from synth_assets.ledger import Source, Split
from synth_assets.privacy import PrivacyUnit

COLUMNS = (("person", "text"), ("age", "int64"), ("city", "text"), ("tags", "list<item: string>"))
BOOK = Codebook(
    title="Town book",
    tables={
        "census": (
            Variable(name="age", minimum="0", maximum="99", nullable=False, description="Age"),
            Variable(name="city", categories=("north", "yes", "a: b # c", "1"), nullable=True),
            Variable(name="shoe"),
        )
    },
)


def source(*columns: tuple[str, str], kind: str = "parquet", unit: str | None = "person") -> Source:
    return Source(
        name="census",
        kind=kind,
        location="/never/looked/at",
        columns=columns or COLUMNS,
        unit=PrivacyUnit(column=unit, max_rows=3 if unit else 1),
        account="town",
        version="2026-11",
    )


def drafted(**given: Any) -> Draft:
    return draft_contract(given.pop("registered", source()), name="people", **given)


def answered(text: str) -> str:
    for question, answer in {
        "say what the synthetic table is for": "tests",
        "a number, such as 1.0": "1.0",
        "a number well below": "1.0e-7",
    }.items():
        (line,) = [line for line in text.splitlines() if f"TODO: {question}" in line]
        text = text.replace(line, f"{line.split(':')[0]}: {answer}")
    return text


def test_without_a_codebook_every_unknown_is_asked_and_refused_at_its_line() -> None:
    draft = drafted()
    faults = list(faults_of(draft.text, "defs.yaml"))
    lines = draft.text.splitlines()
    assert len(faults) == draft.questions == 10
    assert all(fault.message.startswith("is not answered yet: ") for fault in faults)
    assert all("TODO: " in lines[fault.line - 1] for fault in faults)
    assert (draft.columns, draft.described) == (2, 0)


def test_what_the_codebook_says_is_written_exactly_and_names_it() -> None:
    draft = drafted(codebook=BOOK, file="town.csv", account="has enough", split=Split(share_ppm=200_000, key_digest=""))
    contract = parse_contract(answered(draft.text), "defs.yaml")
    age, city = contract.columns.values()
    assert (age.column("age").size, age.description, age.domain_source) == (100, "Age", "Town book (town.csv)")
    assert city.column("city").categories == ("north", "yes", "a: b # c", "1")
    assert contract.unit() == PrivacyUnit(column="person", max_rows=3)
    assert contract.privacy.holdout == 0.2
    assert (draft.questions, draft.columns, draft.described) == (3, 2, 2)


def test_what_is_left_out_is_said() -> None:
    text = drafted(codebook=BOOK, file="town.csv", account="Account town has rho 1 left.").text
    for words in (
        "# person is left out: it names the privacy unit",
        "# tags is left out: it is registered as list<item: string>, which cannot be measured.",
        "# The codebook also describes shoe; the source has no such column.",
        "# Account town has rho 1 left.",
        "source census and the codebook town.csv.",
    ):
        assert words in text
    assert "/never/looked/at" not in text


def test_a_source_of_rows_without_types_says_so_once() -> None:
    text = drafted(registered=source(("a", "text"), ("b", "text"), kind="csv", unit=None)).text
    assert text.count("have no types of their own") == 1
    assert "    unit: rows\n" in text


ODD = 'c: "d" #'
HOSTILE = 'x"\n  rows: 7 # \u202e\x1b[2K\r\n- {a: "TODO: never"}'


def test_no_text_of_a_codebook_or_a_name_can_add_a_key_or_an_unseen_character() -> None:
    book = Codebook(
        title=HOSTILE,
        tables={
            HOSTILE: (
                Variable(
                    name="age",
                    minimum=HOSTILE,
                    maximum="9",
                    description=HOSTILE,
                    labels={HOSTILE: HOSTILE},
                    missing=(HOSTILE,),
                ),
                Variable(name=ODD, categories=(HOSTILE, "!!python/object:os.system", "*a", "- b"), nullable=True),
                Variable(name=HOSTILE),
            )
        },
        remarks=(HOSTILE,),
    )
    registered = source(("age", "int64"), (ODD, "text"), unit=None)
    text = drafted(registered=registered, codebook=book, file=HOSTILE).text
    attributes = yaml.safe_load(text)["attributes"]
    assert set(attributes) == {"name", "purpose", "source", "privacy", "columns"}
    assert set(attributes["columns"]) == {"age", ODD}
    assert attributes["columns"]["age"]["null_tokens"] == [HOSTILE]
    assert attributes["columns"][ODD]["categories"] == [HOSTILE, "!!python/object:os.system", "*a", "- b"]
    assert [letter for letter in text if letter != "\n" and not letter.isprintable()] == []


def test_a_long_list_stands_line_by_line() -> None:
    book = Codebook(title="b", tables={"t": (Variable(name="city", categories=tuple(f"city {n}" for n in range(40))),)})
    text = drafted(codebook=book, file="b.csv").text
    assert "      categories:\n        - city 0\n        - city 1\n" in text


@pytest.mark.parametrize(
    "name", ["a b", "x:y", "yes", "12", "1.5", "null", "-", "a#b", "~", "2020-01-01", "0x1", '"', "ß"]
)
def test_a_name_that_yaml_could_take_for_something_else_stands_in_quotes(name: str) -> None:
    text = drafted(registered=source((name, "text"), ("plain_1", "text"), unit=None)).text
    assert f"    {json.dumps(name, ensure_ascii=False)}:\n" in text
    assert "    plain_1:\n" in text
    assert list(yaml.safe_load(text)["attributes"]["columns"]) == [name, "plain_1"]


def test_an_editor_finds_the_schema_in_the_first_line() -> None:
    assert drafted(schema="../c.json").text.startswith("# yaml-language-server: $schema=../c.json\n")
