"""Count made-up rows in PostgreSQL, and how many bytes come back over the wire.

    python benchmarks/warehouse.py postgresql+psycopg://login@host/database --rows 1000000

The table ``bench_visits`` is made anew by the server itself. Bytes are counted by a relay between driver and server.
"""

import argparse
import socket
import threading
import time
from contextlib import suppress
from itertools import combinations
from typing import Self

import psycopg
from sqlalchemy.engine import URL, make_url

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.engine import Table
from synth_assets.source.kinds.sql import SqlTable, rows_of
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.engine import WarehouseEngine

DOMAIN = Domain(
    columns=(
        Column(name="age", kind="integer", minimum=0, maximum=99, nullable=True),
        Column(name="paid", kind="float", minimum=0, maximum=10_000, bins=64),
        Column(name="city", kind="categorical", categories=tuple(f"c{index}" for index in range(20)), other="c0"),
        Column(name="seen", kind="date", minimum=18_000, maximum=19_000, bins=50),
        Column(name="member", kind="boolean", nullable=True),
    )
)
UNITS = {"row": PrivacyUnit(), "person": PrivacyUnit(column="person", max_rows=2)}
MAKE = """
CREATE TABLE bench_visits AS
SELECT 'p' || i / 4 AS person, (i::bigint * 7919 % 110)::integer AS age,
       (i::bigint * 104729 % 1200000) / 100.0::double precision AS paid, 'c' || i::bigint * 31 % 23 AS city,
       DATE '2019-01-01' + (i % 1500)::integer AS seen, i % 3 = 0 AS member
FROM generate_series(1, %s) AS i
"""


class Relay:
    """Passes bytes between clients and a server while it is entered, and counts those that come back."""

    def __init__(self, url: URL) -> None:
        self.received = 0
        self._server = (url.host or "127.0.0.1", url.port or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self.url = url.set(host="127.0.0.1", port=self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._listening:
            self._listening.shutdown(socket.SHUT_RDWR)  # which ends the wait for a client; closing alone would not
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            back = threading.Thread(target=self._pass, args=(server, client, True), daemon=True)
            back.start()
            self._pass(client, server, False)
            back.join()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while octets := source.recv(1 << 16):
                self.received += len(octets) if counted else 0
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)


def main() -> None:
    """Print one line per kind of unit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("location")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--units", nargs="+", choices=[*UNITS], default=[*UNITS], help="who is protected")
    asked = parser.parse_args()
    with psycopg.connect(asked.location.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_visits")
        connection.execute(MAKE.replace("%s", str(asked.rows)))  # type: ignore[call-overload]
        size = connection.execute("SELECT pg_table_size('bench_visits')").fetchone()
    tables: list[Table] = [((name,), "fine") for name in DOMAIN.names]
    tables += [(pair, "fine") for pair in combinations(DOMAIN.names, 2)]
    print(f"{asked.rows} rows, {size and size[0]} bytes in the database, {len(tables)} tables")
    for unit in map(UNITS.__getitem__, asked.units):
        with Relay(make_url(asked.location)) as relay:
            print(f"{unit.describe()}: {_counted(relay, unit, tables)}")


def _counted(relay: Relay, unit: PrivacyUnit, tables: list[Table]) -> str:
    location, options = relay.url.render_as_string(hide_password=False), {"table": "bench_visits"}
    columns = SqlTable().columns(location, options)
    with Snapshot(location) as snapshot:
        rows, before, start = rows_of(location, options, columns, unit), relay.received, time.monotonic()
        counted = WarehouseEngine(rows, lambda: snapshot, secret=bytes(32)).tables(tables, domain=DOMAIN, grids={})
        seconds = time.monotonic() - start
    return f"{seconds:.1f} s, {relay.received - before} bytes back, {counted[0].sum()} rows counted"


if __name__ == "__main__":
    main()
