"""What somebody else wrote is read within limits, and links, pipes and devices are not."""

import json
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets import reading
from synth_assets.errors import IntegrityError
from synth_assets.reading import parse_json, parse_lines, read_file, read_json

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_json_is_what_the_standard_library_reads(value: object) -> None:
    text = json.dumps(value)
    assert parse_json(text, name="x") == parse_json(text.encode(), name="x") == json.loads(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1, "a": 2}', "a key twice"),
        ('[{"b": {"a": 1, "a": 1}}]', "a key twice"),
        ("[NaN]", "not JSON within"),
        ("[-Infinity]", "not JSON within"),
        ("[1e999]", "not JSON within"),
        ("9" * 41, "not JSON within"),
        ("9" * 5000, "not JSON within"),
        ("[" * 65 + "]" * 65, "nested too deeply"),
        ("[" * 100_000, "nested too deeply|not JSON within"),
        ('{"a":' * 100_000, "nested too deeply|not JSON within"),
        ("[" * 3000 + "]" * 3000, "nested too deeply"),
        ("[1, 2", "not JSON within"),
        ("", "not JSON within"),
    ],
)
def test_what_breaks_a_limit_is_refused(text: str, fault: str) -> None:
    with pytest.raises(IntegrityError, match=fault) as caught:
        parse_json(text, name="x.json")
    assert caught.value.hint


def test_what_lies_just_within_the_limits_is_read() -> None:
    assert parse_json("[" * 64 + "]" * 64, name="x")
    assert parse_json("9" * 40, name="x") == int("9" * 40)
    assert parse_json(f'{{"a": "{"9" * 60}", "b": {"9" * 40}}}', name="x")["a"] == "9" * 60


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    for content in (b'"\xff"', '"é"'.encode("utf-16")):
        with pytest.raises(IntegrityError, match="not JSON within"):
            parse_json(content, name="x")


def test_too_many_values_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_VALUES", 10)
    with pytest.raises(IntegrityError, match="too many values"):
        parse_json("[1,2,3,4,5,6,7,8,9,10,11]", name="x")
    with pytest.raises(IntegrityError, match="more than 5 bytes"):
        parse_json("[1, 2]", name="x", most=5)


def test_lines_have_limits_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_lines(b'{"a":1}\n\n[2]\n', name="x") == [{"a": 1}, [2]]
    monkeypatch.setattr(reading, "_LONGEST_LINE", 5)
    with pytest.raises(IntegrityError, match="more than 5 bytes"):
        parse_lines(b'{"a":1}\n', name="x")
    monkeypatch.setattr(reading, "_MOST_LINES", 2)
    with pytest.raises(IntegrityError, match="too many lines"):
        parse_lines(b"1\n2\n3\n", name="x")


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[1, 2]")
    assert read_json(path) == [1, 2]
    assert read_file(path, most=6) == b"[1, 2]"
    with pytest.raises(IntegrityError, match="more than 5 bytes"):
        read_file(path, most=5)


def test_what_is_not_a_regular_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    (tmp_path / "target").write_text("1")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket")
        for name in ("link", "pipe", "folder", "socket", "missing", "a\0b"):
            with pytest.raises(IntegrityError, match=r"cannot be read|not a regular file"):
                read_file(tmp_path / name)
    with pytest.raises(IntegrityError, match="not a regular file"):
        read_file(Path("/dev/zero"))
