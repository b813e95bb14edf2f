"""Stages of ``dvc.yaml``: one per dataset, written from its contract, among stages and comments of others that stay.

A stage is a dataset's if it makes ``data/promoted/<its name>/version``. Lines of the file are replaced by lines, and
all others keep their bytes. What was written is read back before it is kept: a file whose other content would not be
the same, whatever the reason, is refused as a whole.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from synth_assets.contract import DatasetContract
from synth_assets.contract.documents import find_contracts
from synth_assets.contract.partitions import named_members
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import ContractError, UsageError
from synth_assets.files import write_bytes
from synth_assets.workspace import Workspace

__all__ = [
    "add_stage",
    "dvc_yaml",
    "dvc_yaml_drift",
    "read_stages",
    "readable_contracts",
    "with_stage_of",
    "write_dvc_yaml",
]

_HEADER = (
    "# Stages of datasets follow from their contracts: `synth-assets contract dvc --write` writes them again, "
    "and keeps the rest.\n"
)
_STAGES = "stages"
_Stage = Mapping[str, Any]


def read_stages(root: Path) -> Mapping[str, Any]:
    """Return the stages of the project's ``dvc.yaml`` by their names; none if there is no such file.

    Raises:
        UsageError: the file cannot be read, or is not a mapping with stages.
    """
    return _stages_in(_text(root))


def dvc_yaml(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> str:
    """Return the text of ``dvc.yaml`` with one stage per dataset, and with all of it that is not a dataset's.

    Args:
        root: the project's folder.
        contracts: each contract with its file.

    Raises:
        UsageError: another stage has the name of a dataset, or the file cannot be written without losing something.
    """
    before = _text(root)
    present = _stages_in(before)
    ours = _ours(present)
    wanted = _stages_of(root, named_members(contracts, ours))
    gone = {name: None for name in ours if name not in wanted}
    return _merged(before, {**gone, **wanted})


def write_dvc_yaml(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> None:
    """Write :func:`dvc_yaml` into the project's folder."""
    write_bytes(root / "dvc.yaml", dvc_yaml(root, contracts).encode())


def with_stage_of(root: Path, dataset: str) -> str:
    """Return the text of ``dvc.yaml`` with the stage of one more dataset, if a contract has that name.

    Stages of datasets whose contract cannot be read, or is gone, stay as they are.

    Raises:
        UsageError: as of :func:`dvc_yaml`.
    """
    before = _text(root)
    names = {*_ours(_stages_in(before)), dataset}
    named = [pair for pair in named_members(readable_contracts(root), names) if pair[1].name in names]
    return _merged(before, _stages_of(root, named))


def add_stage(root: Path, dataset: str) -> None:
    """Write :func:`with_stage_of` into the project's folder."""
    write_bytes(root / "dvc.yaml", with_stage_of(root, dataset).encode())


def dvc_yaml_drift(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> list[str]:
    """List how the stages of datasets differ from what their contracts say; empty when they do not.

    A contract without a stage is not a difference: it gets one when it is first promoted.
    """
    present = read_stages(root)
    ours = _ours(present)
    wanted = _stages_of(root, named_members(contracts, ours))
    extra = [f"stage {name!r} of dvc.yaml has no contract" for name in present if name in ours and name not in wanted]
    both = [name for name in wanted if name in present]
    foreign = [f"{_foreign(name)}, and a contract has that name" for name in both if name not in ours]
    changed = [
        f"stage {name!r} of dvc.yaml differs from its contract"
        for name in both
        if name in ours and present[name] != wanted[name]
    ]
    return [*extra, *foreign, *changed]


def readable_contracts(root: Path) -> list[tuple[Path, DatasetContract]]:
    """Return the contracts of a project that can be read, each with its address."""
    pairs = []
    for file in find_contracts(root):
        try:
            pairs.append((file, read_contract(file)))
        except ContractError:  # of another dataset: whoever is at it need not be done
            continue
    return pairs


def _stages_of(root: Path, contracts: Iterable[tuple[Path, DatasetContract]]) -> dict[str, dict[str, Any]]:
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


def _ours(stages: Mapping[str, Any]) -> list[str]:
    return [name for name, stage in stages.items() if _is_ours(name, stage)]


def _is_ours(name: str, stage: Any) -> bool:
    outputs = stage.get("outs") if isinstance(stage, Mapping) else None
    return _output_of(str(name)) in [path for output in outputs or () for path in _paths(output)]


def _paths(output: Any) -> Iterable[Any]:
    """Return the path of an output, which stands alone or is the key of what DVC is told about it."""
    return output if isinstance(output, Mapping) else [output]


def _foreign(name: str) -> str:
    return f"stage {name!r} of dvc.yaml is not a dataset's: it does not make {_output_of(name)}"


def _text(root: Path) -> str:
    try:
        return (root / "dvc.yaml").read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _unkept("it cannot be read as text in UTF-8") from error


def _document(text: str) -> dict[Any, Any]:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, KeyError, RecursionError) as error:
        line = getattr(error, "problem_mark", None)
        raise _unkept(f"it is not YAML{f' in line {line.line + 1}' if line else ''}") from error
    if document is not None and not isinstance(document, dict):
        raise _unkept("it is not a mapping")
    return document or {}


def _stages_in(text: str) -> dict[str, Any]:
    stages = _document(text).get(_STAGES) or {}
    if not isinstance(stages, dict):
        raise _unkept("its `stages` are not a mapping of names to stages")
    return stages


def _unkept(problem: str) -> UsageError:
    return UsageError(
        f"dvc.yaml cannot be kept: {problem}",
        hint="correct it by hand, or move stages of your own into a dvc.yaml in another folder; nothing was written",
    )


def _merged(before: str, wanted: Mapping[str, _Stage | None]) -> str:
    """Return a text with the stages that are ``wanted``, without those that are ``None``, and with all the rest."""
    present = _stages_in(before)
    ours = _ours(present)
    foreign = [name for name in wanted if name in present and name not in ours]
    if foreign:
        raise UsageError(_foreign(foreign[0]), hint="rename that stage, or the dataset; nothing was written")
    changed = {name: stage for name, stage in wanted.items() if name not in present or present[name] != stage}
    if not changed:
        return before
    after = _with_lines(before or _HEADER, changed, ours=ours)
    left = {name: stage for name, stage in {**present, **changed}.items() if stage is not None}
    if not _says(after, {**_document(before), _STAGES: left}):
        raise _unkept("its stages are not written one below the other, in lines of their own")
    return after


def _says(text: str, expected: Mapping[Any, Any]) -> bool:
    """Read a text back; a part without anything in it may be missing."""
    try:
        document = _document(text)
    except UsageError:
        return False
    return {key: part for key, part in document.items() if part} == {
        key: part for key, part in expected.items() if part
    }


def _with_lines(text: str, changed: Mapping[str, _Stage | None], *, ours: Collection[str]) -> str:
    """Replace, remove and add the lines of stages; whoever calls reads the result back."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if root else []
    head, value = next((pair for pair in pairs if pair[0].value == _STAGES), (None, None))
    if head is None:
        return "".join([*lines, f"{_STAGES}:\n", *(_block(name, stage, 2) for name, stage in changed.items())])
    stages = value.value if isinstance(value, yaml.MappingNode) else []
    indent = stages[0][0].start_mark.column if stages else 2
    spans = {key.value: (key.start_mark.line, _last_line(part) + 1) for key, part in stages}
    # New stages stand behind the last of ours, so that no line of ours moves; or else before all others.
    position = max((end for name, (_, end) in spans.items() if name in ours), default=head.end_mark.line + 1)
    lines.insert(position, "".join(_block(name, stage, indent) for name, stage in changed.items() if name not in spans))
    for name, (start, end) in sorted(spans.items(), key=lambda pair: pair[1], reverse=True):
        if name in changed:
            lines[start:end] = [_block(name, changed[name], indent)]
    if spans.keys() == changed.keys() and not any(changed.values()):
        del lines[head.start_mark.line]  # DVC refuses `stages:` without any
    return "".join(lines)


def _last_line(node: yaml.Node) -> int:
    """Return the last line of a part, counted from 0, without comments and empty lines behind it."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    line: int = node.end_mark.line
    return line - 1 if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else line


def _block(name: str, stage: _Stage | None, indent: int) -> str:
    if stage is None:
        return ""
    text: str = yaml.safe_dump({name: dict(stage)}, sort_keys=False, width=1 << 20, allow_unicode=True)
    return "".join(f"{' ' * indent}{line}" for line in text.splitlines(keepends=True))
