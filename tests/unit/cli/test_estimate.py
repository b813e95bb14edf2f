"""``estimate``: both answers with their intervals, for what was measured together and nothing else."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from kit.incomes import make_release
from kit.project import Project, command

import synth_assets
from synth_assets.cli.estimate import COVERAGE, _notes, _rows
from synth_assets.errors import UsageError
from synth_assets.generator import estimate
from synth_assets.release import load_release

_PAGE = Path(synth_assets.__file__).parent.parent / "docs" / "benchmarks.md"


def test_the_coverage_that_it_prints_is_that_of_the_benchmarks_page() -> None:
    section = _PAGE.read_text().split("## Intervals")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|") and " : " in line]
    figures = [[float(text) for text in row[2:6]] for row in rows[1:]]
    assert len(figures) >= 20
    released = [value for row in figures for value in row[:2]]
    assert (min(released), max(released)) == COVERAGE["released"]
    for kind, index in (("model", 2), ("real", 3)):
        coverage = [row[index] for row in figures]
        assert (min(coverage), max(coverage)) == COVERAGE[kind]


@pytest.mark.integration
def test_it_prints_both_estimates_and_what_they_cover(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("estimate", "defs/people", "city", "--share", "member", "--refits", "5")

    shown = capsys.readouterr()
    assert "share of `member` by city" in shown.out
    assert "released" in shown.out
    assert "synthetic" in shown.out
    assert "held the model's own truth in" in shown.out
    assert "not covered: who is in the table at all" in shown.out
    assert "refitted 5 of 5" in shown.err
    assert not list(finished.root.glob("data/estimates*"))


@pytest.mark.parametrize("shares", [False, True])
def test_no_count_is_negative_and_no_share_is_more_than_all(shares: bool) -> None:  # noqa: FBT001 - a parameter
    answer = estimate(make_release(scale=1.0), by=["region"], shares=shares)
    assert not any("noise takes some" in note for note in _notes(answer, refits=0, level=0.95))
    below, above = (
        replace(answer, released=replace(answer.released, estimate=sign * 1e6 + answer.released.estimate))
        for sign in (-1, 1)
    )
    assert {row["released"] for row in _rows(below)} == {0.0}
    assert not shares or {row["released"] for row in _rows(above)} == {1.0}
    assert any("noise takes some" in note for note in _notes(below, refits=0, level=0.95))


@pytest.mark.integration
def test_json_holds_the_released_tables_own_estimate(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("estimate", "defs/people", "city", "member", "--refits", "0", "--json")

    printed = json.loads(capsys.readouterr().out)
    counts, errors = load_release(finished.root / "data" / "releases" / printed["release"]).estimate(["city", "member"])
    assert [row["released"] for row in printed["rows"]] == pytest.approx(counts.ravel().tolist())
    assert [row["released_high"] for row in printed["rows"]] == pytest.approx(
        (counts + 1.959964 * errors).ravel().tolist()
    )
    assert printed["rows"][0]["city"] == "north"
    assert "synthetic" not in printed["rows"][0]
    assert (printed["level"], printed["refits"]) == (0.95, 0)


@pytest.mark.integration
def test_csv_is_the_same_for_the_same_seed(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for seed in ("1", "1", "2"):
        command("estimate", "defs/people", "member", "--mean", "age", "--refits", "5", "--seed", seed, "--csv")
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    rows = list(csv.DictReader(io.StringIO(texts[0])))
    assert [row["member"] for row in rows] == ["False", "True"]
    assert float(rows[0]["synthetic_low"]) < float(rows[0]["synthetic"]) < float(rows[0]["synthetic_high"])


@pytest.mark.integration
def test_what_was_not_measured_together_is_refused(finished: Project) -> None:
    with pytest.raises(UsageError, match="age, city, member were not measured together") as refused:
        command("estimate", "defs/people", "age", "city", "--where", "member")
    assert "age+city" in refused.value.hint


_KEPT = Path(synth_assets.__file__).parent.parent / "tests" / "data" / "version_of_format_2"


@pytest.mark.parametrize("part", ["", "bundle"])
def test_a_version_that_somebody_sent_answers_without_its_project(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    command("estimate", str(_KEPT / part), "smokes", "--refits", "0", "--json")
    printed = json.loads(capsys.readouterr().out)
    (folder,) = (_KEPT / "bundle" / "release").iterdir()
    ours = estimate(load_release(folder), by=["smokes"]).released
    assert [row["released"] for row in printed["rows"]] == ours.estimate.tolist()
    candidate = json.loads((_KEPT / "bundle" / "candidate.json").read_text())
    assert (printed["release"], printed["generator"]) == (folder.name, candidate["parents"]["generator"])


def test_a_derived_column_was_not_measured_and_is_named_with_what_it_is() -> None:
    for asked in (["smokes", "--where", "NOT old"], ["old"], ["smokes", "--share", "old AND smokes = 'yes'"]):
        with pytest.raises(UsageError, match="reads 'old', which is derived") as refused:
            command("estimate", str(_KEPT), *asked, "--refits", "0")
        assert refused.value.hint == "it is `age >= 7`: ask about the columns that it reads"


def test_a_version_is_asked_with_its_own_generator() -> None:
    with pytest.raises(UsageError, match="a version has one generator"):
        command("estimate", str(_KEPT), "smokes", "--generator", "0" * 12)


def test_refits_without_torch_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refit(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name="torch")

    monkeypatch.setattr("synth_assets.generator.estimate", refit)
    with pytest.raises(UsageError, match="takes torch, which is not installed; pip install synth-assets") as refused:
        command("estimate", str(_KEPT), "smokes")
    assert "--refits 0" in refused.value.hint
