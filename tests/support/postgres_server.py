"""A PostgreSQL server of our own: started on a free port, as a user that is not root, thrown away after."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synth_assets.ledger.engine import make_engine
from synth_assets.ledger.migrate import migrate


class Server:
    """One running PostgreSQL."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.port = free_port()

    def run(self, *command: str) -> None:
        # PostgreSQL refuses to run as root, so root becomes the user that Debian made for it.
        become = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        name, *arguments = command
        done = subprocess.run(  # type: ignore[call-overload]
            [str(self.programs / name), *arguments], capture_output=True, text=True, check=False, cwd="/", **become
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def start(self, *settings: str) -> None:
        words = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", *settings]
        options = " ".join(f"-c {word}" for word in words)
        log = str(self.folder / "log")
        self.run("pg_ctl", "--pgdata", str(self.folder / "data"), "--log", log, "--wait", "-o", options, "start")

    def stop(self) -> None:
        """Stop without writing anything to disk: what is in it is thrown away."""
        self.run("pg_ctl", "--pgdata", str(self.folder / "data"), "--wait", "--mode", "immediate", "stop")

    def url(self, database: str = "postgres", *, login: str = "postgres") -> str:
        return f"postgresql+psycopg://{login}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        engine = make_engine(self.url(database), busy_seconds=30)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        name = f"ledger_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        return name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def programs_of_postgres() -> Path:
    """Find initdb: on the path, or where Debian puts it."""
    initdb = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    places = [Path(initdb)] if initdb else debian
    assert places, "PostgreSQL is not installed: apt-get install postgresql"
    return places[-1].parent


@pytest.fixture(scope="session")
def make_server() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def make(*settings: str) -> Server:
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        server = Server(programs_of_postgres(), folder)
        server.run("initdb", "--pgdata", str(folder / "data"), "--username", "postgres", "--auth", "trust")
        server.start(*settings)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()
        shutil.rmtree(server.folder)


@pytest.fixture(scope="session")
def server(make_server: Callable[..., Server]) -> Server:
    return make_server()


@pytest.fixture
def postgres_ledger_url(server: Server) -> str:
    """The address of an empty ledger, as its owner."""
    url = server.url(server.new_database())
    engine = make_engine(url, busy_seconds=30)
    migrate(engine)
    engine.dispose()
    return url
