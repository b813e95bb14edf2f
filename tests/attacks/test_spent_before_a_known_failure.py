"""The budget is spent, and then the run fails because of something that could have been known before.

A missing DVC repository, an MLflow that does not answer, a full disk, a folder that cannot be written, a suite from
which checks cannot be built: promotion fails in each case, and the charge for the release is never refunded.
Everything that is needed later is checked before a reservation is made, and everything that is missing is reported
at once.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from kit.project import Project, command

from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import SynthAssetsError
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.ledger import open_ledger
from synth_assets.privacy import PrivacyLoss
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

_NOTHING = PrivacyLoss(nano_rho=0)
_STRANGE = {"type": "expect_colum_to_exist", "kwargs": {"column": "age"}, "meta": {"check": "strange"}}


def _without_dvc(root: Path) -> None:
    shutil.rmtree(root / ".dvc")


def _with_a_broken_dvc_config(root: Path) -> None:
    (root / ".dvc" / "config").write_text("[core\n")


def _with_a_broken_dvc_yaml(root: Path) -> None:
    (root / "dvc.yaml").write_text("stages: [\n")


def _with_data_that_dvc_tracks_already(root: Path) -> None:
    (root / "data").mkdir()
    (root / "data.dvc").write_text("outs:\n- md5: d751713988987e9331980363e24189ce.dir\n  path: data\n")


def _without_a_folder_for_data(root: Path) -> None:
    (root / "data").write_text("a file is here")


def _without_a_folder_for_versions(root: Path) -> None:
    (root / "data").mkdir()
    (root / "data" / "promoted").write_text("a file is here")


def _without_a_private_zone(root: Path) -> None:
    shutil.rmtree(root / ".synth-assets" / "private", ignore_errors=True)
    (root / ".synth-assets" / "private").write_text("a file is here")


def _without_expectations(root: Path) -> None:
    shutil.rmtree(root / "expectations")


def _with_an_unknown_check(root: Path) -> None:
    path = root / "expectations" / "people.json"
    suite = json.loads(path.read_text())
    suite["expectations"].append(_STRANGE)
    path.write_text(json.dumps(suite))


def _with_a_broken_suite(root: Path) -> None:
    (root / "expectations" / "people.json").write_text("[")


def _under_a_name_that_dvc_cannot_find(root: Path) -> None:
    (root / "dvc.yaml").unlink()
    (root / "defs" / "people" / "defs.yaml").rename(root / "defs" / "people" / "people.yaml")


_CHAIN: dict[str, tuple[Callable[[Path], None], str]] = {
    "no DVC repository": (_without_dvc, "dvc init"),
    "a broken DVC config": (_with_a_broken_dvc_config, "DVC"),
    "a broken dvc.yaml": (_with_a_broken_dvc_yaml, "dvc.yaml"),
    "data that DVC tracks already": (_with_data_that_dvc_tracks_already, "data.dvc"),
    "no folder for data": (_without_a_folder_for_data, "data"),
    "no folder for versions": (_without_a_folder_for_versions, "data/promoted"),
    "no private zone": (_without_a_private_zone, ".synth-assets"),
    "no expectations": (_without_expectations, "contract suite --write"),
    "an unknown check": (_with_an_unknown_check, "expect_colum_to_exist"),
    "a broken suite": (_with_a_broken_suite, "people.json"),
    "a contract that DVC cannot find": (_under_a_name_that_dvc_cannot_find, "defs.yaml"),
}


def _charged() -> tuple[PrivacyLoss, PrivacyLoss]:
    balance = open_ledger(Workspace.current().ledger_url).balance("town")
    return balance.spent, balance.reserved


def _refused(*arguments: str) -> SynthAssetsError:
    """Run a command that must be refused; nothing may have been charged, whatever it raises."""
    try:
        with pytest.raises(SynthAssetsError) as refused:
            command(*arguments)
    finally:
        assert _charged() == (_NOTHING, _NOTHING), "the budget was spent before a failure that could have been known"
    return refused.value


@pytest.mark.parametrize(("spoil", "words"), _CHAIN.values(), ids=_CHAIN)
def test_run_refuses_what_promotion_will_fail_on_before_it_spends(
    project: Project, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(project.root)
    folder = next((project.root / "defs" / "people").iterdir())
    message = str(_refused("run", str(folder)))
    assert words in message
    assert "hint: " in message


def test_run_refuses_an_mlflow_that_does_not_answer_before_it_spends(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    message = str(_refused("run", "defs/people"))
    assert "MLflow" in message
    assert "hint: " in message


def test_all_that_is_missing_is_reported_at_once(project: Project) -> None:
    _without_dvc(project.root)
    _without_a_folder_for_versions(project.root)
    _without_expectations(project.root)
    message = str(_refused("run", "defs/people"))
    assert {word for word in ("dvc init", "data/promoted", "contract suite --write") if word in message} == {
        "dvc init",
        "data/promoted",
        "contract suite --write",
    }


def test_a_table_that_no_disk_holds_is_refused_before_it_is_paid(project: Project) -> None:
    """Ten thousand million rows; without the check the release is paid, and rows are written until the disk is full."""
    file = project.definition
    wide = "".join(f"    wide_{number}: age * 1.5\n" for number in range(99))  # 24 TB, in three copies
    text = file.read_text().replace("rows: 400", "rows: 10000000000").replace("  derived:\n", f"  derived:\n{wide}")
    file.write_text(text)
    command("contract", "suite", "--write", "defs/people")
    arguments = [sys.executable, "-m", "synth_assets", "run", "defs/people"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if line.strip() == "people/generator":  # the release is paid
                process.kill()
    assert _charged() == (_NOTHING, _NOTHING), "the budget was spent before a failure that could have been known"
    assert process.returncode == 1
    assert "disk" in "".join(lines)


def test_the_release_asset_alone_is_refused_with_the_command_that_helps_also_where_errors_are_redacted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_dvc(project.root)
    monkeypatch.setenv("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
    contract = read_contract(project.definition)
    job = build_dataset(contract, root=project.root).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.get() as instance:
        try:
            with pytest.raises(SynthAssetsError, match="dvc init"):
                job.execute_in_process(asset_selection=[asset_key("people", "release")], instance=instance)
        finally:
            assert _charged() == (_NOTHING, _NOTHING), (
                "the budget was spent before a failure that could have been known"
            )
        (run,) = instance.get_runs(limit=1)
        logged = [entry.user_message for entry in instance.all_logs(run.run_id)]
    assert any("dvc init" in message for message in logged)


@pytest.mark.parametrize("spoil", [_without_a_folder_for_data, _without_a_private_zone], ids=["data", "private zone"])
def test_synthesize_refuses_what_it_cannot_write_before_it_spends(
    project: Project, spoil: Callable[[Path], None]
) -> None:
    spoil(project.root)
    assert "hint: " in str(_refused("synthesize", "defs/people", "--out", "out"))


def test_synthesize_refuses_an_output_that_cannot_be_written_before_it_spends(project: Project) -> None:
    (project.root / "out").write_text("a file is here")
    assert "out" in str(_refused("synthesize", "defs/people", "--out", "out/people"))


def test_synthesize_needs_no_dvc_no_mlflow_and_no_suite(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_dvc(project.root)
    _without_expectations(project.root)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    command("synthesize", "defs/people", "--out", "out")
    assert list((project.root / "out").glob("part-*.parquet"))
