"""Where a browser finds what MLflow keeps; MLflow itself is not imported, because code locations load this.

Example:
    >>> run_page("https://mlflow.example/team", "0a1b")
    'https://mlflow.example/team/#/runs/0a1b'
    >>> run_page("sqlite:///mlflow.db", "0a1b") is None
    True
"""

from urllib.parse import quote, urlsplit

__all__ = ["run_page"]


def run_page(store: str, run: str) -> str | None:
    """Return the address of a run's page; ``None`` if the store is a file or a database and nobody serves pages.

    Args:
        store: address of the store, as MLflow takes it. A name and password in it are left out.
        run: the run's id.
    """
    parts = urlsplit(store)
    if parts.scheme not in ("http", "https"):
        return None
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}/#/runs/{quote(run, safe='')}"
