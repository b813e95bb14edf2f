"""Count made-up rows in PostgreSQL, and how many bytes come back over the wire.

    python benchmarks/warehouse.py postgresql+psycopg://login@host/database --rows 1000000

The table ``bench_visits`` is made anew by the server itself. Bytes are counted by a relay between driver and server.
"""

import argparse
import socket
import threading
import time
from itertools import combinations

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
    """Passes bytes between one client and a server, and counts those that come back."""

    def __init__(self, url: URL) -> None:
        self.received = 0
        self._server = (url.host or "127.0.0.1", url.port or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        self.url = url.set(host="127.0.0.1", port=self._listening.getsockname()[1])

    def _accept(self) -> None:
        while True:
            client, server = self._listening.accept()[0], socket.create_connection(self._server)
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001
        while octets := source.recv(1 << 16):
            self.received += len(octets) if counted else 0
            target.sendall(octets)
        target.close()


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
        relay = Relay(make_url(asked.location))
        location, options = relay.url.render_as_string(hide_password=False), {"table": "bench_visits"}
        columns = SqlTable().columns(location, options)
        with Snapshot(location) as snapshot:
            rows, before, start = rows_of(location, options, columns, unit), relay.received, time.monotonic()
            engine = WarehouseEngine(rows, lambda snapshot=snapshot: snapshot, secret=bytes(32))  # type: ignore[misc]
            counted = engine.tables(tables, domain=DOMAIN, grids={})
            seconds = time.monotonic() - start
        print(
            f"{unit.describe()}: {seconds:.1f} s, {relay.received - before} bytes back, {counted[0].sum()} rows counted"
        )


if __name__ == "__main__":
    main()
