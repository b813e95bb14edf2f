"""Where an alias of a model is, read from MLflow's own table in a SQLite file.

``status`` asks nothing else, and MLflow's client takes seconds to load and to look its
store over. Any other store, and a file whose tables are not as expected, is the client's.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

__all__ = ["aliased_in_file"]

_SQLITE = "sqlite:///"
_QUERY = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"


def aliased_in_file(url: str, *, model: str, alias: str) -> tuple[str, ...] | None:
    """Return the model version that an alias points at; ``None`` when this is not the way to learn it.

    Args:
        url: address of the store.
        model: name of the registered model.
        alias: its alias.

    Returns:
        No version when there is no such alias, model or file, and several when workspaces of the store share names.
    """
    if not url.startswith(_SQLITE) or "?" in url:
        return None
    file = Path(url.removeprefix(_SQLITE))
    if not file.is_file():
        return ()
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            return tuple(str(version) for (version,) in connection.execute(_QUERY, (model, alias)))
    except sqlite3.Error:
        return None
