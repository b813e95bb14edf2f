"""The default generator: a pooled mixture of product distributions.

Fitting is in ``fitting``, sampling in ``sampling``; this module holds the
fitted state, computes marginals in closed form and applies conditions by
re-weighting components.

State on disk: ``mixture.safetensors`` (weights, probabilities, shares of fine
codes in coarse ones) and ``mixture.json`` (domain and grids; of a release that measured them, the weights by which
values are drawn inside bins, see ``generator.heaps``, and shares of rows in which one amount is less than another, or
equal to it, see ``cells.ordering``). Both may come from an untrusted bundle: they are checked to be a mixture of that
layout before a row is drawn from it. In format 1, the shares are the same in all components; from format 2 on, they
lean to where the component's other rows are, see ``inside``. From format 5 on, rows are the same on every processor.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from threading import Lock
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synth_assets.contract.generator import Options
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator.cells.layout import Allowed, Floats, Layout
from synth_assets.generator.cells.writing import FIT_AGAIN, RowWriter
from synth_assets.generator.condition import Condition
from synth_assets.generator.mixture.inside import Chosen, Inside
from synth_assets.generator.mixture.keeping import Keeper
from synth_assets.generator.mixture.sampling import Codes, ColumnModel, Repair, sample_codes
from synth_assets.generator.mixture.settling import Settlement, in_order, normalised
from synth_assets.generator.protocol import Progress
from synth_assets.generator.rows import make_rng
from synth_assets.generator.rules import Rules
from synth_assets.generator.tensors import LENGTH, read_tensors
from synth_assets.release import Level, Release
from synth_assets.release.kinds.orders import NoisyOrders

__all__ = ["MixtureGenerator", "fit_components"]

Array = np.ndarray[Any, np.dtype[Any]]
FORMAT_VERSION, WITH_ORDERS, WITH_HEAPS, WITHOUT_HEAPS, SAME_INSIDE = 5, 4, 3, 2, 1
"""Of ``mixture.json``; the older ones say what was measured besides: orders, heaps, neither, nor shares that lean."""
TRIED_ROWS = 1 << 17
"""Rows that are drawn to see which orders the model has by itself."""
REFIT_POOL = 2
"""Mixtures that a refit pools: a quarter of the work of eight, and a spread 2 to 9% wider."""
MOST_COMPONENTS = 8192
"""Components of all mixtures that are pooled: more than ``fitting`` makes, which imports torch."""
_WEIGHTS, _LAYOUT = "mixture.safetensors", "mixture.json"
_HEADER = 4096
"""Most bytes of the header of a safetensors file; ours has about 250."""
_FLOAT = 8
_IMPORTING = Lock()
"""Where torch is missing, a second thread would get a half-imported module rather than the name of what is missing."""
_PARTS = ("weights", "probabilities", "within")
_MOST_SHARE = 1.001
"""Shares add up to one, up to single precision."""


class MixtureGenerator:
    """A mixture of products fitted to all tables of a release.

    Implements ``Generator``, ``Answering``, ``Refitting``, ``Conditioning`` and ``Keeping``.
    """

    kind: ClassVar[str] = "mixture"
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    options: ClassVar[type[Options]] = Options
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "torch")
    method: ClassVar[int] = 5

    def __init__(self, options: Any = None) -> None:
        del options  # this kind has none
        self._where: Condition | None = None
        self._rules: Rules | None = None
        self._writer: RowWriter | None = None
        self._state: dict[str, Array] = {}
        self._weights: Floats = np.zeros(0)
        self._probabilities: Floats = np.zeros((0, 0))
        self._inside: list[Inside] = []
        self._format = FORMAT_VERSION

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        return self._fitted().layout.domain

    @property
    def portable(self) -> bool:
        """See ``Generator``; up to format 4 the last bits of matrix products decided which rows exchanged values."""
        return self._format >= FORMAT_VERSION

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; imports torch."""
        state = fit_components(release, seed=seed, device=device, progress=progress)
        self._set(RowWriter.of(release), state)
        self.take_orders(release, seed=seed)

    @classmethod
    def of_components(cls, release: Release, weights: Array, probabilities: Array, *, seed: int) -> Self:
        """Return the mixture of components that something else fitted to a release, such as a network.

        Args:
            release: the paid answers.
            weights: of the components, shape (components,), adding up to 1.
            probabilities: of the coarse codes of all columns, shape (components, cells); each column's add up to 1.
            seed: of the fit.
        """
        generator = cls()
        generator._set(RowWriter.of(release), _settled(release, weights, probabilities))
        generator.take_orders(release, seed=seed)
        return generator

    @classmethod
    def of_state(cls, writer: RowWriter, state: dict[str, Array]) -> Self:
        """Return the mixture of foreign components.

        Args:
            writer: their columns.
            state: as of :func:`fit_components`.

        Raises:
            IntegrityError: they are not a mixture of these columns.
        """
        return cls._of(writer, _checked(state, writer.layout))

    @property
    def writer(self) -> RowWriter:
        """What turns codes into rows."""
        return self._fitted()

    def refit(self, release: Release, *, seed: int) -> Self:
        """See ``Refitting``; pools :data:`REFIT_POOL` fits, whose spread is slightly wider than that of eight."""
        return self._of(self._fitted(), fit_components(release, seed=seed, pool=REFIT_POOL))

    def take_orders(self, release: Release, *, seed: int) -> None:
        """Take the orders of a release, if it measured any, given what this model draws by itself."""
        if release.of_kind(NoisyOrders):
            rng = make_rng(seed, shard=0, attempt=0)
            codes = sample_codes(self._weights, self._conditioned()[1], rows=TRIED_ROWS, rng=rng)
            self._writer = self._fitted().ordered(release, codes, rng=rng)

    def given(self, where: Condition) -> Self:
        """See ``Conditioning``."""
        narrowed = copy(self)
        narrowed._where = where if self._where is None else self._where & where  # noqa: SLF001 - of this class
        narrowed._conditioned()  # noqa: SLF001 - of this class; refuses a condition without probability
        return narrowed

    def keeping(self, rules: Rules) -> Self:
        """See ``Keeping``."""
        ruled = copy(self)
        ruled._rules = rules  # noqa: SLF001 - of this class
        return ruled

    def marginal(self, attributes: Sequence[str], *, level: Level = "coarse") -> Floats:
        """See ``Answering``."""
        layout = self._fitted().layout
        weights, columns = self._conditioned()
        operands: list[object] = [weights, [0]]
        for axis, name in enumerate(attributes, start=1):
            column = columns[layout.domain.index(name)]
            operands += [column.coarse if level == "coarse" else column.fine(), [0, axis]]
        table: Floats = np.einsum(*operands, list(range(1, len(attributes) + 1)), optimize=True)  # type: ignore[call-overload]
        return table

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``."""
        writer, rules = self._fitted(), self._rules
        rng = make_rng(seed, shard=shard, attempt=attempt)
        weights, columns = self._conditioned()
        repair = None if rules is None else self._repair(rules, weights, columns, rng)
        codes = sample_codes(weights, columns, rows=rows, rng=rng, repair=repair, to_last_bit=not self.portable)
        allowed = None
        if writer.orders and rules is not None:
            allowed = self._keeper(rules, codes, columns, weights, owners=np.zeros(rows, np.int64)).allows
        return writer.rows(codes, rng=rng, rules=rules, allowed=allowed)

    def _repair(
        self, rules: Rules, weights: Floats, columns: list[ColumnModel], rng: np.random.Generator
    ) -> Repair | None:
        """Return what changes codes so that they can keep rules; ``None`` if codes tell nothing of them."""

        def repair(codes: list[Codes], owners: Array) -> Allowed:
            keeper = self._keeper(rules, codes, columns, weights, owners=owners)
            keeper.repair(rng)
            return keeper.allows

        return repair if rules.cells else None

    def _keeper(
        self, rules: Rules, codes: list[Codes], columns: list[ColumnModel], weights: Floats, *, owners: Array
    ) -> Keeper:
        models = dict(zip(self.domain.names, columns, strict=True))
        return Keeper(codes, models, rules=rules.cells, owners=owners, weights=weights)

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``."""
        from safetensors.numpy import save

        return {_LAYOUT: self._fitted().written(self._format), _WEIGHTS: save(self._state)}

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``."""
        writer = RowWriter.read(contents[_LAYOUT], release=release)
        for version in _versions(writer):
            if contents[_LAYOUT] == writer.written(version):
                return cls._of(writer, _read_state(contents[_WEIGHTS], writer.layout), version=version)
        raise IntegrityError("the generator has other columns than its release", hint=FIT_AGAIN)

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``."""
        layout = Layout.of(release.domain, release.grids)
        numbers = MOST_COMPONENTS * (1 + layout.cells) + sum(grid.size for grid in layout.grids)
        written = RowWriter.largest(release, version=FORMAT_VERSION)
        return {_LAYOUT: written, _WEIGHTS: LENGTH + _HEADER + _FLOAT * numbers}

    @classmethod
    def _of(cls, writer: RowWriter, state: dict[str, Array], *, version: int = FORMAT_VERSION) -> Self:
        generator = cls()
        generator._set(writer, state, version=version)
        return generator

    def _set(self, writer: RowWriter, state: dict[str, Array], *, version: int = FORMAT_VERSION) -> None:
        """Keep the stored state, and normalise its shares in double precision."""
        layout = writer.layout
        self._writer, self._state, self._format = writer, state, version
        self._weights, self._probabilities = normalised(layout, state["weights"], state["probabilities"])
        self._inside = _insides(layout, self._weights, self._probabilities, state["within"], version=version)

    def _fitted(self) -> RowWriter:
        if self._writer is None:
            raise UsageError("this generator is not fitted", hint="call fit, or load a fitted one")
        return self._writer

    def _conditioned(self) -> tuple[Floats, list[ColumnModel]]:
        """Return components' weights and columns given the condition, by Bayes' rule in each component."""
        layout, where = self._fitted().layout, self._where
        weights, columns = self._weights.copy(), []
        chosen = {} if where is None else dict(where.weights)
        for index, name in enumerate(layout.domain.names):
            coarse, inside = self._probabilities[:, layout.slice(name)], self._inside[index]
            shares: Callable[[Chosen], Floats] = inside.shares
            if name in chosen:
                masses, shares = inside.tilted(np.array(chosen.pop(name)))
                coarse, evidence = _given(coarse, masses)
                weights *= evidence
            columns.append(ColumnModel(coarse=coarse, grid=layout.grids[index], inside=shares))
        if chosen:
            raise UsageError(f"the condition names unknown column {next(iter(chosen))!r}", hint="see the domain")
        if not weights.sum() > 0:
            raise UsageError(f"the model gives `{where}` no probability", hint="ask for something less rare")
        return weights / weights.sum(), columns


def fit_components(
    release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None, pool: int | None = None
) -> dict[str, Array]:
    """Return the state of a mixture that is fitted to a release, as it is stored; imports torch.

    Args:
        release: the paid answers.
        seed: determines the random starts.
        device: where to fit.
        progress: called with a message about the progress.
        pool: number of mixtures, instead of the plan's.

    Returns:
        ``weights``, shape (components,); ``probabilities``, shape (components, cells); ``within``, the shares of fine
        codes in coarse ones of all columns, shape (fine codes,).
    """
    with _IMPORTING:
        from synth_assets.generator.cells.targets import fit_targets
        from synth_assets.generator.mixture.fitting import fit_mixtures, plan_fit

    targets = fit_targets(release)
    plan = plan_fit(targets)
    plan = plan if pool is None else replace(plan, fits=pool)
    weights, probabilities = fit_mixtures(targets, plan, seed=seed, device=device, progress=progress)
    return _settled(release, weights, probabilities)


def _settled(release: Release, weights: Array, probabilities: Array) -> dict[str, Array]:
    """Return the state of components; their probabilities change in place where groups at the ends are empty."""
    within = Settlement.of(release, weights, probabilities).within
    return {"weights": weights, "probabilities": probabilities, "within": within}


def _insides(layout: Layout, weights: Floats, probabilities: Floats, within: Floats, *, version: int) -> list[Inside]:
    """Return the shares of fine codes of all columns."""
    parts = np.split(within, np.cumsum([grid.size for grid in layout.grids])[:-1])
    if version == SAME_INSIDE:
        return [Inside.same(grid=grid, within=part) for grid, part in zip(layout.grids, parts, strict=True)]
    return [
        Inside.leaning(
            probabilities[:, layout.slice(column.name)], weights, grid=grid, within=part, regular=in_order(column)
        )
        for column, grid, part in zip(layout.domain.columns, layout.grids, parts, strict=True)
    ]


def _versions(writer: RowWriter) -> tuple[int, ...]:
    """Return the formats that a generator may have, the one that is written first."""
    if writer.orders:
        return (FORMAT_VERSION, WITH_ORDERS)
    return (FORMAT_VERSION, WITH_HEAPS) if writer.heaps else (FORMAT_VERSION, WITHOUT_HEAPS, SAME_INSIDE)


def _read_state(content: bytes, layout: Layout) -> dict[str, Array]:
    """Read weights that may be untrusted.

    Raises:
        IntegrityError: they are not a mixture of this layout.
    """
    return _checked(read_tensors(content, most_header=_HEADER), layout)


def _checked(state: dict[str, Array], layout: Layout) -> dict[str, Array]:
    if not _is_mixture(state, layout):
        raise IntegrityError("the weights are not those of a mixture of these columns", hint=FIT_AGAIN)
    return state


def _is_mixture(state: Mapping[str, Array], layout: Layout) -> bool:
    """Return whether the shapes match the layout and all numbers are shares."""
    if set(state) != set(_PARTS):
        return False
    parts = weights, probabilities, within = [state[name] for name in _PARTS]
    cells = np.concatenate([start + grid for start, grid in zip(layout.offsets, layout.grids, strict=False)])
    shapes = [(weights.size,), (weights.size, layout.cells), cells.shape]
    if [part.shape for part in parts] != shapes or not 0 < weights.size <= MOST_COMPONENTS:
        return False
    if not all(part.dtype in (np.float32, np.float64) and ((part >= 0) & (part < _MOST_SHARE)).all() for part in parts):
        return False
    sums = (
        weights.sum(keepdims=True),
        np.add.reduceat(probabilities, layout.offsets[:-1], axis=1),
        np.bincount(cells, weights=within, minlength=layout.cells),
    )
    return all(bool((np.abs(total - 1) < _MOST_SHARE - 1).all()) for total in sums)


def _given(coarse: Floats, masses: Floats) -> tuple[Floats, Floats]:
    """Return a column's coarse distributions times ``masses``, normalised, and the normalising constants."""
    tilted = coarse * masses
    evidence = tilted.sum(axis=1)
    safe = np.where(evidence > 0, evidence, 1.0)
    return np.where(evidence[:, None] > 0, tilted / safe[:, None], 1.0 / coarse.shape[1]), evidence
