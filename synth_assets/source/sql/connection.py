"""One connection that reads, in one transaction that sees one state of the database.

An error of a driver can hold a value of a row or a literal. Whatever goes wrong once the database is open becomes one
message without any of these; its cause is what the measuring process prints for the curator alone, as of other
faults. A statement can take hours, so it runs in a thread of its own while the caller is asked to do what has to go on
meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy import text as sql_text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import NullPool
from sqlglot import exp

from synth_assets.errors import Fault, UsageError
from synth_assets.source.sql.expressions import Tree
from synth_assets.source.sql.flavours import Flavour, flavour_of

__all__ = ["FETCH_ROWS", "Snapshot", "address_of", "written"]

_ADDRESSES = "postgresql+psycopg://reader@host/database, sqlite:////folder/file.db or duckdb:////folder/file.db"
FETCH_ROWS = 1 << 16
"""Rows that are fetched at once."""
_OPTIONS: Mapping[str, Any] = {"poolclass": NullPool, "hide_parameters": True, "query_cache_size": 0}


class Snapshot:
    """An open connection; everything that is asked sees the database as it was at the first question.

    Args:
        location: an address as SQLAlchemy has it.
        meanwhile: called every so many seconds while a statement runs.
        every_seconds: how often.

    Raises:
        UsageError: its driver is not installed, or says why the database cannot be opened, before a row is read.
    """

    __slots__ = ("_connection", "_every_seconds", "_meanwhile", "_thread", "flavour")

    def __init__(
        self, location: str, *, meanwhile: Callable[[], None] = lambda: None, every_seconds: float = 60.0
    ) -> None:
        self.flavour = flavour_of(address_of(location).drivername)
        self._meanwhile = meanwhile
        self._every_seconds = every_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warehouse")
        self._connection: Connection = self._wait(lambda: _open(location, self.flavour))

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Snapshot(private)"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, statement: Tree, parameters: Mapping[str, str], *, streamed: bool = False) -> Iterator[list[Any]]:
        """Yield lists of rows of a statement, in no order.

        Args:
            statement: what is asked.
            parameters: values of at least the parameters that it has.
            streamed: whether the answer may not fit in memory.

        Raises:
            Fault: the database does not answer, for whatever reason; only its cause says which.
        """
        query, names = written(statement, self.flavour)
        bound = {bound: parameters[name] for bound, name in names.items()}
        yield from self.text_rows(query, bound, streamed=streamed)

    def text_rows(self, query: str, parameters: Mapping[str, str], *, streamed: bool = False) -> Iterator[list[Any]]:
        """Yield lists of rows of a query of ours that is text, with parameters as ``:name``."""
        how = {"stream_results": True, "max_row_buffer": FETCH_ROWS} if streamed else {}
        cursor = self._wait(lambda: self._connection.execute(sql_text(query), dict(parameters), execution_options=how))
        while part := self._wait(lambda: cursor.fetchmany(FETCH_ROWS)):
            yield part

    def close(self) -> None:
        """End the transaction and the connection."""
        with suppress(Fault):
            self._wait(self._connection.close)
        self._thread.shutdown()

    def _wait(self, ask: Callable[[], Any]) -> Any:
        with _silent():
            answer = self._thread.submit(ask)
            while not wait([answer], timeout=self._every_seconds).done:
                self._meanwhile()
            return answer.result()


def address_of(location: str) -> URL:
    """Return an address in parts.

    Raises:
        UsageError: it is none, or holds a password; it is not repeated.
    """
    try:
        url = make_url(location)
    except Exception:  # noqa: BLE001 - the message repeats the address
        raise UsageError("the location is not an address", hint=_ADDRESSES) from None
    if url.password is not None or any("password" in key.lower() for key in url.query):
        raise UsageError(
            "the location holds a password, which does not belong into the ledger",
            hint="leave it out; the driver finds it in its own file, such as ~/.pgpass",
        )
    return url


def written(statement: Tree, flavour: Flavour) -> tuple[str, dict[str, str]]:
    """Return a statement as SQLAlchemy takes it, and the name of each bound parameter.

    SQLAlchemy looks for parameters in literals too. So colons are escaped, and parameters have names that no
    literal can foresee.
    """
    mark = f"bound_{uuid4().hex}_"
    marked = statement.transform(lambda node: exp.var(mark + node.name) if isinstance(node, exp.Placeholder) else node)
    query: str = marked.sql(dialect=flavour.dialect, copy=False)  # it is a copy already
    names = {mark + node.name: node.name for node in statement.find_all(exp.Placeholder)}
    return query.replace(":", "\\:").replace(mark, f":{mark}"), names


def _open(location: str, flavour: Flavour) -> Connection:
    try:
        engine = flavour.engine(address_of(location), **_OPTIONS)
    except (ImportError, NoSuchModuleError):
        raise UsageError(
            f"the driver of {address_of(location).drivername!r} is not installed",
            hint="pip install 'synth-assets[postgres]' for postgresql+psycopg, 'synth-assets[duckdb]' for duckdb",
        ) from None
    try:
        connection = engine.connect()
        for statement in flavour.begin:
            connection.exec_driver_sql(statement)
    except Exception as error:  # noqa: BLE001 - of any driver
        first_line = str(_own_words(error)).partition("\n")[0].strip()
        raise UsageError(
            f"the database cannot be opened: {first_line}",
            hint="check the address and the login; its password is in a file of the driver, such as ~/.pgpass",
        ) from None
    return connection


@contextmanager
def _silent() -> Iterator[None]:
    """Replace whatever goes wrong by a message that says nothing of it."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - it may repeat a value of a row
        raise Fault(
            "the database did not answer", hint="ask who registered the source; its own log may say why"
        ) from _own_words(error)


def _own_words(error: Exception) -> BaseException:
    """Return the driver's own error, of which SQLAlchemy's repeats the whole statement."""
    return getattr(error, "orig", None) or error
