"""Where a project keeps what: one place that knows the folders.

``data/`` holds artefacts that may be published, ``.synth-assets/`` holds state
of this installation, and ``.synth-assets/private/`` with ``.synth-assets/curator/``
is the private zone, readable by its owner alone. The state folder tells git
itself to leave it alone, because a project may lack a ``.gitignore`` of its own.

Example:
    >>> Workspace(root=Path("/p")).promoted("happiness").as_posix()
    '/p/data/promoted/happiness'
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["BUNDLE", "DATA", "LOCK", "STATE", "VERSIONS", "WORKING_COPY", "Workspace", "make_folder"]

STATE = ".synth-assets"
"""Name of the state folder."""
VERSIONS, WORKING_COPY, LOCK = "versions", "version", ".lock"
"""What a dataset's promoted folder holds beside ``current.json``: all versions, DVC's copy of the newest, a lock."""
BUNDLE, DATA = "bundle", "data"
"""The two folders of a version: its evidence and its Parquet files."""
_OWNER_ONLY = 0o700
_FOR_ALL = 0o777  # what the process's own mask leaves of it
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The folders of one project.

    Attributes:
        root: the project's folder, with ``expectations/`` and ``dvc.yaml`` in it. A relative one is made absolute
            at once, so that a process with another current folder finds the same ledger.
    """

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).absolute())

    @classmethod
    def current(cls) -> Self:
        """Return the workspace of ``SYNTH_ASSETS_ROOT``, or of the current folder."""
        return cls(root=Path(os.environ.get("SYNTH_ASSETS_ROOT") or Path.cwd()).resolve())

    @property
    def state(self) -> Path:
        """State of this installation."""
        return self.root / STATE

    @property
    def ledger_url(self) -> str:
        """Address of the ledger: ``SYNTH_ASSETS_LEDGER``, or a SQLite file in the state folder."""
        return self._address("SYNTH_ASSETS_LEDGER", file="ledger.db")

    @property
    def mlflow_url(self) -> str:
        """Address of the MLflow store: ``MLFLOW_TRACKING_URI``, or a SQLite file in the state folder."""
        return self._address("MLFLOW_TRACKING_URI", file="mlflow.db")

    @property
    def private(self) -> Path:
        """The private zone: journals and the measuring process's scratch."""
        return _owners(self.state / "private")

    @property
    def curator(self) -> Path:
        """What only the curator may read, such as the details of a failed measurement."""
        return _owners(self.state / "curator")

    @property
    def dagster_home(self) -> Path:
        """Dagster's home: ``DAGSTER_HOME``, or a folder of the state folder."""
        return Path(os.environ.get("DAGSTER_HOME") or self.state / "dagster")

    @property
    def mlflow_artifacts(self) -> Path:
        """What a local MLflow store keeps beside its database, one folder per dataset."""
        return self.state / "mlflow-artifacts"

    @property
    def mlflow_lock(self) -> Path:
        """Held while a local MLflow store is made or brought up to date."""
        return self.state / "mlflow.lock"

    @property
    def artefacts(self) -> Path:
        """Everything that may be published."""
        return self.root / "data"

    @property
    def releases(self) -> Path:
        """Releases, one folder per digest."""
        return self.artefacts / "releases"

    def release_copies(self, digest: str) -> Iterable[Path]:
        """Return where the bundles of promoted versions keep a release."""
        return self.artefacts.glob(f"promoted/*/{VERSIONS}/*/{BUNDLE}/release/{digest}")

    def generators(self, dataset: str) -> Path:
        """Fitted generators of a dataset, one folder per digest."""
        return self.artefacts / "generators" / dataset

    def candidates(self, dataset: str) -> Path:
        """Candidates of a dataset, one folder per digest."""
        return self.artefacts / "candidates" / dataset

    def promoted(self, dataset: str) -> Path:
        """The promoted version of a dataset; ``current.json`` in it is the commit point."""
        return self.artefacts / "promoted" / dataset

    def working_copy(self, dataset: str) -> Path:
        """DVC's copy of the newest version, whose path stays the same from version to version."""
        return self.promoted(dataset) / WORKING_COPY

    def _address(self, variable: str, *, file: str) -> str:
        """Return a database's address; a relative SQLite file lies below the root, whatever the current folder is.

        The measuring process has another current folder, and would make itself an empty ledger there.
        """
        given = os.environ.get(variable) or f"{_SQLITE}{self.state / file}"
        path = given.removeprefix(_SQLITE)
        relative = given.startswith(_SQLITE) and not path.startswith(("/", ":", "file:"))
        return f"{_SQLITE}{self.root / path}" if relative else given


def make_folder(folder: Path, *, mode: int = _FOR_ALL) -> Path:
    """Make ``folder`` when missing and return it; a state folder that it is or lies in tells git to ignore it."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    state = next((above for above in (folder, *folder.parents) if above.name == STATE), None)
    if state is not None and not (state / ".gitignore").exists():
        # Whole or not at all: a half-written file would ignore nothing.
        unfinished = state / f".gitignore.{os.getpid()}"
        unfinished.write_text("*\n", encoding="utf-8")
        unfinished.replace(state / ".gitignore")
    return folder


def _owners(folder: Path) -> Path:
    make_folder(folder, mode=_OWNER_ONLY).chmod(_OWNER_ONLY)
    return folder
