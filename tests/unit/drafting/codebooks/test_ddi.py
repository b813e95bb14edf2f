"""DDI: declared ranges and categories are read, statistics of the rows are not."""

import pytest

from synth_assets.drafting.codebooks.codebook import Codebook
from synth_assets.drafting.codebooks.ddi import DdiFormat
from synth_assets.errors import UsageError

AGE = """
<var ID="V1" name="age" intrvl="contin" dcml="0">
  <location fileid="F1"/><labl>Age of
     respondent</labl>
  <valrng><range min="18" max="89"/></valrng>
  <invalrng><item VALUE="98"/></invalrng>
  <sumStat type="min">19</sumStat><sumStat type="max">87</sumStat>
  <catgry><catValu>18</catValu><labl>18 years</labl></catgry>
  <catgry><catValu>89</catValu><labl>89 or older</labl></catgry>
  <catgry missing="Y"><catValu>99</catValu><labl>No answer</labl><catStat type="freq">77</catStat></catgry>
  <varFormat type="numeric"/>
</var>"""
HAPPY = """
<var ID="V2" name="happy" nature="nominal" files="F1 F2">
  <catgry><catValu>1</catValu><labl>Very</labl><catStat type="freq">4321</catStat></catgry>
  <catgry><catValu>2</catValu><labl>Not</labl></catgry>
</var>"""
OTHERS = """
<var ID="V3" name="rate"><location fileid="F2"/><valrng><range min="0.5" maxExclusive="2"/></valrng>
  <varFormat type="numeric"/></var>
<var ID="V4" name="seen"><location fileid="F2"/><varFormat type="character" category="date"/></var>
<var ID="V5" name="wave"><location fileid="F2"/><valrng><item VALUE="1994"/><item VALUE="1996"/></valrng></var>
<var ID="V6" name="name"><location fileid="F2"/><varFormat type="character"/></var>
<var ID="V7"><location fileid="F2"/><valrng><range min="0" max="1"/><range min="5" max="6"/></valrng></var>"""
TITLE = "<stdyDscr><citation><titlStmt><titl>General Survey</titl></titlStmt></citation></stdyDscr>"
FILES = '<fileDscr ID="F1"><fileTxt><fileName>persons</fileName></fileTxt></fileDscr><fileDscr ID="F2"/>'


def read(variables: str) -> Codebook:
    text = f'<codeBook xmlns="ddi:codebook:2_5">{TITLE}{FILES}<dataDscr>{variables}</dataDscr></codeBook>'
    return DdiFormat().read("book.xml", text.encode())


def test_a_range_its_missing_values_and_their_meaning_are_read_and_labelled_ends_are_no_categories() -> None:
    (age,) = read(AGE).tables["persons"]
    assert (age.kind, age.minimum, age.maximum, age.categories) == ("integer", "18", "89", ())
    assert (age.missing, age.nullable, age.description) == (("99", "98"), True, "Age of respondent")
    assert age.labels["99"] == "No answer"


def test_statistics_of_the_rows_are_not_read_and_it_says_so() -> None:
    codebook = read(AGE + HAPPY)
    text = repr(codebook.tables)
    assert [figure for figure in ("19'", "87'", "77", "4321") if figure in text] == []
    assert codebook.remarks == (
        "it has statistics of the rows, which were not read: a domain is declared, never what occurs",
    )
    assert read(OTHERS).remarks == ()


def test_categories_kinds_and_files() -> None:
    codebook = read(AGE + HAPPY + OTHERS)
    assert codebook.title == "General Survey"
    assert [each.name for each in codebook.tables["persons"]] == ["age", "happy"]
    happy, rate, seen, wave, name, unnamed = codebook.tables["F2"]
    assert (happy.kind, happy.categories, happy.labels["2"]) == ("categorical", ("1", "2"), "Not")
    assert (rate.kind, rate.minimum, rate.maximum) == ("float", "0.5", "1")
    assert (seen.kind, name.kind) == ("date", "categorical")
    assert (wave.kind, wave.categories) == ("integer", ("1994", "1996"))
    assert (unnamed.name, unnamed.minimum, unnamed.maximum) == ("V7", "", "")


def test_a_list_of_all_values_in_a_range_is_one() -> None:
    both = '<var name="x"><valrng><range min="1" max="2"/></valrng><catgry><catValu>1</catValu></catgry>{}</var>'
    (some,) = read(both.format("")).tables["book"]
    (whole,) = read(both.format("<catgry><catValu>2</catValu></catgry>")).tables["book"]
    assert (some.categories, whole.categories) == ((), ("1", "2"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<codeBook/>", "describes no variable"),
        (b"<a><var/></a>", "describes no variable"),
        (b"<codeBook>", "cannot be read: it is not well-formed"),
        (b"<codeBook>" + b"<var/>" * 10_001 + b"</codeBook>", "has more than 10,000 variables"),
    ],
)
def test_what_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=f"codebook x.xml {words}"):
        DdiFormat().read("x.xml", content)


def test_it_is_recognised_by_its_name_or_its_root() -> None:
    assert DdiFormat().recognises("a.xml", b"")
    assert DdiFormat().recognises("a", b"<codeBook>")
    assert not DdiFormat().recognises("a.csv", b"name,type")
