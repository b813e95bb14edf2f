"""A calibrated simulator as files, which may come from anybody: numbers and names, and no code.

What is read is written again and compared, so that only what this module writes is read.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.cells.writing import FIT_AGAIN
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.simulators.registry import LONGEST_TEXT, MOST_PARAMETERS
from synth_assets.generator.simulators.tables import CellMap, TableFit
from synth_assets.release import Release

__all__ = ["CalibratedParameter", "State"]

FORMAT_VERSION = 1
_FACTS, _WEIGHTS = "simulator.json", "simulator.safetensors"
_LONGEST_NUMBERS, _REST = 192, 8192
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEYS = {"format_version", "simulator", "code", "parameters", "tables", "share", "residual", "domain", "grids"}
_MIXTURE = {_FACTS: "mixture.json", _WEIGHTS: "mixture.safetensors"}
"""The files of a hybrid's mixture, whose weights are all that ours holds; its facts are a part of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedParameter:
    """A parameter after calibration.

    Attributes:
        estimate: where the simulator is nearest to the release.
        spread: standard error by noise and sampling.
        used: what rows are drawn with: the estimate, or what a scenario sets.
        meaning: what it is, in words; may be empty.
    """

    estimate: float
    spread: float
    used: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """All that decides the rows of a calibrated simulator, but its code.

    Attributes:
        cells: the columns, and the released tables.
        simulator: its name.
        code: SHA-256 of the file that it is written in.
        parameters: by name, in the simulator's order.
        fits: how far each table is from the simulator as it was calibrated.
        share: of the rows that are simulated; below 1 in a hybrid.
        residual: the mixture that draws the others.
    """

    cells: CellMap
    simulator: str
    code: str
    parameters: Mapping[str, CalibratedParameter]
    fits: tuple[TableFit, ...]
    share: float
    residual: MixtureGenerator | None

    def as_json(self) -> dict[str, Any]:
        """Return what the calibration found; see ``Calibrated``."""
        return {
            "simulator": self.simulator,
            "code": self.code,
            "parameters": [{"name": name, **asdict(parameter)} for name, parameter in self.parameters.items()],
            "tables": [
                {
                    "attributes": list(fit.attributes),
                    "distance": fit.distance,
                    "explained": fit.explained,
                }
                for fit in self.fits
            ],
            "share": self.share,
        }

    def written(self) -> dict[str, bytes]:
        """Return the files."""
        from safetensors.numpy import save

        grids = [grid.tolist() for grid in self.cells.layout.grids]
        mixture = None if self.residual is None else self.residual.contents()
        facts = {
            "format_version": FORMAT_VERSION,
            **self.as_json(),
            "residual": None if mixture is None else json.loads(mixture[_MIXTURE[_FACTS]]),
            "domain": self.cells.layout.domain.as_json(),
            "grids": grids,
        }
        return {_FACTS: json_bytes(facts), _WEIGHTS: save({}) if mixture is None else mixture[_MIXTURE[_WEIGHTS]]}

    @classmethod
    def read(cls, contents: Mapping[str, bytes], *, release: Release | None) -> Self:
        """Read what :meth:`written` returned.

        Raises:
            IntegrityError: it is something else, or of another release.
        """
        try:
            state = cls._parsed(json.loads(contents[_FACTS]), contents[_WEIGHTS], release)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise IntegrityError("the generator is not a calibrated simulator", hint=FIT_AGAIN) from error
        if state.written() != dict(contents):
            raise IntegrityError("the generator is written otherwise than a calibrated simulator", hint=FIT_AGAIN)
        if release is not None and not _are_of(state.cells, release):
            raise IntegrityError("the generator has other columns or tables than its release", hint=FIT_AGAIN)
        return state

    @classmethod
    def largest(cls, release: Release) -> Mapping[str, int]:
        """Return the largest size in bytes of each file after a fit to a release."""
        layout = Layout.of(release.domain, release.grids)
        names = sum(len(json.dumps(name)) + 8 for table in release.marginals for name in table.attributes)
        columns = len(json_bytes({"domain": release.domain.as_json(), "grids": [g.tolist() for g in layout.grids]}))
        mixture = MixtureGenerator().largest(release)
        numbers = len(release.marginals) + MOST_PARAMETERS
        facts = (
            _REST
            + columns
            + 2 * mixture[_MIXTURE[_FACTS]]
            + names
            + numbers * _LONGEST_NUMBERS
            + 2 * 6 * LONGEST_TEXT * MOST_PARAMETERS
        )
        return {_FACTS: facts, _WEIGHTS: mixture[_MIXTURE[_WEIGHTS]]}

    @classmethod
    def _parsed(cls, facts: Any, weights: bytes, release: Release | None) -> Self:
        if set(facts) != _KEYS or facts["format_version"] != FORMAT_VERSION or not _DIGEST.fullmatch(facts["code"]):
            raise ValueError(facts["code"])
        layout = Layout(
            domain=Domain.from_json(facts["domain"]),
            grids=tuple(np.asarray(grid, dtype=np.int64) for grid in facts["grids"]),
        )
        cells = CellMap(layout=layout, attributes=tuple(tuple(table["attributes"]) for table in facts["tables"]))
        parameters = {
            _name(one["name"]): CalibratedParameter(
                **{key: _number(one[key]) for key in ("estimate", "spread", "used")}, meaning=_name(one["meaning"])
            )
            for one in facts["parameters"]
        }
        share, residual = _number(facts["share"]), None
        if facts["residual"] is not None:
            mixture = {_MIXTURE[_FACTS]: json_bytes(facts["residual"]), _MIXTURE[_WEIGHTS]: weights}
            residual = MixtureGenerator.load(mixture, release=release)
        if not 0 < len(parameters) <= MOST_PARAMETERS or not 0 <= share <= 1 or (share == 1) != (residual is None):
            raise ValueError(share)
        return cls(
            cells=cells,
            simulator=_name(facts["simulator"]),
            code=facts["code"],
            parameters=parameters,
            fits=tuple(_fit(table) for table in facts["tables"]),
            share=share,
            residual=residual,
        )


def _are_of(cells: CellMap, release: Release) -> bool:
    """Return whether columns, groups and tables are those of a release."""
    grids = [release.grids[name].tolist() for name in release.domain.names]
    return (
        cells.layout.domain == release.domain
        and [grid.tolist() for grid in cells.layout.grids] == grids
        and cells.attributes == tuple(table.attributes for table in release.marginals)
    )


def _fit(table: Any) -> TableFit:
    numbers = {name: _number(table[name]) for name in ("distance", "explained")}
    return TableFit(attributes=tuple(table["attributes"]), **numbers)


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(value)
    return value
