"""A what-if table: rows of a fitted generator under a condition, in one Parquet or CSV file that is marked as such.

It is not a candidate: nothing checks it and nothing can promote it. Conditions on
single columns hold in closed form and need no further draws, however rare they are.
Others (OR between columns, comparisons of columns, derived columns, conditions that
split bins) are *filters*: like the contract's rules, they are satisfied by drawing
again within limits; filters that are too rare are refused.

Rows come in shards, each a function of seed and index alone, and one shard per
worker is in memory. The bytes do not depend on the number of workers.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from synth_assets.candidate.model import BATCH_ROWS
from synth_assets.candidate.rejection import KeptRows, kept
from synth_assets.candidate.write import LIBRARIES, Order, conditions_of, draw_shard, order_of
from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.domain.expressions import parse
from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, publish_file, staging_folder, write_json
from synth_assets.release import Release
from synth_assets.workers.in_order import in_order

if TYPE_CHECKING:
    from synth_assets.generator import Condition, FittedGenerator

__all__ = ["FOOTER", "Question", "WhatIf", "read_question", "refuse_rare", "write_what_if"]

FOOTER = b"synth_assets.what_if"
"""Key in the Parquet footer that marks a file as a what-if table."""
_PARQUET, _CSV = ".parquet", ".csv"
_WHAT = "a what-if table, drawn under a condition; not checked, not promoted"
PROBE_ROWS = 1 << 16
MOST_DRAWS = 40_000_000
"""Largest expected number of draws of one shard; a rarer filter is refused."""
_AT_ONCE = 4
"""Shards that are drawn ahead of the one being written, which are in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The ``where`` of a what-if table.

    Attributes:
        text: the original text.
        condition: the part on single columns, in closed form; ``None`` if there is none.
        filters: the other parts, which are satisfied by drawing again.
    """

    text: str
    condition: "Condition | None" = None
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A what-if table on disk.

    Attributes:
        path: the file.
        rows: rows in it.
        drawn: rows that were drawn for it; more than ``rows`` if rules or filters required further draws.
        facts: the content of its footer, or of the JSON file beside it.
    """

    path: Path
    rows: int
    drawn: int
    facts: dict[str, Any] = field(default_factory=dict)


def read_question(text: str, *, contract: DatasetContract, domain: Domain) -> Question:
    """Read a ``where``: parts joined by AND, each a condition over measured and derived columns.

    Raises:
        UsageError: a part is not a condition, or can never be true.
    """
    from synth_assets.domain.cells import conjuncts
    from synth_assets.generator.condition import parse_condition

    closed: list[str] = []
    filters: list[str] = []
    schema = contract.table_schema()
    for part in conjuncts(text):
        expression = parse(part, schema)
        if not expression.columns or not pa.types.is_boolean(expression.type):
            raise UsageError(f"`{part}` must be true or false and read a column", hint="write a comparison")
        (closed if _has_closed_form(expression.columns, part, domain) else filters).append(part)
    condition = parse_condition(" AND ".join(f"({part})" for part in closed), domain=domain) if closed else None
    return Question(text=text, condition=condition and replace(condition, text=text), filters=tuple(filters))


def write_what_if(  # noqa: PLR0913 - what decides the file, by keyword
    contract: DatasetContract,
    generator: "FittedGenerator",
    release: Release,
    *,
    out: Path,
    seed: int,
    rows: int | None = None,
    condition: "Condition | None" = None,
    filters: tuple[str, ...] = (),
    executor: Executor | None = None,
) -> WhatIf:
    """Sample a what-if table and write it to ``out`` atomically.

    Args:
        contract: defines rules, derived columns and schema.
        generator: fitted to ``release``.
        release: gives the number of rows if neither ``rows`` nor the contract does.
        out: the file; it must not exist. Its name ends in ``.parquet`` or ``.csv``; a CSV file cannot say what it is,
            so a file of the same name and ``.json`` says it.
        seed: the same seed gives the same bytes.
        rows: overrides the contract's number of rows.
        condition: the condition that the generator samples under.
        filters: conditions that are satisfied by drawing again; see :func:`read_question`.
        executor: draws the shards; this process draws them one by one if omitted.

    Raises:
        UsageError: the file exists or its name ends otherwise, the model gives the condition probability 0, a filter
            is too rare, or a rule cannot be satisfied under the condition.
    """
    _refuse_name(out)
    order = order_of(contract, generator, release, seed=seed, rows=rows, where=condition)
    order = replace(order, filters=filters)
    if filters:
        refuse_rare(order)
    facts = _facts(order, generator, release)
    schema = contract.table_schema().with_metadata({FOOTER: canonical_json(facts)})
    drawn = 0
    with staging_folder(out) as staged:
        with _writer(staged / out.name, schema) as writer:
            for shard in in_order(partial(_drawn, order), range(len(order.sizes())), executor, at_once=_AT_ONCE):
                writer.write_table(shard.table.replace_schema_metadata(schema.metadata), BATCH_ROWS)
                drawn += shard.drawn
        if out.suffix == _CSV:
            write_json(_facts_beside(out), facts)
        publish_file(staged / out.name, out)
    return WhatIf(path=out, rows=order.rows, drawn=drawn, facts=facts)


def _refuse_name(out: Path) -> None:
    if out.suffix not in (_PARQUET, _CSV):
        raise UsageError(
            f"{out.name} must end in {_PARQUET} or {_CSV}", hint=f"such as {out.with_suffix(_CSV).name or 'table.csv'}"
        )
    for path in (out, *([_facts_beside(out)] if out.suffix == _CSV else [])):
        if path.exists():
            raise UsageError(f"{path} is there already", hint="give another name: nothing is overwritten")


def _facts_beside(out: Path) -> Path:
    return out.with_name(f"{out.name}.json")


def _writer(path: Path, schema: pa.Schema) -> pc.CSVWriter | pq.ParquetWriter:
    if path.suffix == _CSV:
        return pc.CSVWriter(path, schema)
    return pq.ParquetWriter(path, schema, compression="zstd", compression_level=3)


def _has_closed_form(columns: tuple[str, ...], part: str, domain: Domain) -> bool:
    """Return whether weights on one column's codes can meet a part of a condition; refuse a part that is never true."""
    from synth_assets.domain.cells import true_cells

    if not set(columns) <= set(domain.names):
        return False
    try:
        _, cells = true_cells(part, domain=domain)
    except UsageError:  # it splits a bin or has too many cells: evaluated on rows
        return False
    if not cells.any():
        raise UsageError(
            f"condition `{part}` leaves no value of {' and '.join(columns)}", hint="name values that the domain holds"
        )
    return len(columns) == 1


def refuse_rare(order: Order) -> None:
    """Estimate the acceptance of the filters from a sample.

    Raises:
        UsageError: it is too low for so many rows.
    """
    probe = replace(order, rows=PROBE_ROWS, filters=())
    table = draw_shard(probe, 0, rules={}).table
    accepted = int(kept(table, conditions_of(order)).all(axis=0).sum())
    filters = " AND ".join(order.filters)
    if not accepted:
        raise UsageError(
            f"none of {PROBE_ROWS:,} draws meets `{filters}`",
            hint="it contradicts the rest, or is too rare; conditions on single columns joined by AND cost nothing",
        )
    most = int(MOST_DRAWS * accepted / PROBE_ROWS)
    if min(order.sizes()[0], order.rows) > most:
        raise UsageError(
            f"`{filters}` holds in {accepted} of {PROBE_ROWS:,} draws, which is too rare for so many rows",
            hint=f"ask for at most {most:,} rows; conditions on single columns joined by AND cost nothing",
        )


def _drawn(order: Order, index: int) -> KeptRows:
    """Draw one shard that satisfies all rules and filters."""
    shard = draw_shard(order, index, rules=conditions_of(order))
    for name, broken in shard.violations.items():
        if broken:
            raise UsageError(
                f"{name} does not hold in {broken:,} of {shard.table.num_rows:,} rows after {shard.drawn:,} draws",
                hint="it contradicts the condition, or is too rare under it; ask for less",
            )
    return shard


def _facts(order: Order, generator: "FittedGenerator", release: Release) -> dict[str, Any]:
    return {
        "what": _WHAT,
        "dataset": order.contract.name,
        "generator": generator.digest,
        "release": release.digest,
        "contract": order.contract.digest(),
        "condition": "" if order.where is None else str(order.where),
        "filters": list(order.filters),
        "seed": order.seed,
        "rows": order.rows,
        "libraries": {name: version(name) for name in LIBRARIES},
    }
