"""What a worker is told to find rows: where they are, whose they are and which count; and nothing of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
from numpy.typing import DTypeLike

from synth_assets.ledger.types import SplitKey
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.bounded import Encode
from synth_assets.source.kinds import kind_named
from synth_assets.source.kinds.kind import PartedKind, Partition
from synth_assets.source.parts import rows_of_part
from synth_assets.source.window import inside_window

__all__ = ["Coding", "SourceRows"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SourceRows:
    """The rows of one source that a permit is for.

    Attributes:
        kind: of the source.
        options: the kind's own.
        unit: who is protected.
        window: when given, only rows whose own time stamp is inside are there at all.
        part: the part of a split account; all units if ``None``.
        split_key: what decides who is in which part.
        scratch: folder of the private zone that all workers share.
    """

    kind: str
    options: Mapping[str, Any]
    unit: PrivacyUnit
    window: Window | None
    part: str | None
    split_key: SplitKey | None
    scratch: Path

    def batches(self, partition: Partition, columns: Sequence[str]) -> Iterable[pa.RecordBatch]:
        """Return the rows of a partition that count, before units are bounded.

        Args:
            partition: which.
            columns: those that are needed besides the unit's and the window's.
        """
        kind = cast("PartedKind", kind_named(self.kind))
        more = (self.unit.column, self.window.column if self.window else None)
        read = dict.fromkeys([*columns, *(name for name in more if name is not None)])
        batches: Iterable[pa.RecordBatch] = kind.partition_batches(partition, self.options, list(read))
        if self.part is not None and self.split_key is not None and self.unit.column is not None:
            batches = rows_of_part(batches, column=self.unit.column, split_key=self.split_key, part=self.part)
        return batches if self.window is None else inside_window(batches, self.window)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Coding:
    """How rows become numbers, and what the files are called that hold them.

    Attributes:
        name: another one for each coding of an engine.
        columns: what is read.
        encode: what a batch becomes; a function of a module, or made of one by ``partial``.
        dtypes: types of its arrays.
        secret: for the bounding.
    """

    name: str
    columns: tuple[str, ...]
    encode: Encode
    dtypes: tuple[DTypeLike, ...]
    secret: bytes
