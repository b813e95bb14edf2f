"""What kinds have in common whose networks take latent points to distributions of all columns.

Columns are independent given the point, so each point is a component of a mixture of products, and all points together
are such a mixture: whatever a mixture can do holds for these kinds too. They differ in how they are trained.

State on disk: ``network.safetensors`` (the arrays of ``decoding``; moves and shares of fine codes, see
``mixture.settling``) and ``columns.json`` (see ``cells.writing``). Components are computed when they are loaded.
Both files may come from an untrusted bundle, and are checked.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synth_assets.contract.generator import Options
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.generator.cells.layout import Floats, Layout
from synth_assets.generator.cells.writing import FIT_AGAIN, RowWriter
from synth_assets.generator.condition import Condition
from synth_assets.generator.mixture.model import MOST_COMPONENTS, MixtureGenerator
from synth_assets.generator.mixture.settling import Settlement, move
from synth_assets.generator.networks import decoding
from synth_assets.generator.networks.training import train_or_restart
from synth_assets.generator.protocol import Progress
from synth_assets.generator.rules import Rules
from synth_assets.generator.tensors import LENGTH, read_tensors
from synth_assets.release import Level, Release

__all__ = ["DecoderGenerator"]

Array = np.ndarray[Any, np.dtype[Any]]
FORMAT_VERSION = 1
REFIT_STEPS = 1000
"""Most steps of a refit at the full rate; it ends at the noise level, as a fit does."""
_NETWORK, _COLUMNS = "network.safetensors", "columns.json"
_HEADER = 4096
"""Most bytes of the header of a safetensors file; ours has about 800."""


class DecoderGenerator(ABC):
    """A decoder of latent points; a kind says how it is trained.

    Implements ``Generator``, ``Answering``, ``Refitting``, ``Conditioning`` and ``Keeping``, but for what names a kind.
    """

    kind: ClassVar[str]
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    options: ClassVar[type[Options]]
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "torch", "safetensors")
    portable = True

    def __init__(self, options: Any = None) -> None:
        self._options: Any = self.options() if options is None else options
        self._state: dict[str, Array] = {}
        self._mixture = MixtureGenerator()

    @abstractmethod
    def trained(self, release: Release, *, seed: int, device: str, progress: Progress | None) -> dict[str, Array]:
        """Return the arrays of ``decoding`` after a training; imports torch.

        Args:
            release: the paid answers.
            seed: determines the random starts.
            device: where to train.
            progress: called with a message about the progress.

        Raises:
            Diverged: the numbers are no longer finite.
        """

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        return self._mixture.domain

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; imports torch."""

        def train(start: int) -> dict[str, Array]:
            return self.trained(release, seed=start, device=device, progress=progress)

        network = train_or_restart(train, kind=self.kind, seed=seed, progress=progress)
        self._settle(release, RowWriter.of(release), network)
        self._mixture.take_orders(release, seed=seed)

    def refit(self, release: Release, *, seed: int) -> Self:
        """See ``Refitting``; one network of the same sizes, trained on tables alone, of whatever kind this is.

        A quarter to a third of the work; its spread is 3% (``vae``) to 7% (``gan``) wider than that of whole fits.
        """
        from synth_assets.generator.networks.tables import train_networks

        writer = self._mixture.writer
        _, points, latent = self._state["points"].shape
        width = self._state["weight1"].shape[2]

        def train(start: int) -> dict[str, Array]:
            return train_networks(
                release, networks=1, points=points, latent=latent, width=width, steps=REFIT_STEPS, seed=start
            )

        again = type(self)(self._options)
        again._settle(release, writer, train_or_restart(train, kind=self.kind, seed=seed, progress=None))  # noqa: SLF001
        return again

    def given(self, where: Condition) -> Self:
        """See ``Conditioning``."""
        return self._with(self._mixture.given(where))

    def keeping(self, rules: Rules) -> Self:
        """See ``Keeping``."""
        return self._with(self._mixture.keeping(rules))

    def marginal(self, attributes: Sequence[str], *, level: Level = "coarse") -> Floats:
        """See ``Answering``."""
        return self._mixture.marginal(attributes, level=level)

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``."""
        return self._mixture.sample(rows, seed=seed, shard=shard, attempt=attempt)

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``."""
        from safetensors.numpy import save

        return {_COLUMNS: self._mixture.writer.written(FORMAT_VERSION), _NETWORK: save(self._state)}

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``."""
        writer = RowWriter.read_as(FORMAT_VERSION, contents[_COLUMNS], release=release)
        state = _read_state(contents[_NETWORK], writer.layout)
        components = decoding.decoded(state, writer.layout)
        move(components, state["moves"])
        generator = cls()
        generator._set(writer, state, components)
        return generator

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``."""
        layout = Layout.of(release.domain, release.grids)
        doubles = 3 * layout.cells + sum(grid.size for grid in layout.grids)
        network = 4 * decoding.most_numbers(layout, most_points=MOST_COMPONENTS) + 8 * doubles
        return {_COLUMNS: RowWriter.largest(release, version=FORMAT_VERSION), _NETWORK: LENGTH + _HEADER + network}

    def _settle(self, release: Release, writer: RowWriter, network: Mapping[str, Array]) -> None:
        """Take a trained network, and settle with a release what is beyond its tables."""
        components = decoding.decoded(network, writer.layout)
        settlement = Settlement.of(release, _equal(components), components)
        self._set(writer, {**network, "moves": settlement.moves, "within": settlement.within}, components)

    def _set(self, writer: RowWriter, state: dict[str, Array], components: Array) -> None:
        """Keep the stored state, and make the mixture of its components, whose moves were made."""
        parts = {"weights": _equal(components), "probabilities": components, "within": state["within"]}
        self._state, self._mixture = state, MixtureGenerator.of_state(writer, parts)

    def _with(self, mixture: MixtureGenerator) -> Self:
        changed = copy(self)
        changed._mixture = mixture  # noqa: SLF001 - of this class
        return changed


def _equal(components: Array) -> Array:
    return np.full(len(components), 1 / len(components))


def _read_state(content: bytes, layout: Layout) -> dict[str, Array]:
    """Read a network that may be untrusted.

    Raises:
        IntegrityError: it is not a decoder of this layout.
    """
    state = read_tensors(content, most_header=_HEADER)
    network = {name: array for name, array in state.items() if name not in {"moves", "within"}}
    if len(state) != len(network) + 2 or not (
        decoding.is_decoder(network, layout, most_points=MOST_COMPONENTS) and _are_moves(state["moves"], layout)
    ):
        raise IntegrityError("the network is not a decoder of these columns", hint=FIT_AGAIN)
    return state


def _are_moves(moves: Array, layout: Layout) -> bool:
    """Return whether foreign moves are from a cell to another of the same column, of shares, and not too many."""
    if moves.dtype != np.float64 or moves.ndim != 2 or moves.shape[1:] != (3,) or len(moves) > layout.cells:  # noqa: PLR2004
        return False
    cells, shares = moves[:, :2], moves[:, 2]
    if not ((cells >= 0) & (cells < layout.cells) & (cells == np.floor(cells))).all():
        return False
    columns = layout.column_of_cell[cells.astype(np.int64)]
    return bool((columns[:, 0] == columns[:, 1]).all() and ((shares >= 0) & (shares <= 1)).all())
