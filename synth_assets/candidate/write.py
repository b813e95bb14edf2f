"""Sample a candidate: shards of one million rows, each a function of seed and index alone.

Shards are drawn one by one or by any ``concurrent.futures`` executor, and the
bytes are the same: a shard depends on the contract, the generator, the seed and
its own number, with the library versions in the manifest. At most one
shard per worker is in memory.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.candidate.derive import derive
from synth_assets.candidate.model import (
    BATCH_ROWS,
    CANDIDATES,
    SHAPING,
    AsDrawn,
    Candidate,
    Shard,
    format_of,
    is_set_aside,
    load_candidate,
)
from synth_assets.candidate.rejection import Draw, KeptRows, keep_rules, kept
from synth_assets.candidate.shaping import keeping_rules
from synth_assets.contract import DatasetContract
from synth_assets.domain.expressions import Expression, parse
from synth_assets.errors import Fault, UsageError
from synth_assets.files import sha256_file
from synth_assets.release import Release
from synth_assets.workers.in_order import in_order

if TYPE_CHECKING:
    from synth_assets.generator import Condition, FittedGenerator

__all__ = [
    "LIBRARIES",
    "SHARD_ROWS",
    "Order",
    "Sampler",
    "as_drawn",
    "conditions_of",
    "draw_candidate",
    "draw_shard",
    "expected_rows",
    "order_of",
    "refuse_other_parents",
    "total_drawn",
    "write_candidate",
    "write_shard",
]

SHARD_ROWS = 1_000_000
"""Rows of every shard but the last; part of the format, never a setting."""
LIBRARIES = ("numpy", "polars", "pyarrow", "sqlglot")
"""Those whose versions the bytes of a shard depend on; a manifest names them."""


class Sampler(Protocol):
    """The methods of a generator that this room needs, if there is no condition."""

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """Return ``rows`` rows of the measured columns; a function of its arguments alone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Everything that determines the rows of a candidate.

    Attributes:
        contract: derived columns, rules and schema.
        open_sampler: returns the generator; called once per shard, in the worker.
        seed: seed of the sampling.
        rows: rows of the whole candidate.
        where: condition that the generator samples under.
        filters: conditions that are satisfied by drawing again; the whole table has none.
        scenario: the contract's scenario that the rows are of; empty for the whole table.
        shaping: method by which rules shape the draws, see ``candidate.shaping``; 0 where rows that break
            one are only drawn again.
    """

    contract: DatasetContract
    open_sampler: Callable[[], Sampler]
    seed: int
    rows: int
    where: "Condition | None" = None
    filters: tuple[str, ...] = ()
    scenario: str = ""
    shaping: int = 0

    def __post_init__(self) -> None:
        if self.rows < 1:
            raise UsageError(f"rows={self.rows} must be >= 1", hint="leave it out for the contract's number of rows")
        if self.seed < 0:
            raise UsageError(f"seed={self.seed} must be >= 0", hint="0 is what `make run` uses")

    def sizes(self) -> list[int]:
        """Return the number of rows of each shard."""
        count = math.ceil(self.rows / SHARD_ROWS)
        return [min(SHARD_ROWS, self.rows - index * SHARD_ROWS) for index in range(count)]


def write_candidate(  # noqa: PLR0913 - the parts of a candidate, by keyword
    contract: DatasetContract,
    generator: "FittedGenerator",
    release: Release,
    *,
    candidates: Path,
    seed: int = 0,
    rows: int | None = None,
    where: "Condition | None" = None,
    executor: Executor | None = None,
) -> Candidate:
    """Sample a candidate from a fitted generator and write it below ``candidates``.

    Args:
        contract: defines the schema, derived columns and rules.
        generator: fitted to ``release``.
        release: gives the number of rows if neither ``rows`` nor the contract does.
        candidates: folder that holds one folder per candidate, such as ``workspace.candidates(contract.name)``.
        seed: the same seed gives the same bytes.
        rows: overrides the contract's number of rows.
        where: condition that the generator samples under.
        executor: draws the shards; this process draws them one by one if omitted.

    Raises:
        UsageError: the generator was fitted to another release, or the release
            was measured under another contract.
    """
    order = order_of(contract, generator, release, seed=seed, rows=rows, where=where)
    return draw_candidate(order, release=release, generator=generator.digest, candidates=candidates, executor=executor)


def order_of(  # noqa: PLR0913 - the parts of an order, by keyword
    contract: DatasetContract,
    generator: "FittedGenerator",
    release: Release,
    *,
    seed: int,
    rows: int | None = None,
    where: "Condition | None" = None,
) -> Order:
    """Return the order for rows of a fitted generator, after checking that its parts belong together.

    Raises:
        UsageError: the generator was fitted to another release, or the release
            was measured under another contract.
    """
    from synth_assets.generator import load_generator

    refuse_other_parents(contract, generator, release)
    wanted = rows if rows is not None else expected_rows(contract, release)
    opener = partial(load_generator, generator.folder)
    shaping = SHAPING if contract.rules else 0
    return Order(contract=contract, open_sampler=opener, seed=seed, rows=wanted, where=where, shaping=shaping)


def refuse_other_parents(contract: DatasetContract, generator: "FittedGenerator", release: Release) -> None:
    """Refuse parts that do not belong together.

    Raises:
        UsageError: the generator was fitted to another release, or the release
            was measured under another contract.
    """
    if generator.release != release.digest:
        fitted, given = generator.release[:12], release.digest[:12]
        raise UsageError(f"the generator was fitted to release {fitted}, not {given}", hint="fit it to this release")
    _refuse_other_contract(contract, release)


def expected_rows(contract: DatasetContract, release: Release) -> int:
    """Return the default number of rows of a candidate.

    It is the contract's number, else the noisy count of all units, held-out ones too; at least 1.
    """
    return contract.rows if contract.rows is not None else max(1, round(release.population()))


def draw_candidate(
    order: Order, *, release: Release, generator: str, candidates: Path, executor: Executor | None = None
) -> Candidate:
    """Draw all shards of ``order`` and publish them with their manifest; drawing it again changes nothing.

    Args:
        order: what to draw.
        release: the release behind the generator.
        generator: digest of the generator.
        candidates: folder that holds one folder per candidate.
        executor: draws the shards; must be able to send ``order`` to its workers.
    """
    _refuse_other_contract(order.contract, release)

    def fill(staged: Path) -> dict[str, Any]:
        drawn = list(in_order(partial(_write_shard, order, staged), range(len(order.sizes())), executor))
        return _manifest(order, release, generator, drawn)

    return load_candidate(CANDIDATES.write(candidates, fill=fill))


def conditions_of(order: Order) -> dict[str, Expression]:
    """Return what drawing again holds, by a name for messages: the contract's rules, and filters, which null misses."""
    schema = order.contract.table_schema()
    filters = {f"`{text}`": parse(f"COALESCE(({text}), FALSE)", schema) for text in order.filters}
    rules = {_named(name): rule for name, rule in order.contract.rule_expressions().items()}
    return {**rules, **filters}


def _named(rule: str) -> str:
    return f"rule {rule!r}"


def draw_shard(order: Order, index: int, *, rules: Mapping[str, Expression]) -> KeptRows:
    """Draw one shard with its derived columns, and keep ``rules`` as far as possible."""
    from synth_assets.generator.abilities import under

    sampler = under(order.open_sampler(), order.where)
    if order.shaping and rules:
        sampler = keeping_rules(sampler, order.contract)
    return keep_rules(order.sizes()[index], draw=_drawing(order, index, sampler), rules=rules)


def as_drawn(order: Order, index: int, *, violations: Mapping[str, int]) -> AsDrawn:
    """Return what rules had to change in a shard: its rows are drawn once more, without rules.

    Args:
        order: what to draw.
        index: of the shard.
        violations: rows of the shard that break each condition, by :func:`conditions_of`.
    """
    from synth_assets.generator.abilities import under

    rules = order.contract.rule_expressions()
    draw = _drawing(order, index, under(order.open_sampler(), order.where))
    broken = ~kept(draw(order.sizes()[index], 0), rules)
    rows = dict(zip(rules, map(int, broken.sum(axis=1)), strict=True))
    held = [not is_set_aside(violations[_named(name)], rows[name]) for name in rules]
    return AsDrawn(changed=int(broken[held].any(axis=0).sum()), broken=rows)


def total_drawn(shards: Sequence[AsDrawn | None]) -> AsDrawn | None:
    """Return what rules changed in all shards; ``None`` if it was not counted."""
    counted = [shard for shard in shards if shard is not None]
    if not counted:
        return None
    broken = {name: sum(shard.broken[name] for shard in counted) for name in counted[0].broken}
    return AsDrawn(changed=sum(shard.changed for shard in counted), broken=broken)


def _drawing(order: Order, index: int, sampler: Sampler) -> Draw:
    """Return what draws rows of a shard, with their derived columns."""
    contract, measured = order.contract, order.contract.measured_schema()

    def draw(rows: int, attempt: int) -> pa.Table:
        batch = sampler.sample(rows, seed=order.seed, shard=index, attempt=attempt)
        if batch.num_rows != rows:
            raise Fault(f"the generator gave {batch.num_rows} rows instead of {rows}", hint="report this")
        table = pa.Table.from_batches([batch])
        return derive(table if table.schema.equals(measured) else table.select(measured.names).cast(measured), contract)

    return draw


def write_shard(order: Order, index: int, *, sink: Path | BinaryIO) -> KeptRows:
    """Draw one shard of a candidate and write it as Parquet; the same order and library versions, the same bytes."""
    kept = draw_shard(order, index, rules=conditions_of(order))
    # One chunk per column and fixed groups, so that the bytes do not depend on the number of draws.
    pq.write_table(kept.table, sink, compression="zstd", compression_level=3, row_group_size=BATCH_ROWS)
    return kept


def _refuse_other_contract(contract: DatasetContract, release: Release) -> None:
    if contract.layout_of(release.fingerprint) is None:
        raise UsageError(
            f"release {release.digest[:12]} was not measured under this contract of {contract.name!r}",
            hint="columns, privacy or source changed since: make a new release",
        )


def _write_shard(order: Order, folder: Path, index: int) -> tuple[Shard, dict[str, int], AsDrawn | None]:
    """Draw one shard, write it and return it with the rows that break each condition, and what rules changed."""
    path = folder / f"part-{index:05d}.parquet"
    kept = write_shard(order, index, sink=path)
    shard = Shard(name=path.name, rows=kept.table.num_rows, digest=sha256_file(path), drawn=kept.drawn)
    return shard, kept.violations, as_drawn(order, index, violations=kept.violations) if order.shaping else None


def _in_words(order: Order) -> str:
    """Say under which condition rows were drawn; the contract, which the manifest names, has the scenario's words."""
    if order.scenario:
        return f"scenario {order.scenario}"
    return "" if order.where is None else str(order.where)


def _manifest(
    order: Order, release: Release, generator: str, drawn: Iterable[tuple[Shard, dict[str, int], AsDrawn | None]]
) -> dict[str, Any]:
    shards, violations, changed = zip(*drawn, strict=True)
    more: dict[str, Any] = {"scenario": order.scenario, "shaping": order.shaping, "as_drawn": total_drawn(changed)}
    more = {name: value for name, value in more.items() if value}
    return {
        "format_version": format_of(more),
        **{name: value.as_json() if isinstance(value, AsDrawn) else value for name, value in more.items()},
        "dataset": order.contract.name,
        "schema": [
            {"name": field.name, "type": str(field.type), "nullable": field.nullable}
            for field in order.contract.table_schema()
        ],
        "rows": order.rows,
        "seed": order.seed,
        "where": _in_words(order),
        "shards": [shard.as_json() for shard in shards],
        "violations": {rule: sum(broken[_named(rule)] for broken in violations) for rule in order.contract.rules},
        "parents": {
            "contract": order.contract.digest(),
            "fingerprint": release.fingerprint,
            "release": release.digest,
            "generator": generator,
        },
        "libraries": {name: version(name) for name in LIBRARIES},
    }
