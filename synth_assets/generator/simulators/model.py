"""The kind ``simulator``: rows of somebody's mechanism, with parameters that are calibrated to a release.

State on disk: ``simulator.json`` (columns, groups, which simulator with which code, the calibrated parameters and how
far each released table is from it; of a hybrid, the columns of its mixture) and ``simulator.safetensors`` (that
mixture). Neither holds code: rows are drawn by what is installed under the simulator's name, and refused if that is not
the code that was calibrated.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, FiniteFloat, ValidationInfo, model_validator

from synth_assets.contract.generator import FOREIGN, Options
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator.condition import Condition
from synth_assets.generator.protocol import Progress
from synth_assets.generator.rows import make_rng
from synth_assets.generator.simulators.drawing import Drawing
from synth_assets.generator.simulators.evolution import GENERATIONS, Worlds, draw_parameters, evolve
from synth_assets.generator.simulators.refining import refine
from synth_assets.generator.simulators.registry import code_digest, make_simulator, simulator_class
from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.generator.simulators.residual import fit_residual, residual_release
from synth_assets.generator.simulators.state import CalibratedParameter, State
from synth_assets.generator.simulators.tables import Tables
from synth_assets.release import Release

__all__ = ["SimulatorGenerator", "SimulatorOptions"]

_CALIBRATED = GENERATIONS + 4
"""Stream of random numbers of the calibrated world; those before are the calibration's."""
_RESIDUAL = _CALIBRATED + 1
_TRIED = 101
"""Parameters that are drawn to find usual ones."""
_ROWS = 1 << 17
"""Simulated rows that are compared with the released tables."""


class SimulatorOptions(Options):
    """What a contract may say of a simulator."""

    simulator: str = Field(examples=["clinic"], description="Its name, as an installed package or this one brings it.")
    hybrid: bool = Field(default=False, description="Whether a mixture learns what it leaves over.")
    set: dict[str, FiniteFloat] = Field(
        default_factory=dict,
        examples=[{"rate": 0.2}],
        description="Parameters that are changed after the calibration: a scenario.",
    )

    @model_validator(mode="after")
    def _known(self, info: ValidationInfo) -> Self:
        if info.context and info.context.get(FOREIGN):
            return self
        try:
            names = list(simulator_class(self.simulator).parameters)
        except UsageError as error:
            raise ValueError(f"{error.message}; {error.hint}") from error
        for name in self.set:
            if name not in names:
                raise ValueError(f"simulator {self.simulator!r} has no parameter {name!r}; it has {', '.join(names)}")
        return self


class SimulatorGenerator:
    """A calibrated simulator. Implements ``Generator``, ``Conditioning`` and ``Calibrated``."""

    kind: ClassVar[str] = "simulator"
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    options: ClassVar[type[Options]] = SimulatorOptions
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "torch")
    method: ClassVar[int] = 1

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        self._options = options
        self._state: State | None = None
        self._where: Condition | None = None

    @classmethod
    def code(cls, options: Mapping[str, Any]) -> dict[str, str]:
        """Return the digest of the code that options name, which decides a fit as much as the options do."""
        name = str(options.get("simulator"))
        return {f"simulator {name}": code_digest(name)}

    @classmethod
    def refuse_domain(cls, options: Mapping[str, Any], domain: Domain) -> None:
        """Refuse columns that the simulator does not fill; looked at before a release is paid.

        Raises:
            UsageError: its rows cannot be read as these columns.
        """
        name = str(options.get("simulator"))
        _checked(Rendering(name=name, simulator=make_simulator(name), domain=domain), seed=0)

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        return self._fitted().cells.layout.domain

    @property
    def portable(self) -> bool:
        """See ``Generator``; as the simulator says of itself."""
        state = self._fitted()
        residual = state.residual is None or state.residual.portable
        return residual and simulator_class(state.simulator).portable

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; a hybrid imports torch.

        Raises:
            UsageError: no simulator was named, its rows are not those of the release, or it has no such device.
        """
        options = self._options
        if options is None:
            raise UsageError("no simulator is named", hint="write `simulator: NAME` beside `kind: simulator`")
        if device != "cpu":
            raise UsageError(f"a simulator cannot be fitted on {device!r}", hint="use the CPU")
        simulator = make_simulator(options.simulator)
        rendering = Rendering(name=options.simulator, simulator=simulator, domain=release.domain)
        _checked(rendering, seed=seed)
        tables = Tables.of(release)
        worlds = Worlds(rendering=rendering, tables=tables, seed=seed)
        population, weights = evolve(worlds, progress=progress)
        calibration = refine(worlds, population, weights, of_a_share=options.hybrid, progress=progress)
        residual = None
        if calibration.share < 1:
            rng = make_rng(seed, shard=_RESIDUAL, attempt=0)
            rest = residual_release(release, rendering, calibration.estimates, share=calibration.share, rng=rng)
            residual = fit_residual(rest, seed=seed, progress=progress)
        calibrated = worlds.shares(calibration.estimates, rows=_ROWS, stream=_CALIBRATED)
        numbers = zip(simulator.parameters, calibration.estimates.tolist(), calibration.spreads.tolist(), strict=True)
        self._state = State(
            cells=tables.cells,
            simulator=options.simulator,
            code=code_digest(options.simulator),
            parameters={
                name: CalibratedParameter(
                    estimate=estimate,
                    spread=spread,
                    used=options.set.get(name, estimate),
                    meaning=simulator.parameters[name].meaning,
                )
                for name, estimate, spread in numbers
            },
            fits=tuple(tables.fits(calibrated, rows=_ROWS)),
            share=calibration.share,
            residual=residual,
        )

    def calibration(self) -> dict[str, Any]:
        """See ``Calibrated``; the parameters, and how far the simulator is from each released table."""
        return self._fitted().as_json()

    def given(self, where: Condition) -> Self:
        """See ``Conditioning``; rows that meet it are waited for.

        Raises:
            UsageError: and if none of many simulated rows meets it.
        """
        narrowed = copy(self)
        narrowed._where = where if self._where is None else self._where & where  # noqa: SLF001 - of this class
        narrowed._drawing().check()  # noqa: SLF001 - of this class
        return narrowed

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``.

        Raises:
            IntegrityError: the installed simulator has other code than the one that was calibrated.
            UsageError: it is not installed, or a condition is too rare for so many rows.
        """
        drawing = self._drawing()
        if rows == 0:
            return pa.RecordBatch.from_pylist([], schema=self.domain.arrow_schema())
        return drawing.rows(rows, make_rng(seed, shard=shard, attempt=attempt))

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``."""
        return self._fitted().written()

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``; the simulator is looked for when rows are drawn, and not before."""
        generator = cls()
        generator._state = State.read(contents, release=release)
        return generator

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``."""
        return State.largest(release)

    def _fitted(self) -> State:
        if self._state is None:
            raise UsageError("this generator is not fitted", hint="call fit, or load a fitted one")
        return self._state

    def _drawing(self) -> Drawing:
        state = self._fitted()
        simulator = make_simulator(state.simulator)
        if (code := code_digest(state.simulator)) != state.code:
            raise IntegrityError(
                f"simulator {state.simulator!r} has other code here ({code[:12]}) than was calibrated "
                f"({state.code[:12]}), and would give other rows",
                hint="fit the generator again, which is free, or install the version that was calibrated",
            )
        if list(simulator.parameters) != list(state.parameters):
            raise IntegrityError(
                f"simulator {state.simulator!r} has other parameters than were calibrated",
                hint="fit the generator again: that is free",
            )
        return Drawing(
            rendering=Rendering(name=state.simulator, simulator=simulator, domain=self.domain),
            parameters=np.array([one.used for one in state.parameters.values()]),
            share=state.share,
            residual=state.residual,
            where=self._where,
        )


def _checked(rendering: Rendering, *, seed: int) -> None:
    """Look at the rows of a usual world: refuse what calibration would not notice."""
    drawn = draw_parameters(rendering, _TRIED, make_rng(seed, shard=0, attempt=0))
    rendering.check(np.median(drawn, axis=0))
