"""Open a registered source and stream its rows as Arrow record batches.

:func:`open_source` is the only way in and asks for a permit, which the ledger
gives only for a reservation that was paid. Batches hold the asked columns and
nothing else, typed as the source has them. A permit for one part of a split account
yields the rows of that part alone, whatever is asked. A curator's permit opens the same rows
through a door of its own, :func:`open_for_curator`; no measurement takes it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import pyarrow as pa

from synth_assets.errors import Fault
from synth_assets.ledger.readings import CuratorPermit
from synth_assets.ledger.types import DataPermit, Source, SplitKey
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.cluster.rows import SourceRows
from synth_assets.source.engine import CountEngine
from synth_assets.source.guard import require_measuring_process
from synth_assets.source.kinds import kind_named
from synth_assets.source.kinds.kind import CountingKind, PartedKind
from synth_assets.source.parts import rows_of_part
from synth_assets.workers.pool import Pool

__all__ = ["RowReader", "open_engine", "open_for_curator", "open_on_workers", "open_source"]


class RowReader(Protocol):
    """Streams a source once or more; every batch has exactly the asked columns, in order."""

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises Fault when a column is missing, or the one file there was is gone."""
        ...


def open_source(source: Source, permit: DataPermit) -> RowReader:
    """Return the reader of ``source``, which the ledger handed over for ``permit``.

    Raises:
        Fault: the permit is for another source, or this is not the measuring process.
    """
    require_measuring_process()
    if permit.source != source.name or not source.location:
        raise Fault("the permit is for another source", hint="redeem the permit and open what it returns")
    return _reader(source, part=permit.part, split_key=permit.split_key)


def open_engine(  # noqa: PLR0913 - see `CountingKind`
    source: Source,
    permit: DataPermit,
    *,
    unit: PrivacyUnit,
    secret: bytes,
    window: Window | None,
    meanwhile: Callable[[], None],
) -> CountEngine | None:
    """Return what counts the rows of a source where they are; ``None`` if they are to be read.

    Args:
        source: see :func:`open_source`.
        permit: see :func:`open_source`; for all units.
        unit: see ``CountingKind.engine``.
        secret: see ``CountingKind.engine``.
        window: see ``CountingKind.engine``.
        meanwhile: see ``CountingKind.engine``.

    Raises:
        Fault: see :func:`open_source`, or the permit is for one part.
    """
    require_measuring_process()
    kind = kind_named(source.kind)
    if not isinstance(kind, CountingKind):
        return None
    if permit.source != source.name or not source.location or permit.part is not None:
        raise Fault("the permit is not for all rows of the source", hint="redeem the permit and open what it returns")
    return kind.engine(
        source.location, source.options, source.columns, unit=unit, secret=secret, window=window, meanwhile=meanwhile
    )


def open_on_workers(  # noqa: PLR0913 - which rows there are, and who counts them
    source: Source,
    permit: DataPermit,
    *,
    pool: Pool,
    unit: PrivacyUnit,
    secret: bytes,
    scratch: Path,
    window: Window | None,
    meanwhile: Callable[[], None],
) -> CountEngine | None:
    """Return what counts the rows of a source on workers; ``None`` if its rows do not lie in partitions.

    Workers get what :class:`~synth_assets.source.cluster.rows.SourceRows` has, and nothing of the ledger.

    Args:
        source: see :func:`open_source`.
        permit: see :func:`open_source`.
        pool: the workers.
        unit: who is protected.
        secret: of the reservation, for the bounding.
        scratch: folder of the private zone that all workers share; what they leave there is deleted with it.
        window: when given, only rows whose own time stamp is inside are there at all.
        meanwhile: what has to go on while workers count.

    Raises:
        Fault: see :func:`open_source`.
    """
    open_source(source, permit)  # the checks
    kind = kind_named(source.kind)
    if not isinstance(kind, PartedKind):
        return None
    rows = SourceRows(
        kind=source.kind,
        options=source.options,
        unit=unit,
        window=window,
        part=permit.part,
        split_key=permit.split_key,
        scratch=Path(mkdtemp(dir=scratch)),
    )
    where = partial(kind.partitions, source.location, source.options)
    return ClusterEngine(rows, where, pool, secret=secret, meanwhile=meanwhile)


def open_for_curator(permit: CuratorPermit) -> RowReader:
    """Return the reader of a source of which a curator may see exact figures; the ledger recorded that before.

    Raises:
        Fault: this is not the measuring process.
    """
    require_measuring_process()
    return _reader(permit.source, part=permit.part, split_key=permit.split_key)


def _reader(source: Source, *, part: str | None, split_key: SplitKey | None) -> RowReader:
    return _Opened(source) if part is None else _Part(source, part=part, split_key=split_key)


class _Opened:
    """A source that may be read."""

    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See :class:`RowReader`."""
        kind = kind_named(self._source.kind)
        yield from kind.batches(self._source.location, self._source.options, columns)


class _Part:
    """The rows of a source that are in one part of its account's split."""

    __slots__ = ("_column", "_opened", "_part", "_split_key")

    def __init__(self, source: Source, *, part: str, split_key: SplitKey | None) -> None:
        if source.unit.column is None or split_key is None:
            raise Fault("a part was charged, and nothing says which rows it has", hint="verify the ledger")
        self._opened = _Opened(source)
        self._column = source.unit.column
        self._part = part
        self._split_key = split_key

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See :class:`RowReader`."""
        read = [*columns, *([self._column] if self._column not in columns else [])]
        batches = self._opened.batches(read)
        for batch in rows_of_part(batches, column=self._column, split_key=self._split_key, part=self._part):
            yield batch.select(list(columns))
