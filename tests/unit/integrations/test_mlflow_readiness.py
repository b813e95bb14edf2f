"""What MLflow will refuse is seen before, at once, and without an address in the message."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.integrations.mlflow_readiness import mlflow_findings
from synth_assets.ledger.doctor import Finding

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose SQLite store is migrated, with an experiment `people`."""
    root = tmp_path_factory.mktemp("mlflow")
    registry = MlflowRegistry(f"sqlite:///{root / 'mlflow.db'}", root=root)
    registry._experiment("people")
    return root


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that nobody listens on: it is bound, and never listened to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


def finding_of(root: Path, *, dataset: str = "people", url: str | None = None) -> Finding:
    (finding,) = mlflow_findings(dataset, url=url or f"sqlite:///{root / 'mlflow.db'}", root=root)
    assert finding.what == "MLflow"
    assert (finding.state == "good") == (not finding.hint)
    return finding


def test_a_store_that_can_be_opened_and_written_is_good(migrated: Path) -> None:
    assert finding_of(migrated).state == "good"
    assert finding_of(migrated, dataset="others").state == "good"


@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg", "mysql+pymysql"])
def test_a_server_that_does_not_answer_is_a_fault_without_its_address(
    tmp_path: Path, scheme: str, unused_port: int
) -> None:
    finding = finding_of(tmp_path, url=f"{scheme}://maria:secret@127.0.0.1:{unused_port}/x")
    assert finding.state == "fault"
    assert "MLFLOW_TRACKING_URI" in finding.hint
    assert not [word for word in ("secret", "maria", "127.0.0.1") if word in finding.detail + finding.hint]


def test_a_store_of_an_unknown_kind_is_a_fault(tmp_path: Path) -> None:
    assert finding_of(tmp_path, url="carrier-pigeon://x").state == "fault"


def test_a_file_that_is_not_a_database_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("no database at all, whoever looks at it\n" * 50)
    assert "mlflow.db cannot be written: file is not a database" in finding_of(tmp_path).detail


def test_a_folder_for_the_store_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    finding = finding_of(tmp_path, url=f"sqlite:///{tmp_path}/state/mlflow.db")
    assert "state is a file where a folder has to be" in finding.detail


def test_an_experiment_that_was_deleted_is_a_fault_with_the_command_that_brings_it_back(migrated: Path) -> None:
    registry = MlflowRegistry(f"sqlite:///{migrated / 'mlflow.db'}", root=migrated)
    number = registry._experiment("gone")
    registry._client.delete_experiment(number)
    finding = finding_of(migrated, dataset="gone")
    assert "was deleted" in finding.detail
    assert f"mlflow experiments restore --experiment-id {number}" in finding.hint


def test_artefacts_that_can_no_longer_be_written_are_a_fault(migrated: Path) -> None:
    registry = MlflowRegistry(f"sqlite:///{migrated / 'mlflow.db'}", root=migrated)
    registry._experiment("moved")
    folder = migrated / ".synth-assets" / "mlflow-artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "moved").write_text("")
    finding = finding_of(migrated, dataset="moved")
    assert "moved is a file where a folder has to be" in finding.detail
    assert "was the project moved?" in finding.hint
