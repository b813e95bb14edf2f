"""DVC keeps the content of every promoted version; ``dvc.yaml`` is written from the contracts.

A dataset is one stage, added when it is first promoted, whose output is ``data/promoted/<d>/version``: a working
copy, linked file by file to the immutable ``versions/<digest>`` folder that
readers use. It is swapped by renames, never written in place, and recorded with
``dvc commit``. Inside ``dvc repro`` DVC records the output itself when the
command is done, so that step is left out there.

Measured: in this process a commit takes 0.3 s to import DVC and 0.1-0.3 s of
work; a process of its own takes 0.7 s.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from synth_assets.contract import DatasetContract
from synth_assets.contract.documents import find_contracts
from synth_assets.contract.partitions import named_members
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import ContractError, Fault, IntegrityError, UsageError
from synth_assets.files import staging_folder, write_bytes
from synth_assets.workspace import Workspace

__all__ = ["DvcVersionStore", "directory_md5", "dvc_yaml", "dvc_yaml_drift", "write_dvc_yaml"]

_PIECE = 1 << 20
_HEADER = "# Written from the contracts by `synth-assets contract dvc --write`; edits are lost.\n"
_WRITE_HINT = "write dvc.yaml again: `synth-assets contract dvc --write`"


class DvcVersionStore:
    """Promotion's version store, kept by DVC in the project's own repository.

    Args:
        root: the project's folder, with ``.dvc`` and ``dvc.yaml`` in it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def address(self, folder: Path) -> str:
        """See :class:`~synth_assets.promotion.VersionStore`: DVC's md5 of the folder."""
        return directory_md5(folder)

    def commit(self, dataset: str, folder: Path) -> str:
        """See :class:`~synth_assets.promotion.VersionStore`.

        Raises:
            UsageError: the project has no DVC repository, or ``dvc.yaml`` has no such stage.
            Fault: DVC refused.
        """
        self._stage(dataset)
        mark = self._mark(dataset)
        write_bytes(mark, b"")
        _swap(folder, self._output(dataset))
        if not os.environ.get("DVC_STAGE"):
            self._commit(dataset)
        mark.unlink()
        return directory_md5(folder)

    def committed(self, dataset: str) -> str | None:
        """See :class:`~synth_assets.promotion.VersionStore`: the output's address in ``dvc.lock``.

        Contract and suite are dependencies of the stage, and a comment changes their md5. That is
        :meth:`inputs_changed`, and says nothing about which version DVC holds.
        """
        outputs = self._locked(dataset).get("outs")
        if not outputs or self._mark(dataset).exists() or not self._output(dataset).is_dir():
            return None
        return str(outputs[0]["md5"])

    def inputs_changed(self, dataset: str) -> bool:
        """See :class:`~synth_assets.promotion.VersionStore`; ``dvc status`` would say that the stage changed."""
        lock = self._locked(dataset)
        changed = [
            _file_md5_or_none(self._root / dependency["path"]) != dependency["md5"]
            for dependency in lock.get("deps", ())
        ]
        return bool(lock) and (any(changed) or lock["cmd"] != self._stages().get(dataset, {}).get("cmd"))

    def restore(self, address: str, folder: Path) -> None:
        """See :class:`~synth_assets.promotion.VersionStore`: from DVC's cache, without the network."""
        with staging_folder(folder) as staged:
            for file in json.loads(self._cached(address).read_bytes()):
                target = staged / file["relpath"]
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._cached(file["md5"]), target)
            if directory_md5(staged) != address:
                raise IntegrityError(
                    "DVC's cache holds altered files", hint="`dvc pull` from a remote, if there is one"
                )
            staged.rename(folder)

    def _stage(self, dataset: str) -> Mapping[str, Any]:
        if not (self._root / ".dvc").is_dir():
            raise UsageError(f"{self._root} has no DVC repository", hint="run `dvc init` there, once")
        if dataset not in self._stages():
            # A dataset gets its stage when it is first promoted: before, `dvc status` would always call it changed.
            _add_stage(self._root, dataset, present=self._stages())
        if dataset not in self._stages():
            raise UsageError(f"dvc.yaml has no stage {dataset!r} and no contract has that name", hint=_WRITE_HINT)
        stage: Mapping[str, Any] = self._stages()[dataset]
        return stage

    def _locked(self, dataset: str) -> Mapping[str, Any]:
        """Return what ``dvc.lock`` has of a stage; empty when it was never committed."""
        locked: Mapping[str, Any] = _read_yaml(self._root / "dvc.lock").get("stages", {}).get(dataset, {})
        return locked

    def _stages(self) -> Mapping[str, Any]:
        stages: Mapping[str, Any] = _read_yaml(self._root / "dvc.yaml").get("stages", {})
        return stages

    def _commit(self, dataset: str) -> None:
        os.environ.setdefault("DVC_NO_ANALYTICS", "1")
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        logging.getLogger("dvc").setLevel(logging.WARNING)  # it would say on every run that it updates its lock file
        try:
            with Repo(str(self._root), _wait_for_lock=True, config=self._config()) as repo:
                repo.commit(f"{self._root / 'dvc.yaml'}:{dataset}", force=True, relink=False)
        except DvcException as error:
            raise Fault(f"DVC did not take the new version of {dataset!r}: {error}", hint="see `dvc status`") from error

    def _config(self) -> dict[str, Any] | None:
        """DVC wants git unless it is told that there is none, as in an unpacked archive."""
        inside = any((folder / ".git").exists() for folder in (self._root, *self._root.parents))
        return None if inside else {"core": {"no_scm": True}}

    def _output(self, dataset: str) -> Path:
        return Workspace(root=self._root).working_copy(dataset)

    def _mark(self, dataset: str) -> Path:
        """A file that stands while the working copy and ``dvc.lock`` may differ."""
        return Workspace(root=self._root).promoted(dataset) / ".committing"

    def _cached(self, md5: str) -> Path:
        path = self._root / ".dvc" / "cache" / "files" / "md5" / md5[:2] / md5[2:]
        if not path.is_file():
            raise IntegrityError(
                f"DVC's cache does not hold {md5}", hint="`dvc fetch` it from a remote, if there is one"
            )
        return path


def directory_md5(folder: Path) -> str:
    """Return DVC's name for a folder's content: the md5 of its listing, with ``.dir`` after it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    listed = [{"md5": _file_md5(path), "relpath": path.relative_to(folder).as_posix()} for path in files]
    listed.sort(key=lambda file: file["relpath"])
    text = json.dumps(listed, sort_keys=True).encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest() + ".dir"


def dvc_yaml(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> str:
    """Return the text of ``dvc.yaml``: one stage per dataset.

    Args:
        root: the project's folder.
        contracts: each contract with its file.
    """
    return _text_of(_stages(root, contracts))


def write_dvc_yaml(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> None:
    """Write ``dvc.yaml`` into the project's folder."""
    present = _read_yaml(root / "dvc.yaml").get("stages", {})
    write_bytes(root / "dvc.yaml", dvc_yaml(root, named_members(contracts, present)).encode())


def _text_of(stages: Mapping[str, Any]) -> str:
    return _HEADER + yaml.safe_dump({"stages": dict(stages)}, sort_keys=False, width=120)


def dvc_yaml_drift(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> list[str]:
    """List how ``dvc.yaml`` differs from what the contracts say; empty when it does not.

    A contract without a stage is not a difference: it gets one when it is first promoted.
    """
    present = _read_yaml(root / "dvc.yaml").get("stages", {})
    wanted = _stages(root, named_members(contracts, present))
    extra = [f"stage {name!r} of dvc.yaml has no contract" for name in present if name not in wanted]
    both = [name for name in wanted if name in present]
    changed = [
        f"stage {name!r} of dvc.yaml differs from its contract" for name in both if present[name] != wanted[name]
    ]
    return [*extra, *changed]


def _add_stage(root: Path, dataset: str, *, present: Mapping[str, Any]) -> None:
    """Write ``dvc.yaml`` with the stage of one more dataset; while a contract cannot be read, no stage is removed."""
    readable, broken = [], False
    for file in find_contracts(root):
        try:
            readable.append((file, read_contract(file)))
        except ContractError:  # of another dataset: whoever is at it need not be done
            broken = True
    names = {*present, dataset}
    named = [(file, contract) for file, contract in named_members(readable, names) if contract.name in names]
    stages = {**(present if broken else {}), **_stages(root, named)}
    write_bytes(root / "dvc.yaml", _text_of(stages).encode())


def _stages(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> dict[str, dict[str, Any]]:
    placed = sorted(((_relative(file, root), contract) for file, contract in contracts), key=lambda pair: pair[0])
    return {contract.name: _stage_of(file, contract) for file, contract in placed}


def _relative(file: Path, root: Path) -> str:
    path = file / "defs.yaml" if file.is_dir() else file
    return path.resolve().relative_to(root.resolve()).as_posix()


def _stage_of(file: str, contract: DatasetContract) -> dict[str, Any]:
    return {
        "cmd": f"synth-assets run {file}",
        "deps": [file.partition("#")[0], *_tables(file, contract), contract.suite_path],
        "outs": [{_output_of(contract.name): {"persist": True}}],
    }


def _tables(file: str, contract: DatasetContract) -> list[str]:
    """Return the files beside a contract's that hold tables of derived columns, each once."""
    names = dict.fromkeys(lookup.file for lookup in contract.lookups if lookup.file)
    return [PurePosixPath(file).with_name(name).as_posix() for name in names]


def _output_of(dataset: str) -> str:
    """Return the output as ``dvc.yaml`` names it, from the project's folder on."""
    workspace = Workspace(root=Path("/"))
    return workspace.working_copy(dataset).relative_to(workspace.root).as_posix()


def _swap(folder: Path, output: Path) -> None:
    """Put a linked copy of ``folder`` in the place of ``output``; whoever has the old files open keeps them."""
    with staging_folder(output) as staged, staging_folder(output) as old:
        for path in _files(folder):
            target = staged / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(path, target)
        if output.exists():
            output.rename(old / "version")
        staged.rename(output)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value = yaml.safe_load(path.read_text())
    return value if isinstance(value, dict) else {}


def _file_md5(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _file_md5_or_none(path: Path) -> str | None:
    return _file_md5(path) if path.is_file() else None
