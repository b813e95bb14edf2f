"""Codebooks as CSV: heads in several words, values with meanings, and refusals that name the line."""

import re

import pytest

from synth_assets.drafting.codebooks.codebook import Variable
from synth_assets.drafting.codebooks.table import TableFormat
from synth_assets.errors import UsageError


def read(text: str) -> tuple[Variable, ...]:
    (table,) = TableFormat().read("book.csv", text.encode()).tables.values()
    return table


def test_everything_that_a_line_says_is_read() -> None:
    (age,) = read(
        "name,type,min,max,categories,description,nullable,missing,decimals\n"
        "age,Int,0,110,,Age,yes,999 = unknown;-1,0\n"
    )
    assert age == Variable(
        name="age",
        kind="integer",
        minimum="0",
        maximum="110",
        description="Age",
        nullable=True,
        missing=("999", "-1"),
        labels={"999": "unknown"},
        decimals=0,
    )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_head_tells_what_stands_between_columns_and_other_columns_are_left_out(mark: str) -> None:
    assert [each.name for each in read(f"\ufeffVariable{mark}Who asked{mark}Minimum\nage{mark}Ann{mark}3\n")] == ["age"]
    assert read(f"Variable{mark}Who asked{mark}Minimum\nage{mark}Ann{mark}3\n")[0].minimum == "3"


@pytest.mark.parametrize(
    ("cell", "values", "labels"),
    [
        ("low; high", ("low", "high"), {}),
        ("a;b|c", ("a;b", "c"), {}),
        ("1 = male; 2=female", ("1", "2"), {"1": "male", "2": "female"}),
        ('"[""a;b"", 2]"', ("a;b", "2"), {}),
        ("<=50K; >50K; >=90K", ("<=50K", ">50K", ">=90K"), {}),
        ("[open", ("[open",), {}),
        ("", (), {}),
    ],
)
def test_categories_are_values_with_or_without_their_meaning(
    cell: str, values: tuple[str, ...], labels: dict[str, str]
) -> None:
    (variable,) = read(f"name,values\nx,{cell}\n")
    assert (variable.categories, dict(variable.labels)) == (values, labels)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no column `name` in its head"),
        (b"nme,type\nage,int\n", "has no column `name` in its head"),
        (b"name,variable\na,b\n", "has two columns for 'name'"),
        (b"name,type\n,int\n", "has a variable without a name in line 2"),
        (b"name,type\nage,\xff\n", "is not UTF-8 in line 2"),
        (b'name,type\nage,"a"b\n', "is not CSV in line 2"),
        (b"name,min\n" + b"x,1\n" * 10_001, "has more than 10,000 variables"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=f"codebook book.csv {words}"):
        TableFormat().read("book.csv", content)


def test_it_is_recognised_by_its_name() -> None:
    assert TableFormat().recognises("a.CSV", b"")
    assert not TableFormat().recognises("a.json", b"name,type")


def test_a_table_of_people_is_not_taken_for_a_codebook_and_none_of_it_is_quoted() -> None:
    for text, words in {
        "name,age,city\nJoan Roe,44,north\n": "says nothing of its variables",
        "name,label,age\nJoan Roe,Dr,44\nJohn Doe,Mr,43\nJoan Roe,Ms,9\n": "has a name twice",
    }.items():
        with pytest.raises(UsageError, match=words) as refused:
            read(text)
        assert not re.search("Roe|Doe|44|north", str(refused.value))


def test_the_head_is_kept_as_it_stands() -> None:
    assert TableFormat().read("b.csv", b" Variable ;Min;Who asked\na;1;Ann\n").head == ("Variable", "Min", "Who asked")
