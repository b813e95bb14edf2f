"""Ids in SQL are those of ``source.identity``; for any rows that is held in tests/properties."""

import sqlite3
from contextlib import closing

import pyarrow as pa
import pytest

from synth_assets.source.identity import unit_ids
from synth_assets.source.sql.expressions import column, text
from synth_assets.source.sql.units import ID_BLANKS, canonical, digits_of, stripped

IDS = ["u", " u\t", "7", "7.0", "-0", "-7.0", "007", "9007199254740992.0", "1-.0", ".0", "", "x.0",
       "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A1"]  # fmt: skip


@pytest.mark.parametrize("name", IDS)
def test_an_id_is_the_one_that_the_kernel_makes(name: str) -> None:
    first = stripped(text(name), "text").sql("sqlite")
    rest = canonical(column("s"), column("d")).sql("sqlite"), digits_of(column("s")).sql("sqlite")
    query = f"SELECT {rest[0]} FROM (SELECT s, {rest[1]} AS d FROM (SELECT {first} AS s))"  # noqa: S608 - made of constants
    with closing(sqlite3.connect(":memory:")) as connection:
        ((found,),) = connection.execute(query, {"id_blanks": ID_BLANKS}).fetchall()
    names, places = unit_ids(pa.array([name]))
    expected = names[places[0]]
    assert found == (None if expected is None else expected.decode())
