"""``compare``: a line per kind, who is told from whom, the same as JSON, and runs in MLflow."""

import json

import mlflow
import pytest
from kit.project import Project, command
from toy_generator import toy, toy_package

from synth_assets.errors import UsageError

__all__ = ["toy", "toy_package"]

pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_it_prints_kinds_side_by_side_and_records_them(
    finished: Project, toy: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{finished.root / 'compared.db'}")
    before = sorted(path.name for path in finished.workspace.generators("people").iterdir())
    assert command("compare", "defs/people", "--kinds", "toy, mixture", "--record") == 0
    shown = capsys.readouterr()
    assert [line.split()[0] for line in shown.out.splitlines()[1:3]] == ["mixture", "toy"]
    assert "How well a classifier tells" in shown.out
    assert "MLflow's experiment people-comparison" in shown.err
    client = mlflow.MlflowClient(finished.workspace.mlflow_url)
    experiment = client.get_experiment_by_name("people-comparison")
    runs = {run.data.params["kind"]: run.data.metrics for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {"mixture", "toy"}
    assert runs["mixture"]["surely"] < runs["toy"]["surely"]
    assert runs["mixture"]["told_from.toy"] == runs["toy"]["told_from.mixture"]

    assert command("compare", "defs/people", "--kinds", "toy,mixture", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert [one["fit_seconds"] for one in printed["kinds"]] == [None, None]
    assert printed["told_apart"][0]["kinds"] == ["toy", "mixture"]
    assert sorted(path.name for path in finished.workspace.generators("people").iterdir()) == before


def test_an_unknown_kind_is_refused(finished: Project) -> None:
    with pytest.raises(UsageError, match="nobody"):
        command("compare", "defs/people", "--kinds", "nobody")


def test_it_fails_if_no_kind_could_be_fitted(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("compare", "defs/people", "--kinds", "mixture", "--device", "moon", "--seed", "3") == 1
    assert "torch has no device 'moon' here" in capsys.readouterr().out
