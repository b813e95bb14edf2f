"""What a codebook says of a source: by names alone, and a private table in its place is refused without a quotation."""

import pytest

from synth_assets.drafting.codebooks.codebook import Codebook, Variable
from synth_assets.drafting.codebooks.table import TableFormat
from synth_assets.drafting.contract import draft_contract
from synth_assets.drafting.matching import matched, unmatched_words
from synth_assets.errors import UsageError
from synth_assets.ledger import Source
from synth_assets.privacy import PrivacyUnit

PEOPLE = ("Joan Roe", "John Doe", "Mary Major", "Richard Miles")


def source(*columns: str) -> Source:
    return Source(
        name="census",
        kind="parquet",
        location="",
        columns=tuple((name, "text") for name in columns),
        unit=PrivacyUnit(),
        account="town",
        version="1",
    )


CENSUS = source("name", "title", "age", "city")


def book(*names: str) -> Codebook:
    return Codebook(title="b", tables={"b": tuple(Variable(name=name) for name in names)})


def words(codebook: Codebook, registered: Source = CENSUS) -> list[str]:
    variables = matched(codebook, file="b.csv", source=registered, table=None)
    return list(unmatched_words(variables, source=registered, drafted=[name for name, _ in registered.columns]))


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("name,title,age,city", "has the source's own columns in its head"),
        ("name,label,age,city", "has the source's own columns in its head"),
        ("name,label,years,town", "describes no column of source 'census', which has name, title, age, city"),
    ],
)
def test_a_table_of_people_is_refused_and_nothing_of_it_is_quoted(head: str, why: str) -> None:
    lines = "".join(f"{name},Dr,4{position},Springfield\n" for position, name in enumerate(PEOPLE))
    codebook = TableFormat().read("people.csv", f"{head}\n{lines}".encode())
    with pytest.raises(UsageError, match=why) as refused:
        draft_contract(CENSUS, name="people", codebook=codebook, file="people.csv")
    assert "if this is the table itself, give it to no command" in refused.value.hint
    assert not any(part in str(refused.value) for name in (*PEOPLE, "Springfield", "Dr", "41") for part in name.split())


def test_rows_of_which_one_happens_to_be_called_as_a_column_are_not_shown() -> None:
    codebook = TableFormat().read("p.csv", "".join(f"{name},x\n" for name in ("name,label", *PEOPLE, "age")).encode()
                                  .replace(b"name,label,x", b"name,label"))  # fmt: skip
    text = draft_contract(CENSUS, name="people", codebook=codebook, file="p.csv").text
    assert "# Most variables of the codebook are no columns of the source." in text
    assert "# The codebook says nothing of name, title, city." in text
    assert not any(part in text for name in PEOPLE for part in name.split())


def test_what_matches_nothing_is_said_both_ways() -> None:
    assert words(book("name", "title", "age", "city")) == []
    assert words(book("name", "age", "Title", "shoe")) == [
        "The codebook also describes Title, shoe; the source has no such column.",
        "The codebook says nothing of title (is Title meant?), city.",
    ]
    assert words(book("name", "age", "title", "City ")) == [
        "The codebook also describes City; the source has no such column.",
        "The codebook says nothing of city (is City  meant?).".replace("  ", " "),
    ]


def test_a_codebook_that_has_a_word_of_the_source_in_its_head_is_still_one() -> None:
    codebook = TableFormat().read("b.csv", b"name,title,min,max\nage,Age,0,99\n")
    assert codebook.head[:2] == ("name", "title")
    assert matched(codebook, file="b.csv", source=CENSUS, table=None)["age"].maximum == "99"


def test_the_first_variable_of_a_name_counts() -> None:
    twice = Codebook(title="b", tables={"b": (Variable(name="age", maximum="1"), Variable(name="age", maximum="2"))})
    assert matched(twice, file="b", source=CENSUS, table=None)["age"].maximum == "1"


def test_of_several_tables_the_one_named_as_the_source_is_meant_or_the_one_that_is_said() -> None:
    several = Codebook(title="b", tables={"other": (Variable(name="city"),), "census": (Variable(name="age"),)})
    assert list(matched(several, file="b.csv", source=CENSUS, table=None)) == ["age"]
    assert list(matched(several, file="b.csv", source=CENSUS, table="other")) == ["city"]
    with pytest.raises(UsageError, match=r"has no table 'three'\n  hint: --table with one of: other, census"):
        matched(several, file="b.csv", source=CENSUS, table="three")
    unnamed = Codebook(title="b", tables={"one": (), "two": ()})
    with pytest.raises(UsageError, match=r"has no table 'census'"):
        matched(unnamed, file="b.csv", source=CENSUS, table=None)
