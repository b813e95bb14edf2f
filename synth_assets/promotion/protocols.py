"""What promotion asks of a version store (DVC) and of a model registry (MLflow).

Both sides are followers: readers trust ``current.json`` alone, and whatever one
of these says can be brought back in line with it. Every method is therefore
idempotent, and none of them decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from synth_assets.contract import DatasetContract

__all__ = ["ModelRegistry", "ModelVersion", "VersionFacts", "VersionStore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What a registry is told about a version; all of it is public.

    Attributes:
        version: the version's digest; recording the same one again changes nothing.
        contract: the whole contract, for the parameters.
        fingerprint: of the contract's release part, as the release has it.
        candidate: digest of the candidate, the dataset's digest.
        release: digest of the release it descends from.
        source: where the data is, relative to the project.
        rows: rows of the synthetic table.
        metrics: closeness and privacy as plain numbers.
        generator: folder of the fitted generator, with its weights.
        bundle: folder of the evidence.
    """

    version: str
    contract: DatasetContract
    fingerprint: str
    candidate: str
    release: str
    source: str
    rows: int
    metrics: Mapping[str, float]
    generator: Path
    bundle: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """Where a registry keeps what it was told.

    Attributes:
        run: the run's id.
        model: the registered model's name.
        number: the model's version.
    """

    run: str
    model: str
    number: str


class VersionStore(Protocol):
    """Keeps the content of every promoted version.

    Laws, each with a test:

    1. After ``commit`` the store's newest content is that of the folder, and ``committed`` says so.
    2. Committing the same content again changes nothing.
    3. ``commit`` never changes the folder it is given.
    4. ``restore`` brings back any content that was ever committed here, or raises.
    5. After ``commit`` no input is said to have changed.
    """

    def address(self, folder: Path) -> str:
        """Return the store's name for the content of ``folder``, without storing it."""
        ...

    def commit(self, dataset: str, folder: Path) -> str:
        """Make ``folder`` the newest content of the dataset; return its address."""
        ...

    def committed(self, dataset: str) -> str | None:
        """Return the address of the newest content; ``None`` when there is none or it is being changed."""
        ...

    def inputs_changed(self, dataset: str) -> bool:
        """Tell whether the files that the newest content was made from, as the store noted them, changed since."""
        ...

    def restore(self, address: str, folder: Path) -> None:
        """Write the content of ``address`` to ``folder``, which must not exist.

        Raises:
            IntegrityError: the store does not hold all of it.
        """
        ...


class ModelRegistry(Protocol):
    """Keeps a run and a model version for every promoted version.

    Laws, each with a test:

    1. ``record`` twice with the same version gives the same run and model version.
    2. ``record`` moves no alias.
    3. After ``point`` the alias is at that model version, and ``promoted`` says so.
    """

    def record(self, facts: VersionFacts) -> ModelVersion:
        """Write the run with dataset, parameters and metrics, and register the generator."""
        ...

    def promoted(self, dataset: str) -> str | None:
        """Return the model version the alias points at; ``None`` when there is none."""
        ...

    def point(self, dataset: str, number: str) -> None:
        """Move the alias to a model version.

        Raises:
            IntegrityError: the registry has no such model version.
        """
        ...
