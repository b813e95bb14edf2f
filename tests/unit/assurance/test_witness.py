"""The made-up source notes what the ledger held when it was read, and nothing is noted before."""

from pathlib import Path

from kit.project import Project

from synth_assets.assurance.witness import readings, rows


def test_each_reading_is_noted_with_what_the_ledger_held(project: Project, tmp_path: Path) -> None:
    notes = str(tmp_path / "notes")
    assert readings(notes) == []
    assert rows(project.workspace.ledger_url, notes).num_rows == 4
    project.reserve()
    rows(project.workspace.ledger_url, notes)
    before, after = readings(notes)
    assert before == ["ACCOUNT_OPENED", "SOURCE_ADDED"]
    assert after == [*before, "RESERVED"]
