"""A glob finds files, and reveals nothing of whose they are."""

from pathlib import Path

from synth_assets.source.kinds.files import files_of, folder_of


def test_a_glob_finds_files_in_folders_and_no_folders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b.csv").mkdir(parents=True)
    (tmp_path / "a" / "c.csv").touch()
    assert files_of(str(tmp_path / "**" / "*.csv")) == [tmp_path / "a" / "c.csv"]


def test_the_folder_of_a_glob_is_what_stands_before_its_first_sign() -> None:
    assert folder_of("/a/b*/c/*.csv") == Path("/a")
    assert folder_of("/a/b/**/*.csv") == Path("/a/b")
    assert folder_of("/a/b.csv") is None
