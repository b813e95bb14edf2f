"""Tables that differ by one unit look the same from outside: exit, message, logs, entries, file names."""

import logging
from pathlib import Path

import pytest
from kit.people import HEADER, ROWS, make_contract
from kit.project import Project, make_project

pytestmark = pytest.mark.integration

UNIT = {"column": "person", "max_rows": 2}
NEIGHBOURS = {
    "nobody more": b"",
    "a null everywhere": b"new,,,\n",
    "out of every domain": b"new,999,atlantis,maybe\n",
    "the wrong kind": b"new,north,12,2020-01-01\n",
    "not a number and infinite": b"new,nan,inf,nan\nnew,-inf,nan,inf\n",
    "no text at all": b"new,\xff\xfe,\x00\xc3,\xff\n",
    "ragged, quoted, huge": b'new\n"new,7,north\nnew,7,"no""rth",1,2,3,4,5\n' + b"x" * 200_000 + b"\n",
    "many rows": b"new,3,south,1\n" * 1000,
    "no id": b",3,south,1\n",
}


def registered(root: Path, content: bytes) -> Project:
    return make_project(root, files={"a.csv": content}, contract=make_contract(unit=UNIT))


def seen_from_outside(project: Project) -> dict[str, object]:
    """Measure a table and return all that anybody outside can see, but the noise itself."""
    obtained = project.obtain()
    draws = project.ledger.draws(obtained.reservation.id)
    return {
        "reservation": (obtained.reservation.id, obtained.reservation.attempt, obtained.reused),
        # What later draws ask, and how many there are, depends on the noisy answers of the first.
        "entries": sorted({(entry.kind, *sorted(entry.payload)) for entry in project.ledger.entries()}),
        "first draw": draws[0].intent_digest,
        "names": project.public_names(),
        "statement": sorted(obtained.release.privacy),
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return seen_from_outside(registered(tmp_path_factory.mktemp("base"), (HEADER + ROWS).encode()))


@pytest.mark.slow
@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_unit_more_is_not_noticed(
    name: str,
    base: dict[str, object],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = registered(tmp_path, (HEADER + ROWS).encode() + NEIGHBOURS[name])
    capfd.readouterr()
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        assert seen_from_outside(table) == base
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


@pytest.mark.slow
@pytest.mark.parametrize("rows", [b"", ROWS.splitlines(keepends=True)[0].encode()], ids=["empty", "one row"])
def test_an_empty_source_and_one_row_look_the_same(
    rows: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = registered(tmp_path, HEADER.encode() + rows)
    obtained = project.obtain()
    assert obtained.release.total() < 100
    assert capfd.readouterr() == ("", "")
    assert len(obtained.release.marginals) >= 6
