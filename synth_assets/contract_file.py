"""Contracts in YAML: every fault at once, each with its position, the rule and a hint.

A file is either a bare contract or a Dagster component file, whose contract
stands under ``attributes``. Reading is strict where YAML is lenient: a key that
stands twice and an unquoted ``yes`` among texts are faults.

Example:
    >>> found = list(faults_of("name: 1x\\nsorce: gss\\n", "c.yaml"))
    >>> print(next(fault for fault in found if fault.where == "name"))
    c.yaml:1:7: name: '1x' String should match pattern '^[A-Za-z_][A-Za-z0-9_]{0,62}$'
    >>> [str(fault).split(" ", 1)[1] for fault in found if "sorce" in fault.where]
    ['sorce: unknown key; did you mean `source`?']
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError, model_validator

from synth_assets.contract import ColumnSpec, DatasetContract
from synth_assets.errors import ContractError

__all__ = ["ContractFault", "faults_of", "find_contracts", "parse_contract", "read_contract"]

Path_ = tuple[str | int, ...]
_COMPONENT = "synth_assets.SyntheticDataset"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFault:
    """One fault, printed as compilers do.

    Attributes:
        file: the file's name.
        line: counted from 1.
        column: counted from 1.
        where: the key, with dots between its parts.
        message: the rule that is broken and what to do.
    """

    file: str
    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.where or 'contract'}: {self.message}"


def read_contract(path: Path) -> DatasetContract:
    """Read a contract from a file, or from ``defs.yaml`` in a folder.

    Raises:
        ContractError: when there is no such file, or with all of its faults.
    """
    file = path / "defs.yaml" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"there is no readable contract at {path}", hint="give the path of a defs.yaml") from error
    return parse_contract(text, str(path))


def parse_contract(text: str, file: str) -> DatasetContract:
    """Read a contract from YAML text; ``file`` is its name in messages.

    Raises:
        ContractError: with all of its faults.
    """
    faults = list(faults_of(text, file))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ContractError(f"the contract has {many}:\n{listed}", hint=f"`synth-assets contract check {file}`")
    return DatasetContract.model_validate(_attributes(yaml.safe_load(text)))


def find_contracts(folder: Path) -> list[Path]:
    """Return the contract files below ``folder``, sorted: every ``defs.yaml`` of our component."""
    found = sorted(folder.rglob("defs.yaml"))
    return [path for path in found if f"type: {_COMPONENT}" in path.read_text(encoding="utf-8")]


def faults_of(text: str, file: str) -> Iterator[ContractFault]:
    """Yield every fault of a contract in YAML, in the order of the file."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        yield _syntax_fault(error, file)
        return
    if not isinstance(root, yaml.MappingNode):
        yield ContractFault(file=file, line=1, column=1, where="", message="a contract is a mapping of keys to values")
        return
    attributes = _attributes(value)
    prefix: Path_ = () if attributes is value else ("attributes",)
    messages = [*_repeated_keys(root, ()), *((prefix + where, said) for where, said in _model_faults(attributes))]
    placed = {(where, said): _position(root, where) for where, said in messages}
    for (where, said), (line, column) in sorted(placed.items(), key=lambda item: item[1]):
        shown = ".".join(str(part) for part in where[len(prefix) :])
        yield ContractFault(file=file, line=line, column=column, where=shown, message=said)


def _attributes(value: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("attributes"), Mapping) and "type" in value:
        return value["attributes"]
    return value


def _syntax_fault(error: yaml.YAMLError, file: str) -> ContractFault:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = getattr(error, "problem", None) or "cannot be read"
    return ContractFault(file=file, line=line, column=column, where="", message=f"not YAML: {problem}")


def _model_faults(value: Any) -> Iterator[tuple[Path_, str]]:
    """Yield pydantic's faults, and those between parts as far as the parts can be read."""
    try:
        DatasetContract.model_validate(value)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            where = _without_tags(item["loc"], value)
            if where or item["type"] != "value_error":  # the whole contract's own rules come below, with places
                yield where, _say(item, where)
        if isinstance(value, Mapping):
            yield from _between_parts(value)


class _Draft(DatasetContract):
    """A contract whose parts are valid by themselves but may not fit each other."""

    @model_validator(mode="after")
    def _consistent(self) -> "_Draft":
        return self


_NEUTRAL = {
    "name": "x",
    "purpose": "x",
    "source": "x",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
}


def _between_parts(value: Mapping[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Check what relates parts to each other on whatever parts of the contract can be read."""
    declared = value.get("columns")
    columns = dict(declared) if isinstance(declared, Mapping) else {}
    readable = {name: spec for name, spec in columns.items() if _readable(spec)}
    parts = {key: value[key] for key in ("derived", "rules", "focus", "target", "privacy") if key in value}
    draft = _draft({**_NEUTRAL, **parts, "columns": readable}) if readable else None
    for where, said in draft.cross_faults() if draft else ():
        if not any(f"column {name!r}" in said for name in columns.keys() - readable.keys()):
            yield where, said


def _draft(whole: dict[str, Any]) -> _Draft:
    """Build a draft without the parts that are faulty by themselves: those are reported elsewhere."""
    try:
        return _Draft.model_validate(whole)
    except ValidationError as error:
        faulty = {item["loc"][0] for item in error.errors()}
        return _Draft.model_validate({**{key: whole[key] for key in whole.keys() - faulty}, **_neutral(faulty)})


def _neutral(keys: set[int | str]) -> dict[str, Any]:
    return {key: value for key, value in _NEUTRAL.items() if key in keys}


def _readable(spec: Any) -> bool:
    try:
        TypeAdapter(ColumnSpec).validate_python(spec)
    except ValidationError:
        return False
    return True


def _without_tags(where: tuple[int | str, ...], value: Any) -> Path_:
    """Drop the names of union members that pydantic puts into a place."""
    kept: list[int | str] = []
    node = value
    for part in where:
        if (isinstance(node, Mapping) and part in node) or (isinstance(node, list | tuple) and isinstance(part, int) and part < len(node)):
            node = node[part]
        elif part != where[-1] or not isinstance(node, Mapping) or part == node.get("type"):
            continue
        kept.append(part)
    return tuple(kept)


def _say(item: Any, where: Path_) -> str:
    kind, given = item["type"], item.get("input")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return _unknown_key(str(where[-1]) if where else "")
    if kind == "union_tag_invalid":
        return f"type {item['ctx']['tag']!r} must be one of {item['ctx']['expected_tags']}"
    if kind == "union_tag_not_found":
        return "has no `type`: integer, float, categorical, boolean or date"
    if kind == "value_error":
        return str(item["ctx"]["error"])
    shown = repr(given) if isinstance(given, str | int | float | bool) or given is None else type(given).__name__
    return f"{shown} {item['msg']}"


def _unknown_key(key: str) -> str:
    known = [
        *DatasetContract.model_fields,
        "type",
        "min",
        "max",
        "categories",
        "nullable",
        "domain_source",
        "unit",
        "spend",
    ]
    close = difflib.get_close_matches(key, known, n=1)
    return f"unknown key; did you mean `{close[0]}`?" if close else "unknown key: remove it"


def _position(root: yaml.Node, where: Path_) -> tuple[int, int]:
    """Return line and column, from 1, of the deepest node on the way to ``where``."""
    node, mark = root, root.start_mark
    for part in where:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if pair is None:
                break
            node, mark = pair[1], pair[1].start_mark if isinstance(pair[1], yaml.ScalarNode) else pair[0].start_mark
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            mark = node.start_mark
        else:
            break
    return mark.line + 1, mark.column + 1


def _repeated_keys(node: yaml.Node, where: Path_) -> Iterator[tuple[Path_, str]]:
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            yield (*where, key.value), "stands twice: keep one"
        seen.add(key.value)
        yield from _repeated_keys(value, (*where, key.value))
