"""``current.json``: the one file that says which version is promoted.

Each version is an immutable folder ``versions/<digest>`` named by the SHA-256
of its bundle's ``manifest.json``, which holds the digests of everything else in
it. A reader that goes through :func:`read_current` therefore sees one whole
version at any moment, also while another one is being promoted or after a
promotion died.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from synth_assets.artefact import ArtefactKind
from synth_assets.artefact import altered_files as altered_among
from synth_assets.audit.manifest import FORMATS, MANIFEST
from synth_assets.errors import IntegrityError
from synth_assets.files import write_json
from synth_assets.promotion.log import entry_name, newest_number, read_entry
from synth_assets.reading import read_json
from synth_assets.storage import fetch, open_storage
from synth_assets.workspace import BUNDLE, DATA, SCENARIOS, VERSIONS, Workspace

__all__ = [
    "FORMAT_VERSION",
    "READ_ONLY",
    "VERSION",
    "Promotion",
    "altered_files",
    "fetch_version",
    "newest_pointer",
    "project_path",
    "read_current",
    "read_pointer",
    "version_is_whole",
    "write_pointer",
]

FORMAT_VERSION = 1
READ_ONLY = 0o444
"""Mode of a version's files: DVC's copy is linked to them."""
_POINTER = "current.json"
_DIGEST, _SHARD = re.compile(r"[0-9a-f]{64}", re.ASCII), re.compile(r"part-\d{5,9}\.parquet", re.ASCII)


def _digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {name: file["sha256"] for name, file in _all_of(manifest).items()}


VERSION = ArtefactKind(
    name="version",
    description=f"{BUNDLE}/{MANIFEST}",
    formats=FORMATS,
    hint="`synth-assets status --repair` brings it back from the version store",
    files=_digests,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """One promoted version and where the other systems keep it.

    Attributes:
        dataset: name of the contract.
        version: SHA-256 of the bundle's manifest, and the folder's name.
        previous: the version before, kept for readers that opened it.
        candidate: digest of the candidate that was promoted.
        evidence: digest of the check results it was promoted on.
        release: digest of the release it descends from.
        generator: digest of the fitted generator.
        contract: digest of the whole contract.
        rows: rows of the synthetic table.
        shards: names of the Parquet files, in order.
        address: the version store's name for the content (DVC: its md5).
        run: id of the registry's run.
        model: name of the registered model.
        model_version: its version.
        folder: where the version is; not stored.
        reused: whether it had been promoted before; not stored.
    """

    dataset: str
    version: str
    previous: str | None
    candidate: str
    evidence: str
    release: str
    generator: str
    contract: str
    rows: int
    shards: tuple[str, ...]
    address: str
    run: str
    model: str
    model_version: str
    folder: Path
    reused: bool = False

    @property
    def bundle(self) -> Path:
        """The folder of the evidence."""
        return self.folder / BUNDLE

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.bundle / "report.html"

    @property
    def data(self) -> tuple[Path, ...]:
        """The Parquet files, in order."""
        return tuple(self.folder / DATA / name for name in self.shards)

    @property
    def scenarios(self) -> dict[str, tuple[Path, ...]]:
        """The Parquet files of each scenario of the version, by its name."""
        listed = read_json(self.bundle / MANIFEST).get(SCENARIOS, {})
        return {
            name: tuple(self.folder / SCENARIOS / name / file for file in sorted(files))
            for name, files in listed.items()
        }

    def places(self) -> dict[str, str]:
        """Return where everything is, for people; paths are relative to the project."""
        version = project_path(self.folder)
        return {
            "data": f"{version}/{DATA}",
            "bundle": f"{version}/{BUNDLE}",
            "report": f"{version}/{BUNDLE}/{self.report.name}",
            "dvc": self.address,
            "mlflow_run": self.run,
            "model": f"models:/{self.model}/{self.model_version}",
        }

    def as_json(self) -> dict[str, Any]:
        """Return what is stored, as plain JSON values."""
        facts = {name: fact for name, fact in asdict(self).items() if name not in ("folder", "reused")}
        return {**facts, "shards": list(self.shards), "format_version": FORMAT_VERSION}

    @classmethod
    def from_json(cls, value: dict[str, Any], *, root: Path) -> Self:
        """Invert :meth:`as_json`; ``root`` is the dataset's promoted folder."""
        facts = {name: fact for name, fact in value.items() if name != "format_version"}
        return cls(**{**facts, "shards": tuple(facts["shards"])}, folder=root / VERSIONS / facts["version"])


def read_current(workspace: Workspace, dataset: str) -> Promotion | None:
    """Return the promoted version of a dataset; ``None`` when nothing was promoted yet.

    Raises:
        IntegrityError: the version that ``current.json`` names is missing or altered, or of a newer format.
    """
    promotion = newest_pointer(workspace, dataset)
    if promotion is not None:
        fetch_version(promotion.folder, workspace=workspace)
    if promotion is not None and not version_is_whole(promotion.folder):
        raise IntegrityError(
            f"the promoted version {promotion.version[:12]} of {dataset!r} is missing or altered", hint=VERSION.hint
        )
    return promotion


def fetch_version(folder: Path, *, workspace: Workspace) -> Path:
    """Return the folder of a version, which is brought from the shared storage if it is missing here.

    Raises:
        IntegrityError, StorageUnavailable: as for ``storage.fetch``.
    """
    if fetch(VERSION, folder, workspace=workspace):
        for path in folder.rglob("*"):
            if path.is_file():
                path.chmod(READ_ONLY)
    return folder


def newest_pointer(workspace: Workspace, dataset: str) -> Promotion | None:
    """Return which version is promoted, without looking at it: by the shared storage, else by ``current.json``.

    Raises:
        IntegrityError: what says so is not readable.
        StorageUnavailable: the storage cannot be used.
    """
    storage, root = open_storage(workspace), workspace.promoted(dataset)
    number = 0 if storage is None else newest_number(storage, dataset)
    if storage is None or not number:
        return read_pointer(root)
    try:
        return Promotion.from_json(_known(read_entry(storage, dataset, number), dataset), root=root)
    except (IntegrityError, ValueError, KeyError, TypeError) as error:
        name, here = entry_name(dataset, number), f"{DATA}/promoted/{dataset}/{_POINTER}"
        raise IntegrityError(
            f"{name} in {storage.shown} is not readable, so nobody knows which version of {dataset!r} is in force",
            hint=f"it was altered, or is newer; the same file is {here} on the machine that promoted it: put that "
            "there, or promote again, which adds the next one",
        ) from error


def read_pointer(root: Path) -> Promotion | None:
    """Return what ``current.json`` below ``root`` says, without looking at the version."""
    try:
        value = json.loads((root / _POINTER).read_text())
        return Promotion.from_json(value, root=root) if value["format_version"] == FORMAT_VERSION else _newer(root)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{root / _POINTER} is not readable", hint="promote again to replace it") from error


def write_pointer(promotion: Promotion, *, root: Path) -> None:
    """Make ``promotion`` the current version: the commit point, one ``os.replace``."""
    write_json(root / _POINTER, promotion.as_json())


def project_path(folder: Path) -> str:
    """Return a version's folder as it is seen from the project: ``data/promoted/<dataset>/versions/<digest>``."""
    return folder.relative_to(folder.parents[4]).as_posix()


def version_is_whole(folder: Path) -> bool:
    """Tell whether the manifest is the one the version is named after and every file has its size.

    Digests of all files are the business of the offline verification: a reader
    who opens a table of a billion rows should not pay for hashing it.
    """
    listed = _listed(folder)
    return bool(listed) and all(_size(folder / name) == file["size"] for name, file in listed.items())


def altered_files(folder: Path) -> list[str]:
    """Name the files of a version that are missing or not what the manifest says; reads all of them."""
    listed = _listed(folder)
    if not listed:
        return [VERSION.description]
    return list(altered_among(folder, {name: file["sha256"] for name, file in listed.items()}))


def _listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Return digest and size of every file of a version; nothing when the manifest is not the one it is named after."""
    if not VERSION.is_described(folder):
        return {}
    return _all_of(VERSION.read(folder))


def _all_of(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    scenarios = {f"{SCENARIOS}/{name}": files for name, files in manifest.get(SCENARIOS, {}).items()}
    parts = {BUNDLE: manifest["files"], DATA: manifest["data"], **scenarios}
    return {f"{part}/{name}": file for part, files in parts.items() for name, file in files.items()}


def _known(entry: Any, dataset: str) -> dict[str, Any]:
    """Return an entry that anybody may have written, after looking at all that becomes a part of a path."""
    names = [entry["version"], entry["candidate"], entry["evidence"], entry["release"], entry["generator"]]
    names += [entry["contract"]] + ([] if entry["previous"] is None else [entry["previous"]])
    texts = [entry[name] for name in ("address", "run", "model", "model_version")]
    known = (
        (entry["dataset"], entry["format_version"]) == (dataset, FORMAT_VERSION)
        and all(map(_DIGEST.fullmatch, names))
        and all(map(_SHARD.fullmatch, entry["shards"]))
        and all(isinstance(text, str) for text in texts)
        and type(entry["rows"]) is int
    )
    if not known:
        raise ValueError(dataset)
    return dict(entry)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _newer(root: Path) -> Promotion:
    raise IntegrityError(f"{root / _POINTER} was written by a newer version", hint="update synth-assets")
