r"""Contracts in YAML: every fault at once, each with its position, the rule and a hint.

A file is either a bare contract or a Dagster component file, whose contract
stands under ``attributes``. Reading is strict where YAML is lenient: a key that
stands twice and an unquoted ``yes`` among texts are faults.

Example:
    >>> found = list(faults_of("name: 1x\nsorce: gss\n", "c.yaml"))
    >>> print(next(fault for fault in found if fault.where == "name"))
    c.yaml:1:7: name: '1x' must be a letter or _, then letters, digits or _
    >>> [str(fault).split(" ", 1)[1] for fault in found if "sorce" in fault.where]
    ['sorce: unknown key; did you mean `source`?']
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter, ValidationError, model_validator

from synth_assets.bounded_yaml import YamlTooLargeError, check_bounds
from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import ColumnSpec
from synth_assets.contract.declared import open_places
from synth_assets.contract.documents import contract_file, contract_text, partition_in
from synth_assets.contract.generator import GeneratorSpec
from synth_assets.contract.lookup import Derived
from synth_assets.contract.lookup_file import with_tables
from synth_assets.contract.options import generator_faults
from synth_assets.contract.words import say
from synth_assets.errors import ContractError

__all__ = [
    "ContractFault",
    "beside_contract",
    "fault_at",
    "faults_of",
    "parse_contract",
    "place_of",
    "read_contract",
    "read_whole",
]

Path_ = tuple[str | int, ...]
_BESIDE = frozenset({"translation", "deps"})
"""Keys of a component beside its contract, which Dagster reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFault:
    """One fault, printed as compilers do.

    Attributes:
        file: the file's name.
        line: counted from 1.
        column: counted from 1.
        where: the key, with dots between its parts.
        message: the rule that is broken and what to do.
        hint: what to do, where the message does not say it.
        severity: a ``warning`` is odd and allowed.
    """

    file: str
    line: int
    column: int
    where: str
    message: str
    hint: str = ""
    severity: Literal["fault", "warning"] = "fault"

    def __str__(self) -> str:
        odd = "warning: " if self.severity == "warning" else ""
        remedy = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {odd}{self.where or 'contract'}: {self.message}{remedy}"


def read_contract(path: Path) -> DatasetContract:
    """Read a contract from a file, from ``defs.yaml`` in a folder, or by an address as ``defs.yaml#visits``.

    An address may be that of a partition, ``defs.yaml#visits_2026_11``.

    Raises:
        ContractError: when there is no such file, or with all of its faults.
    """
    contract, partition = read_whole(path)
    return contract if partition is None else contract.of_partition(partition)


def read_whole(path: Path) -> tuple[DatasetContract, str | None]:
    """Return the contract of all partitions, and the one that an address names, if any; raises as above."""
    contract = parse_contract(contract_text(path), str(path), folder=path if path.is_dir() else path.parent)
    return contract, partition_in(path, contract.name)


def beside_contract(path: Path) -> dict[str, Any]:
    """Return what a ``defs.yaml``, whose contract can be read, says for Dagster alone."""
    text = contract_text(path)
    check_bounds(text)
    value = yaml.safe_load(text)
    whole = value.get("attributes") if isinstance(value, Mapping) and "type" in value else None
    return {key: whole[key] for key in _BESIDE if key in whole} if isinstance(whole, Mapping) else {}


def parse_contract(text: str, file: str, *, folder: Path | None = None) -> DatasetContract:
    """Read a contract from YAML text; ``file`` is its name in messages, and ``folder`` has the files of its tables.

    Raises:
        ContractError: with all of its faults.
    """
    faults = list(faults_of(text, file, folder=folder))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ContractError(f"the contract has {many}:\n{listed}", hint=f"`synth-assets contract check {file}`")
    attributes, _ = with_tables(_attributes(yaml.safe_load(text)), folder)
    return DatasetContract.model_validate(attributes)


def place_of(path: Path, where: tuple[str, ...]) -> str:
    """Return ``file:line:column: key`` of a key of the contract at ``path``, as faults are printed."""
    file, line, column = _place_of(path, where)
    return f"{file}:{line}:{column}: {'.'.join(where)}"


def fault_at(
    path: Path, where: tuple[str, ...], *, message: str, hint: str, severity: Literal["fault", "warning"]
) -> ContractFault:
    """Return a fault or warning about a key of the contract at ``path``, which can be read, with its position."""
    file, line, column = _place_of(path, where)
    return ContractFault(
        file=str(file),
        line=line,
        column=column,
        where=".".join(where),
        message=message,
        hint=hint,
        severity=severity,
    )


def _place_of(path: Path, where: tuple[str, ...]) -> tuple[Path, int, int]:
    file, text = contract_file(path), contract_text(path)
    check_bounds(text)
    value = yaml.safe_load(text)
    prefix: Path_ = () if _attributes(value) is value else ("attributes",)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    line, column = _position(root, prefix + where) if root is not None else (1, 1)
    return file, line, column


def faults_of(text: str, file: str, *, folder: Path | None = None) -> Iterator[ContractFault]:
    """Yield every fault of a contract in YAML, in the order of the file; ``folder`` has the files of its tables."""
    try:
        check_bounds(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, KeyError) as error:
        yield _syntax_fault(error, text, file)
        return
    if not isinstance(root, yaml.MappingNode):
        yield ContractFault(file=file, line=1, column=1, where="", message="a contract is a mapping of keys to values")
        return
    attributes = _attributes(value)
    prefix: Path_ = () if attributes is value else ("attributes",)
    unanswered = dict(open_places(attributes))
    attributes, of_tables = with_tables(attributes, folder)
    of_files = {where for where, _ in of_tables}
    of_model = ((where, message) for where, message in _model_faults(attributes) if where not in of_files)
    faulty = [*unanswered.items(), *_others([*of_tables, *of_model], unanswered)]
    messages = [*_repeated_keys(root, ()), *((prefix + where, message) for where, message in faulty)]
    placed = {(where, message): _position(root, where) for where, message in messages}
    for (where, message), (line, column) in sorted(placed.items(), key=lambda pair: pair[1]):
        shown = ".".join(str(part) for part in where[len(prefix) :])
        yield ContractFault(file=file, line=line, column=column, where=shown, message=message)


def _attributes(value: Any) -> Any:
    """Return the contract in a document: of a component's it is what stands under `attributes`, but for two keys."""
    if isinstance(value, Mapping) and "attributes" in value and "type" in value:
        attributes = value["attributes"]
        if isinstance(attributes, Mapping) and not _BESIDE.isdisjoint(attributes):
            return {key: part for key, part in attributes.items() if key not in _BESIDE}
        return attributes
    return value


def _syntax_fault(error: Exception, text: str, file: str) -> ContractFault:
    mark = getattr(error, "problem_mark", None) or _unreadable_scalar(text)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(error, YamlTooLargeError):
        return ContractFault(file=file, line=line, column=column, where="", message=f"{error.problem}: make it smaller")
    problem = getattr(error, "problem", None) or f"cannot be read ({type(error).__name__})"
    return ContractFault(file=file, line=line, column=column, where="", message=f"not YAML: {problem}; quote texts")


def _unreadable_scalar(text: str) -> Any:
    """Find the value that PyYAML trips over without saying where, such as the date 2020-13-45."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.ScalarEvent) and event.style is None and not _loads(event.value):
                return event.start_mark
    except yaml.YAMLError:
        return None
    return None


def _loads(text: str) -> bool:
    try:
        yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, KeyError):
        return False
    return True


def _model_faults(value: Any) -> Iterator[tuple[Path_, str]]:
    """Yield pydantic's faults, and those between parts as far as the parts can be read."""
    try:
        DatasetContract.model_validate(value)
    except ValidationError as error:
        for fault in _without_echoes(error.errors(include_url=False)):
            where = _without_tags(fault["loc"], value)
            if where or fault["type"] != "value_error":  # the whole contract's own rules come below, with places
                yield where, say(fault, where)
        if isinstance(value, Mapping):
            yield from _between_parts(value)
    if isinstance(value, Mapping):
        yield from _of_generator(value.get("generator", {}), ("generator",))
        listed = value.get("compare", ())
        for place, named in enumerate(listed if isinstance(listed, list) else ()):
            yield from _of_generator({"kind": named} if isinstance(named, str) else named, ("compare", place))


def _of_generator(given: Any, where: Path_) -> Iterator[tuple[Path_, str]]:
    """Yield what the installed kind says of a generator, where it can be read at all."""
    try:
        spec = GeneratorSpec.model_validate(given)
    except ValidationError:
        return
    for path, message in generator_faults(spec):
        yield (*where, *path[1:]), message


def _without_echoes(items: Sequence[Any]) -> Iterator[Any]:
    """Drop what a union says for the member that was not meant: `rows` of a mapping, a mapping of a text."""
    for fault in items:
        beside_literal = fault["type"] == "model_type" and any(
            other["type"] == "literal_error" and other["loc"][:-1] == fault["loc"][:-1] for other in items
        )
        if not beside_literal and not (fault["type"] == "literal_error" and isinstance(fault["input"], Mapping)):
            yield fault


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
    readable = {name: spec for name, spec in columns.items() if _is_valid(ColumnSpec, spec)}
    parts = {key: value[key] for key in ("derived", "rules", "focus", "target", "privacy") if key in value}
    derived = parts["derived"] if isinstance(parts.get("derived"), Mapping) else {}
    unread_derived = {name for name, spec in derived.items() if not _is_valid(Derived, spec)}
    if unread_derived:
        parts["derived"] = {name: spec for name, spec in derived.items() if name not in unread_derived}
    draft = _draft({**_NEUTRAL, **parts, "columns": readable}) if readable else None
    unread = unread_derived | (columns.keys() - readable.keys())
    for fault in draft.cross_faults() if draft else ():
        concerns_unread = bool(unread) if fault.columns is None else not unread.isdisjoint(fault.columns)
        if not concerns_unread:
            yield fault.where, fault.message


def _draft(whole: dict[str, Any]) -> _Draft | None:
    """Build a draft without the parts that are faulty by themselves: those are reported elsewhere."""
    try:
        return _Draft.model_validate(whole)
    except ValidationError as error:
        faulty = {fault["loc"][0] for fault in error.errors()}
    sound = {key: part for key, part in whole.items() if key not in faulty}
    neutral = {key: part for key, part in _NEUTRAL.items() if key in faulty}
    return _Draft.model_validate({**sound, **neutral}) if "columns" in sound else None


def _is_valid(kind: Any, part: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(part)
    except ValidationError:
        return False
    return True


def _holds(node: Any, part: int | str) -> bool:
    if isinstance(node, Mapping):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def _without_tags(where: tuple[int | str, ...], value: Any) -> Path_:
    """Drop the names of union members, and the mark of a key, that pydantic puts into a place."""
    kept: list[int | str] = []
    node = value
    for depth, part in enumerate(where):
        if _holds(node, part):
            node = node[part]
        elif depth < len(where) - 1 or not isinstance(node, Mapping) or part in ("[key]", "[table]", node.get("type")):
            continue  # a member of a union, or the mark of a key
        kept.append(part)
    return tuple(kept)


def _position(root: yaml.Node, where: Path_) -> tuple[int, int]:
    """Return line and column, from 1, of the deepest node on the way to ``where``."""
    node, mark = root, root.start_mark
    for part in where:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if _names(pair[0], part)), None)
            if pair is None:
                break
            node, mark = pair[1], pair[1].start_mark if isinstance(pair[1], yaml.ScalarNode) else pair[0].start_mark
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            mark = node.start_mark
        else:
            break
    return mark.line + 1, mark.column + 1


def _names(key: yaml.Node, part: int | str) -> bool:
    unquoted = key.tag == "tag:yaml.org,2002:bool" and part in (0, 1)  # `yes:` became the key True
    return unquoted or bool(key.value == str(part))


def _others(faults: Iterable[tuple[Path_, str]], unanswered: Collection[Path_]) -> Iterator[tuple[Path_, str]]:
    """Drop what only says that an open place has no answer yet, or that what stands beside it cannot be read so."""
    for where, message in faults:
        if not any(
            position in (where, (*where, "type")) or where[: len(position)] == position for position in unanswered
        ):
            yield where, message


def _repeated_keys(root: yaml.Node, where: Path_, visited: frozenset[int] = frozenset()) -> Iterator[tuple[Path_, str]]:
    if not isinstance(root, yaml.MappingNode) or id(root) in visited:  # an alias may hold itself
        return
    seen: set[str] = set()
    for key, value in root.value:
        if key.value in seen:
            yield (*where, key.value), "stands twice: keep one"
        seen.add(key.value)
        yield from _repeated_keys(value, (*where, key.value), visited | {id(root)})
