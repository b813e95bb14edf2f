"""A kind of generator from another package: independent columns, by their one-way tables alone, and no abilities.

It shows all that a kind needs: this file, and one line of an entry point. It is fitted with NumPy and keeps JSON.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pyarrow as pa
import pytest
from pydantic import Field

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import json_bytes
from synth_assets.generator import Options, Progress, column_values, make_rng
from synth_assets.release import Release

_FILE = "toy.json"
_LONGEST_NUMBER = 26
"""Characters of a share with what stands around it."""
PACKAGE = "toy-generators"


class ToyOptions(Options):
    """What a contract may set."""

    least: float = Field(default=0.0, ge=0, description="Rows that every value gets beside its count.")


class ToyGenerator:
    """Samples each column by itself. Implements ``Generator``."""

    kind: ClassVar[str] = "toy"
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    options: ClassVar[type[ToyOptions]] = ToyOptions
    libraries: ClassVar[tuple[str, ...]] = ("numpy", PACKAGE)
    method: ClassVar[int] = 1

    def __init__(self, options: ToyOptions | None = None) -> None:
        self._options = options or ToyOptions()
        self._domain: Domain | None = None
        self._shares: list[list[float]] = []

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        if self._domain is None:
            raise UsageError("this generator is not fitted", hint="call fit")
        return self._domain

    @property
    def portable(self) -> bool:
        """See ``Generator``."""
        return True

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; the seed moves each count by less than a row, so that it is seen to matter."""
        del progress
        if device != "cpu":
            raise UsageError(f"a toy cannot be fitted on {device!r}", hint="use the CPU")
        rng = np.random.default_rng(seed)
        self._domain = release.domain
        self._shares = []
        for name in release.domain.names:
            counts = np.maximum(release.one_way(name).counts + self._options.least, 0) + rng.random() + 1e-9
            self._shares.append((counts / counts.sum()).tolist())

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``."""
        rng = make_rng(seed, shard=shard, attempt=attempt)
        arrays = [
            column_values(column, rng.choice(column.size, size=rows, p=shares).astype(np.uint16), rng=rng)
            for column, shares in zip(self.domain.columns, self._shares, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.domain.arrow_schema())

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``."""
        return {_FILE: json_bytes({"domain": self.domain.as_json(), "shares": self._shares})}

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``."""
        try:
            facts = json.loads(contents[_FILE])
            generator = cls()
            generator._domain, generator._shares = Domain.from_json(facts["domain"]), facts["shares"]
            good = generator._fits(release)
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError("toy.json is not readable", hint="fit it again") from error
        if not good:
            raise IntegrityError("toy.json does not hold shares of these columns", hint="fit it again")
        return generator

    def _fits(self, release: Release | None) -> bool:
        parts = [np.array(shares, dtype=np.float64) for shares in self._shares]
        return (
            (release is None or self.domain == release.domain)
            and [part.shape for part in parts] == [(size,) for size in self.domain.shape(self.domain.names)]
            and all(bool((part >= 0).all()) and abs(part.sum() - 1) < 1e-9 for part in parts)
        )

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``."""
        domain = len(json_bytes(release.domain.as_json()))
        cells = sum(release.domain.shape(release.domain.names)) + len(release.domain.names)
        return {_FILE: 4 * domain + _LONGEST_NUMBER * cells + 4096}


def install(
    folder: Path,
    *,
    package: str = PACKAGE,
    entries: Mapping[str, str] | None = None,
    group: str = "synth_assets.generators",
) -> Path:
    """Write the metadata of an installed distribution that brings kinds, of generators or others, and return where."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in (entries or {"toy": "toy_generator:ToyGenerator"}).items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    return folder


@contextmanager
def on_path(folder: Path) -> Iterator[None]:
    """Let this process, and those that it starts, see what is installed in a folder, and this file."""
    before, paths = os.environ.get("PYTHONPATH"), [str(folder), str(Path(__file__).parent)]
    sys.path[:0] = paths
    os.environ["PYTHONPATH"] = os.pathsep.join([*paths, *([before] if before else [])])
    try:
        yield
    finally:
        for path in paths:
            sys.path.remove(path)
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session")
def toy_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the toy's package is installed."""
    return install(tmp_path_factory.mktemp("site"))


@pytest.fixture
def toy(toy_package: Path) -> Iterator[str]:
    """The toy kind, installed for one test; gives its name."""
    with on_path(toy_package):
        yield ToyGenerator.kind
