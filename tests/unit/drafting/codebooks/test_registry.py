"""A codebook's format is recognised, or said."""

import os
from pathlib import Path

import pytest

from synth_assets.drafting.codebooks.registry import FORMATS, read_codebook
from synth_assets.errors import UsageError

SAME = {
    "a.csv": b"name,type,min,max\nage,integer,0,9\n",
    "a.json": b'{"fields": [{"name": "age", "type": "integer", "constraints": {"minimum": 0, "maximum": 9}}]}',
    "a.xml": b'<codeBook><dataDscr><var name="age"><valrng><range min="0" max="9"/></valrng>'
    b'<varFormat type="numeric"/></var></dataDscr></codeBook>',
    "croissant.json": b'{"recordSet": {"@id": "a", "field": {"name": "age", "dataType": "sc:Integer", "minValue": 0, '
    b'"maxValue": 9}}}',
}


@pytest.mark.parametrize("name", SAME)
def test_every_format_is_recognised_and_says_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SAME[name])
    ((age,),) = read_codebook(tmp_path / name).tables.values()
    assert (age.name, age.minimum, age.maximum) == ("age", "0", "9")


def test_every_format_has_an_example_here() -> None:
    recognised = [next(each.name for each in FORMATS.values() if each.recognises(*pair)) for pair in SAME.items()]
    assert sorted(recognised) == sorted(FORMATS)


def test_a_format_that_is_said_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(SAME["a.csv"])
    with pytest.raises(UsageError, match=r"codebook a.txt is of no format that is known here\n  hint: .*ddi: a DDI"):
        read_codebook(tmp_path / "a.txt")
    assert list(read_codebook(tmp_path / "a.txt", kind="csv").tables) == ["a"]


def test_what_cannot_be_read_is_refused_in_words_about_codebooks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "large.csv").write_bytes(b"x" * (33 << 20))
    for name, words in (("none.csv", "missing"), ("pipe.csv", "not a regular file"), ("large.csv", "more than")):
        with pytest.raises(UsageError, match=rf"codebook {name} cannot be read: .*{words}.*\n  hint: give a regular"):
            read_codebook(tmp_path / name)


def test_a_link_to_a_codebook_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(SAME["a.csv"])
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    assert read_codebook(tmp_path / "link.csv").tables
