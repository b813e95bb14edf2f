"""SQLite gets the functions that it lacks, and literals that it reads exactly."""

import hashlib
from pathlib import Path

from warehouses import SqliteFile

from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.flavours.sqlite import Sqlite


def test_literals_are_the_doubles_that_are_meant() -> None:
    assert Sqlite().double(0.1).sql("sqlite") == "DOUBLE_OF('0x1.999999999999ap-4')"


def test_it_has_the_functions_that_statements_call(tmp_path: Path) -> None:
    made = SqliteFile(tmp_path)
    made.fill({"name": "text"}, [])
    query = "SELECT SHA256(CAST('a' AS BLOB)), SHA256(NULL), UTF8_OF(x'61ff'), DOUBLE_OF('0x1p-4'), FLOOR_OF(-0.5)"
    with Snapshot(made.location) as snapshot:
        ((row,),) = snapshot.text_rows(query, {})
    assert tuple(row) == (hashlib.sha256(b"a").hexdigest(), None, "a\ufffd", 0.0625, -1.0)
