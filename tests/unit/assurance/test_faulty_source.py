"""A source that fails on purpose does so only when it is asked to; see tests/integration/test_measurement_leaks.py."""

from pathlib import Path

import pytest

from synth_assets.assurance.faulty_source import FAULT, ROWS, rows


def test_it_has_its_rows_until_a_fault_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ROWS).write_text('a,b\n1,"x, y"\n,z\n')
    assert rows(str(tmp_path)).to_pylist() == [{"a": "1", "b": "x, y"}, {"a": "", "b": "z"}]
    (tmp_path / FAULT).write_text("raise kanari of two words")
    monkeypatch.chdir(tmp_path)
    with pytest.warns(UserWarning, match="kanari"), pytest.raises(ValueError, match="kanari of two words"):
        rows(str(tmp_path))
    assert (tmp_path / "kanari of two words.tmp").is_file()
