"""Where versions go when DVC and MLflow are not what a test is about."""

import json
import shutil
from pathlib import Path
from typing import Any

from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, sha256_bytes, sha256_file, write_bytes, write_json
from synth_assets.promotion import ModelVersion, VersionFacts


class FolderStore:
    """A version store that keeps copies in a folder: what promotion itself needs, without DVC."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def address(self, folder: Path) -> str:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        listed = [(path.relative_to(folder).as_posix(), sha256_file(path)) for path in files]
        return sha256_bytes(canonical_json(listed))

    def commit(self, dataset: str, folder: Path) -> str:
        address = self.address(folder)
        if not (self.root / address).exists():
            shutil.copytree(folder, self.root / address)
        write_bytes(self.root / f"{dataset}.newest", address.encode())
        return address

    def committed(self, dataset: str) -> str | None:
        path = self.root / f"{dataset}.newest"
        return path.read_text() if path.exists() else None

    def inputs_changed(self, dataset: str) -> bool:
        del dataset  # it notes no inputs
        return False

    def restore(self, address: str, folder: Path) -> None:
        if not (self.root / address).exists():
            raise IntegrityError("not kept", hint="promote again")
        shutil.copytree(self.root / address, folder)


class FileRegistry:
    """A model registry in one JSON file, so that it outlives a killed process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, facts: VersionFacts) -> ModelVersion:
        state = self._state()
        if facts.version not in state["versions"]:
            state["versions"].append(facts.version)
            write_json(self.path, state)
        number = str(state["versions"].index(facts.version) + 1)
        return ModelVersion(run=f"run-{number}", model=facts.contract.name, number=number)

    def promoted(self, dataset: str) -> str | None:
        number: str | None = self._state()["aliases"].get(dataset)
        return number

    def point(self, dataset: str, number: str) -> None:
        state = self._state()
        write_json(self.path, {**state, "aliases": {**state["aliases"], dataset: number}})

    def _state(self) -> dict[str, Any]:
        if not self.path.exists():
            return {"versions": [], "aliases": {}}
        state: dict[str, Any] = json.loads(self.path.read_text())
        return state


def stores_in(folder: Path) -> dict[str, Any]:
    """Return what ``Project.promote`` takes, kept in a folder."""
    return {"versions": FolderStore(folder / "store"), "registry": FileRegistry(folder / "registry.json")}
