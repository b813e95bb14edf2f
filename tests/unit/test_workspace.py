"""One place knows the folders, and the private ones belong to their owner alone."""

from pathlib import Path

import pytest

from synth_assets.workspace import Workspace, make_folder


def test_the_current_workspace_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Workspace.current().root == tmp_path.resolve()


@pytest.mark.parametrize("kind", [Path, str])
def test_a_relative_root_names_the_same_folders_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type
) -> None:
    for name in ("SYNTH_ASSETS_LEDGER", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    workspace = Workspace(root=kind("project"))
    assert workspace == Workspace(root=tmp_path / "project")
    monkeypatch.chdir(tmp_path / "elsewhere")  # as the measuring process does
    assert workspace.root == tmp_path / "project"
    assert workspace.ledger_url == f"sqlite:///{tmp_path}/project/.synth-assets/ledger.db"
    assert workspace.private == tmp_path / "project" / ".synth-assets" / "private"


def test_a_variable_names_another_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    assert Workspace.current().root == tmp_path.resolve()


@pytest.mark.parametrize("room", ["private", "curator"])
def test_the_private_zone_is_readable_by_its_owner_alone(workspace: Workspace, room: str) -> None:
    folder = workspace.root / ".synth-assets" / room
    folder.mkdir(parents=True, mode=0o755)
    assert getattr(workspace, room) == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_asking_for_a_public_folder_makes_nothing(workspace: Workspace) -> None:
    folders = [workspace.releases, workspace.generators("d"), workspace.candidates("d"), workspace.promoted("d")]
    assert [folder.relative_to(workspace.root).as_posix() for folder in folders] == [
        "data/releases",
        "data/generators/d",
        "data/candidates/d",
        "data/promoted/d",
    ]
    assert list(workspace.root.iterdir()) == []


def test_what_dagster_and_mlflow_keep_lies_in_the_state_folder(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    folders = [workspace.dagster_home, workspace.mlflow_artifacts, workspace.mlflow_lock]
    assert [path.relative_to(workspace.state).as_posix() for path in folders] == [
        "dagster",
        "mlflow-artifacts",
        "mlflow.lock",
    ]
    monkeypatch.setenv("DAGSTER_HOME", "/srv/dagster")
    assert workspace.dagster_home == Path("/srv/dagster")


def test_copies_of_a_release_are_those_in_the_bundles_of_versions(workspace: Workspace) -> None:
    copy = workspace.promoted("d") / "versions" / "v" / "bundle" / "release" / "r"
    copy.mkdir(parents=True)
    (copy.parent / "other").mkdir()
    assert list(workspace.release_copies("r")) == [copy]
    assert workspace.working_copy("d") == workspace.promoted("d") / "version"


def test_ledger_and_mlflow_are_sqlite_files_of_the_state_folder(workspace: Workspace) -> None:
    assert workspace.ledger_url == f"sqlite:///{workspace.state / 'ledger.db'}"
    assert workspace.mlflow_url == f"sqlite:///{workspace.state / 'mlflow.db'}"


def test_variables_name_other_databases(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", "postgresql://h/l")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://h:5000")
    assert (workspace.ledger_url, workspace.mlflow_url) == ("postgresql://h/l", "http://h:5000")


def test_a_relative_sqlite_file_lies_below_the_root(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", "sqlite:///team/ledger.db")
    assert workspace.ledger_url == f"sqlite:///{workspace.root}/team/ledger.db"


@pytest.mark.parametrize("url", ["sqlite:////srv/ledger.db", "sqlite:///:memory:", "postgresql+psycopg://h/l"])
def test_other_addresses_are_left_as_they_are(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", url)
    assert workspace.ledger_url == url


@pytest.mark.parametrize("inside", [".synth-assets", ".synth-assets/dagster", ".synth-assets/private/journal/r"])
def test_a_state_folder_is_ignored_by_git(tmp_path: Path, inside: str) -> None:
    assert make_folder(tmp_path / inside) == tmp_path / inside
    assert (tmp_path / ".synth-assets" / ".gitignore").read_text() == "*\n"
    assert {path.name for path in (tmp_path / ".synth-assets").iterdir()} <= {".gitignore", "dagster", "private"}


def test_other_folders_are_made_without_an_ignore_file(tmp_path: Path) -> None:
    make_folder(tmp_path / "data" / "releases")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_person_wrote_for_git_stays(tmp_path: Path) -> None:
    make_folder(tmp_path / ".synth-assets")
    (tmp_path / ".synth-assets" / ".gitignore").write_text("private\n")
    make_folder(tmp_path / ".synth-assets")
    assert (tmp_path / ".synth-assets" / ".gitignore").read_text() == "private\n"


def test_private_and_curator_bring_the_ignore_file_with_them(workspace: Workspace) -> None:
    assert workspace.private.is_dir()
    assert (workspace.state / ".gitignore").is_file()


def test_scratch_is_in_the_private_zone_or_where_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(root=tmp_path)
    monkeypatch.delenv("SYNTH_ASSETS_SCRATCH", raising=False)
    assert workspace.scratch == workspace.private
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    for said in (str(shared), "shared"):
        monkeypatch.setenv("SYNTH_ASSETS_SCRATCH", said)
        assert workspace.scratch == shared
    assert shared.stat().st_mode & 0o777 == 0o755


def test_rows_are_counted_here_unless_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_WORKERS", raising=False)
    assert Workspace(root=tmp_path).counted_by == "local"
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", "processes:2")
    assert Workspace(root=tmp_path).counted_by == "processes:2"
    assert Workspace(root=tmp_path, workers="local").counted_by == "local"


@pytest.mark.parametrize(
    ("address", "url"),
    [("https://pages.example/x/", "https://pages.example/x"), ("file:///x", None), ("javascript:alert(1)", None)],
)
def test_pages_are_where_a_browser_can_follow_a_link(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, address: str, url: str | None
) -> None:
    assert workspace.pages_url is None
    monkeypatch.setenv("SYNTH_ASSETS_PAGES", address)
    assert workspace.pages_url == url
