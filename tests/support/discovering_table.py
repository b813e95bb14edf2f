"""A made-up private table whose cities nobody declared."""

from pathlib import Path
from typing import Any

from private_table import COLUMNS, HEADER, PrivateTable, make_contract, make_private_table

OPEN: dict[str, Any] = {
    "type": "categorical",
    "categories": "discover",
    "other": "elsewhere",
    "nullable": True,
    "domain_source": "discovered",
}
UNIT = {"column": "person", "max_rows": 2}
CONTRACT = make_contract(
    privacy={"unit": UNIT, "spend": {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}},
    columns={**COLUMNS, "city": OPEN},
)
ROWS = "".join(f"p{i // 2},{i % 20},{('north', 'south', 'south')[i % 3]},{i % 2}\n" for i in range(3000))


def make_discovering_table(root: Path, *, more: bytes = b"") -> PrivateTable:
    """Register a table of 1000 rows in the north, 2000 in the south, and ``more``."""
    return make_private_table(root, files={"a.csv": (HEADER + ROWS).encode() + more}, contract=CONTRACT)
