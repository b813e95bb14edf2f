"""What kinds have in common whose network draws rows column by column.

Such a kind learns the coarse codes of a teacher's rows, draws them with NumPy alone and in double precision, divides
groups into fine codes by the released shares, and writes values as every kind does.

State on disk: ``network.safetensors`` (what is learnt in single precision, and ``within``, the shares of fine
codes in coarse ones) and ``columns.json`` (what ``RowWriter`` writes). Both may come from an untrusted bundle: they are
checked to be a network of that layout, of finite numbers, before a row is drawn from it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synth_assets.contract.generator import Options
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator.cells.closeness import Closeness
from synth_assets.generator.cells.fine import FineCodes, are_shares
from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.generator.cells.writing import FIT_AGAIN, RowWriter
from synth_assets.generator.condition import Condition
from synth_assets.generator.networks.drawing import Drawing, draw_piece
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.networks.training import Fitting, Weights, train_or_restart
from synth_assets.generator.protocol import Progress
from synth_assets.generator.rows import make_rng
from synth_assets.generator.tensors import LENGTH, read_tensors
from synth_assets.release import Release
from synth_assets.release.kinds.orders import NoisyOrders

__all__ = ["RowNetwork"]

FORMAT_VERSION = 1
_NETWORK, _COLUMNS = "network.safetensors", "columns.json"
_WITHIN = "within"
_HEADER = 1 << 13
"""Most bytes of the header of a safetensors file; that of the largest network has about 3,000."""
TRIED_ROWS, ORDERED_ROWS = 1 << 13, 1 << 15
"""Rows that are drawn to see how close a network is, and which orders of amounts it has by itself."""
PIECE = 1 << 24
"""Numbers that rows under way hold at once, about: 128 MB."""
FEWEST_ROWS, MOST_ROWS = 256, 8192


class RowNetwork(ABC):
    """A network that draws one column after the other. Implements ``Generator`` and ``Conditioning``."""

    kind: ClassVar[str]
    options: ClassVar[type[Options]]
    largest_size: ClassVar[tuple[int, int]]
    """Largest width and number of blocks that the options allow."""
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "safetensors", "torch")
    method: ClassVar[int] = 1
    cannot: ClassVar[Mapping[str, str]] = {
        "answers": "its network draws rows, and the probability of a value is a sum over all rows that there can be",
        "refits": "each refit would train a network again",
    }
    portable = True

    def __init__(self, options: Any = None) -> None:
        self._options: Options = self.options() if options is None else options
        self._where: Condition | None = None
        self._writer: RowWriter | None = None
        self._stored: Weights = {}
        self._weights: Weights = {}

    @classmethod
    @abstractmethod
    def shapes(cls, layout: Layout, *, width: int, blocks: int) -> dict[str, tuple[int, ...]]:
        """Return the shape of each part of a network; ``codes`` is (cells, width), and ``up`` is in each block."""

    @classmethod
    @abstractmethod
    def numbers_per_row(cls, layout: Layout, *, width: int, blocks: int) -> int:
        """Return how many numbers a row under way takes."""

    @classmethod
    @abstractmethod
    def order(cls, layout: Layout, *, first: Sequence[int], rng: np.random.Generator) -> list[int]:
        """Return the columns in the order in which a piece of rows draws them; some of them first where it can."""

    @classmethod
    @abstractmethod
    def begin(cls, weights: Weights, layout: Layout, *, rows: int) -> Drawing:
        """Return rows of which nothing is drawn yet; weights are in double precision."""

    @classmethod
    @abstractmethod
    def train(cls, fitting: Fitting, *, options: Options) -> Weights:
        """Return what a network has learnt, in single precision.

        Raises:
            Diverged: it did not learn.
        """

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        return self._fitted().layout.domain

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; imports torch."""
        teacher = Teacher.fitted(release, seed=seed, device=device, progress=progress)
        closeness, tried = Closeness.of(release), partial(make_rng, seed, shard=0, attempt=0)
        enough = closeness.level(teacher.rows(TRIED_ROWS, rng=tried()))

        def level(weights: Weights) -> float:
            return closeness.level(self.drawn(exact(weights), teacher.layout, rows=TRIED_ROWS, rng=tried()))

        def train(start: int) -> Weights:
            fitting = Fitting(
                kind=self.kind,
                teacher=teacher,
                level=level,
                enough=enough,
                seed=start,
                device=device,
                progress=progress,
            )
            return self.train(fitting, options=self._options)

        learnt = train_or_restart(train, kind=self.kind, seed=seed, progress=progress)
        fine = FineCodes.of(release, one_way=teacher.one_way())
        self._set(RowWriter.of(release), {**learnt, _WITHIN: fine.shares})
        if release.of_kind(NoisyOrders):
            rng = tried()
            coarse = self.drawn(self._weights, teacher.layout, rows=ORDERED_ROWS, rng=rng)
            self._writer = self._fitted().ordered(release, fine.drawn(coarse, rng=rng), rng=rng)

    def given(self, where: Condition) -> Self:
        """See ``Conditioning``; rows hold it exactly, and their other columns follow column by column."""
        narrowed = copy(self)
        narrowed._where = where if self._where is None else self._where & where  # noqa: SLF001 - of this class
        narrowed._conditioned()  # noqa: SLF001 - of this class; refuses a condition without probability
        return narrowed

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``."""
        writer, rng = self._fitted(), make_rng(seed, shard=shard, attempt=attempt)
        fine, masses = self._conditioned()
        coarse = self.drawn(self._weights, writer.layout, rows=rows, rng=rng, masses=masses)
        return writer.rows(fine.drawn(coarse, rng=rng), rng=rng)

    @classmethod
    def drawn(
        cls,
        weights: Weights,
        layout: Layout,
        *,
        rows: int,
        rng: np.random.Generator,
        masses: Mapping[int, Floats] | None = None,
    ) -> Integers:
        """Return coarse codes that a network draws, shape (rows, columns).

        Args:
            weights: in double precision.
            layout: of the columns.
            rows: number of rows.
            rng: the only source of randomness.
            masses: of the codes of columns with a condition, see ``draw_piece``.
        """
        most = int(np.clip(PIECE // cls.numbers_per_row(layout, **_size_of(weights)), FEWEST_ROWS, MOST_ROWS))
        codes, kept, begun = [np.zeros((0, layout.sizes.size), dtype=np.int64)], 0, 0
        while kept < rows:
            # Under a condition, rows compete for a place: alone, one would have it whatever it is.
            size = rows - kept if not masses else max(FEWEST_ROWS, (rows - kept) * max(1, begun) // max(1, kept))
            size = min(most, size)
            order = cls.order(layout, first=list(masses or ()), rng=rng)
            drawing = cls.begin(weights, layout, rows=size)
            piece = draw_piece(drawing, sizes=layout.sizes, order=order, rows=size, rng=rng, masses=masses)
            codes.append(piece[rng.permutation(len(piece))[: rows - kept]] if masses else piece)
            kept, begun = kept + len(codes[-1]), begun + size
        return np.concatenate(codes)

    def _conditioned(self) -> tuple[FineCodes, dict[int, Floats]]:
        """Return the shares of fine codes under the condition, and the masses of coarse ones."""
        layout, where = self._fitted().layout, self._where
        fine = FineCodes(layout=layout, shares=self._weights[_WITHIN])
        if where is None:
            return fine, {}
        if unknown := [name for name in where.weights if name not in layout.domain.names]:
            raise UsageError(f"the condition names unknown column {unknown[0]!r}", hint="see the domain")
        fine, masses = fine.under(where.weights)
        if not all(mass.any() for mass in masses.values()):
            raise UsageError(f"the model gives `{where}` no probability", hint="ask for something less rare")
        return fine, masses

    def _set(self, writer: RowWriter, stored: Weights) -> None:
        self._writer, self._stored, self._weights = writer, stored, exact(stored)

    def _fitted(self) -> RowWriter:
        if self._writer is None:
            raise UsageError("this generator is not fitted", hint="call fit, or load a fitted one")
        return self._writer

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``."""
        from safetensors.numpy import save

        return {_COLUMNS: self._fitted().written(FORMAT_VERSION), _NETWORK: save(self._stored)}

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``."""
        writer = RowWriter.read_as(FORMAT_VERSION, contents[_COLUMNS], release=release)
        generator = cls()
        generator._set(writer, cls._read(contents[_NETWORK], writer.layout))
        return generator

    @classmethod
    def _read(cls, content: bytes, layout: Layout) -> Weights:
        """Read a network that may be untrusted.

        Raises:
            IntegrityError: it is not one of this kind and layout.
        """
        stored: Weights = read_tensors(content, most_header=_HEADER)
        if not cls._is_network(stored, layout):
            raise IntegrityError(f"the network is not a {cls.kind} of these columns", hint=FIT_AGAIN)
        return stored

    @classmethod
    def _is_network(cls, stored: Weights, layout: Layout) -> bool:
        learnt = {name: values for name, values in stored.items() if name != _WITHIN}
        codes, within = learnt.get("codes"), stored.get(_WITHIN)
        if codes is None or codes.ndim != 2 or within is None or within.dtype != np.float64:  # noqa: PLR2004
            return False
        size, most = _size_of(learnt), cls.largest_size
        if not (1 <= size["width"] <= most[0] and 1 <= size["blocks"] <= most[1]):
            return False
        if {name: values.shape for name, values in learnt.items()} != cls.shapes(layout, **size):
            return False
        sound = all(values.dtype == np.float32 and bool(np.isfinite(values).all()) for values in learnt.values())
        return sound and are_shares(within, layout)

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``."""
        layout = Layout.of(release.domain, release.grids)
        width, blocks = self.largest_size
        shapes = self.shapes(layout, width=width, blocks=blocks)
        learnt = sum(int(np.prod(shape)) for shape in shapes.values())
        within = sum(grid.size for grid in layout.grids)
        written = RowWriter.largest(release, version=FORMAT_VERSION)
        return {_COLUMNS: written, _NETWORK: LENGTH + _HEADER + 4 * learnt + 8 * within}


def exact(weights: Weights) -> dict[str, Floats]:
    """Return weights in double precision."""
    return {name: values.astype(np.float64) for name, values in weights.items()}


def _size_of(weights: Weights) -> dict[str, int]:
    """Return the width and the number of blocks of a network."""
    return {"width": weights["codes"].shape[1], "blocks": sum(name.endswith(".up") for name in weights)}
