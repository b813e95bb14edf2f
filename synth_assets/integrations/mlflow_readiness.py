"""Whether MLflow will record a promoted version, looked at before budget is spent.

The store is opened as promotion will open it, which makes or migrates a SQLite
store. What MLflow would try again for minutes, a database or a server that is
not there, is tried once here.
"""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from synth_assets.errors import Fault
from synth_assets.integrations.folders import unwritable
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.ledger.doctor import Finding

__all__ = ["mlflow_findings"]

_WHAT = "MLflow"
_SQLITE = "sqlite:///"
_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}
_SECONDS = 5.0
_HINT = "see the store that MLFLOW_TRACKING_URI names; without that variable it is a file in .synth-assets"


def mlflow_findings(dataset: str, *, url: str, root: Path) -> list[Finding]:
    """Say why MLflow will not record the next version of a dataset; one good finding when nothing is in the way."""
    problem = _database_problem(url)
    if problem is not None:
        return [Finding(what=_WHAT, state="fault", detail=problem, hint=_HINT)]
    try:
        artifacts = MlflowRegistry(url, root=root).artifacts_of(dataset)
    except Fault as error:
        return [Finding(what=_WHAT, state="fault", detail=error.message, hint=error.hint)]
    except (SQLAlchemyError, OSError) as error:
        detail = f"its store cannot be opened ({type(error).__name__})"
        return [Finding(what=_WHAT, state="fault", detail=detail, hint=_HINT)]
    return _on_artifacts(artifacts) or [Finding(what=_WHAT, state="good", detail="the store takes a new version")]


def _database_problem(url: str) -> str | None:
    """Return why a database cannot be used, ``None`` when it can or is none; MLflow would try again for minutes."""
    if url.startswith(_SQLITE):
        return _sqlite_problem(Path(url.removeprefix(_SQLITE)))
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme.partition("+")[0])
    if port is None or not parts.hostname:
        return None
    try:
        socket.create_connection((parts.hostname, parts.port or port), timeout=_SECONDS).close()
    except OSError as error:
        return f"its database does not answer: {error.strerror or type(error).__name__}"
    return None


def _sqlite_problem(path: Path) -> str | None:
    if not path.exists():
        return unwritable(path.parent)
    try:
        with closing(sqlite3.connect(path, timeout=_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        return None if "locked" in str(error) else f"{path.name} cannot be written: {error}"
    return None


def _on_artifacts(location: str | None) -> list[Finding]:
    """Artefacts of a SQLite store lie in a folder that it remembers by its full path, as on another machine."""
    parts = urlsplit(location or "")
    problem = unwritable(Path(unquote(parts.path))) if parts.scheme == "file" else None
    if problem is None:
        return []
    detail = f"the folder that its store remembers for artefacts cannot be written: {problem}"
    hint = "was the project moved? make that folder, or start a new store: move .synth-assets/mlflow.db away"
    return [Finding(what=_WHAT, state="fault", detail=detail, hint=hint)]
