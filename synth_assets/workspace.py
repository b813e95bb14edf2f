"""The folders of a project.

``data/`` holds artefacts that may be published, ``.synth-assets/`` holds state
of this installation, and ``.synth-assets/private/`` with ``.synth-assets/curator/``
is the private zone, readable by its owner alone. The state folder contains its own
``.gitignore``, because a project may lack one.

Example:
    >>> Workspace(root=Path("/p")).promoted("happiness").as_posix()
    '/p/data/promoted/happiness'
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = [
    "BUNDLE",
    "DATA",
    "LOCAL",
    "LOCK",
    "SCENARIOS",
    "STATE",
    "VERSIONS",
    "WORKING_COPY",
    "Workspace",
    "make_folder",
]

STATE = ".synth-assets"
"""Name of the state folder."""
VERSIONS, WORKING_COPY, LOCK = "versions", "version", ".lock"
"""Content of a dataset's promoted folder besides ``current.json``: all versions, DVC's copy of the newest, a lock."""
BUNDLE, DATA, SCENARIOS = "bundle", "data", "scenarios"
"""The folders of a version: its evidence, its Parquet files, and those of its scenarios if it has any."""
LOCAL = "local"
"""The address of workers that are none: the process that asks does everything itself."""
_OWNER_ONLY = 0o700
_FOR_ALL = 0o777  # reduced by the umask of the process
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The folders of one project.

    Attributes:
        root: the project's folder, with ``expectations/`` and ``dvc.yaml`` in it. A relative path is made absolute
            at once, so that a process with another current folder finds the same ledger.
        workers: address of what counts rows, see :attr:`counted_by`.
    """

    root: Path
    workers: str | None = None

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
    def storage_url(self) -> str | None:
        """Address of the storage that machines share, ``SYNTH_ASSETS_STORAGE``; ``None`` if there is none.

        A folder, or a bucket such as ``s3://bucket/prefix``. Steps read and write the folders here all the same; a
        relative folder is below the root.
        """
        address = os.environ.get("SYNTH_ASSETS_STORAGE")
        return address if not address or "://" in address else str(self.root / address)

    @property
    def pages_url(self) -> str | None:
        """Address at which browsers read the folder ``data``: ``SYNTH_ASSETS_PAGES``; ``None`` if it is not served.

        Only http and https: a browser follows no other link from a page of Dagster.
        """
        address = os.environ.get("SYNTH_ASSETS_PAGES", "")
        return address.rstrip("/") if address.startswith(("http://", "https://")) else None

    @property
    def counted_by(self) -> str:
        """Address of what counts rows: ``SYNTH_ASSETS_WORKERS`` if none is given, or :data:`LOCAL`."""
        return self.workers or os.environ.get("SYNTH_ASSETS_WORKERS") or LOCAL

    @property
    def scratch(self) -> Path:
        """Where measuring processes have their scratch folders: ``SYNTH_ASSETS_SCRATCH``, or the private zone.

        A given folder stays as it is; what is made in it is the owner's alone.
        """
        given = os.environ.get("SYNTH_ASSETS_SCRATCH")
        return make_folder(self.root / given, mode=_OWNER_ONLY) if given else self.private

    @property
    def private(self) -> Path:
        """The private zone: journals and the measuring process's scratch."""
        return _owners(self.state / "private")

    @property
    def curator(self) -> Path:
        """Files for the curator alone, such as the details of a failed measurement."""
        return _owners(self.state / "curator")

    @property
    def dagster_home(self) -> Path:
        """Dagster's home: ``DAGSTER_HOME``, or a folder of the state folder."""
        return Path(os.environ.get("DAGSTER_HOME") or self.state / "dagster")

    @property
    def mlflow_artifacts(self) -> Path:
        """Artefacts of a local MLflow store besides its database, one folder per dataset."""
        return self.state / "mlflow-artifacts"

    @property
    def mlflow_lock(self) -> Path:
        """Lock that is held while a local MLflow store is created or upgraded."""
        return self.state / "mlflow.lock"

    @property
    def assurance(self) -> Path:
        """Records of tests of this software on made-up rows; public, a promotion copies them into its bundle."""
        return self.state / "assurance"

    @property
    def artefacts(self) -> Path:
        """Everything that may be published."""
        return self.root / "data"

    @property
    def releases(self) -> Path:
        """Releases, one folder per digest."""
        return self.artefacts / "releases"

    def release_copies(self, digest: str) -> Iterable[Path]:
        """Return the folders of a release in the bundles of promoted versions."""
        return self.artefacts.glob(f"promoted/*/{VERSIONS}/*/{BUNDLE}/release/{digest}")

    def generators(self, dataset: str) -> Path:
        """Fitted generators of a dataset, one folder per digest."""
        return self.artefacts / "generators" / dataset

    def candidates(self, dataset: str) -> Path:
        """Candidates of a dataset, one folder per digest."""
        return self.artefacts / "candidates" / dataset

    def scenarios(self, dataset: str) -> Path:
        """Tables of a dataset's scenarios that were not promoted yet, one folder per digest."""
        return self.artefacts / SCENARIOS / dataset

    def comparisons(self, dataset: str) -> Path:
        """Fits and rows of kinds of generators that were compared; no command takes one for the dataset's newest."""
        return self.artefacts / "comparisons" / dataset

    def evaluations(self, dataset: str) -> Path:
        """What was measured about candidates of a dataset, one file per candidate, and what that was made with."""
        return self.artefacts / "evaluations" / dataset

    def page(self, dataset: str, candidate: str) -> Path:
        """The page of a candidate, for people: nothing reads it."""
        return self.artefacts / "pages" / dataset / f"{candidate}.html"

    def promoted(self, dataset: str) -> Path:
        """The promoted version of a dataset; ``current.json`` in it is the commit point."""
        return self.artefacts / "promoted" / dataset

    def promoted_datasets(self) -> list[str]:
        """The names of the datasets that have a promoted folder, sorted."""
        return sorted(folder.name for folder in (self.artefacts / "promoted").glob("*") if folder.is_dir())

    def working_copy(self, dataset: str) -> Path:
        """DVC's copy of the newest version, whose path is the same for all versions."""
        return self.promoted(dataset) / WORKING_COPY

    def _address(self, variable: str, *, file: str) -> str:
        """Return a database's address; a relative SQLite file is below the root, whatever the current folder is.

        The measuring process has another current folder, and would otherwise create an empty ledger there.
        """
        address = os.environ.get(variable) or f"{_SQLITE}{self.state / file}"
        path = address.removeprefix(_SQLITE)
        relative = address.startswith(_SQLITE) and not path.startswith(("/", ":", "file:"))
        return f"{_SQLITE}{self.root / path}" if relative else address


def make_folder(folder: Path, *, mode: int = _FOR_ALL) -> Path:
    """Create ``folder`` if it is missing and return it; its state folder, if any, gets a ``.gitignore``."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    state = next((above for above in (folder, *folder.parents) if above.name == STATE), None)
    if state is not None and not (state / ".gitignore").exists():
        # Written atomically: an incomplete file would ignore nothing.
        unfinished = state / f".gitignore.{os.getpid()}"
        unfinished.write_text("*\n", encoding="utf-8")
        unfinished.replace(state / ".gitignore")
    return folder


def _owners(folder: Path) -> Path:
    make_folder(folder, mode=_OWNER_ONLY).chmod(_OWNER_ONLY)
    return folder
