r"""Which contract is meant: by file, by its name in a file that holds several, or by its name in a project.

A ``defs.yaml`` may hold several datasets, one YAML document each, as Dagster reads them. The address of a dataset in it
is ``defs.yaml#visits``. A file that holds one needs no name.

Example:
    >>> text = "type: a\n---\ntype: b\n"
    >>> [document.strip() for document in split(text)]
    ['type: a', 'type: b']
    >>> split(text)[1].splitlines()  # each stands in its lines
    ['', '', 'type: b']
"""

import os
import re
from pathlib import Path

from synth_assets.bounded_yaml import MOST_CHARACTERS
from synth_assets.errors import ContractError
from synth_assets.listing import some_of

__all__ = [
    "address_of",
    "addresses_in",
    "contract_file",
    "contract_text",
    "find_contracts",
    "has_partitions",
    "name_in",
    "named_contract",
    "names_below",
    "others_named",
    "partition_in",
    "refuse_twins",
    "split",
]

_COMPONENT = "synth_assets.SyntheticDataset"
_SEPARATOR = re.compile(r"^---(?:\s.*)?$")
_NAME = re.compile(r"^(?:  )?name:\s*[\"']?([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE)
_PARTITIONS = re.compile(r"^[^#\n]*\bpartitions_def[\"']?\s*:", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_SHOWN = 12


def contract_file(path: Path) -> Path:
    """Return the file of an address: without a name, and the ``defs.yaml`` of a folder."""
    file, _ = _parted(path)
    return file / "defs.yaml" if file.is_dir() else file


def contract_text(path: Path) -> str:
    """Return the text of one contract in its lines, as far as it matters: one that is too large is refused as a whole.

    Raises:
        ContractError: there is no such file, it is not text, or it holds several contracts and none is named.
    """
    _, name = _parted(path)
    try:
        documents = split(_beginning(contract_file(path)))
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(
            f"there is no readable contract at {path}", hint="give the path of a defs.yaml, or the name of a dataset"
        ) from error
    named = [text for text in documents if name is None or name_in(text) == name]
    named = named or [text for text in documents if name is not None and _has_partition(text, name)]
    if len(named) == 1:
        return named[0]
    listed = some_of([name_in(text) or "?" for text in documents], most=_SHOWN)
    held = f"{contract_file(path)} holds {len(documents)} contracts: {listed}"
    if name is None:
        raise ContractError(held, hint=f"name one, as in `{contract_file(path)}#{name_in(documents[0]) or 'NAME'}`")
    raise ContractError(f"{held}; {len(named) or 'none'} of them is {name!r}", hint="name one of them")


def addresses_in(path: Path) -> list[Path]:
    """Return the address of every contract that a path means: one, or all of a file that holds several.

    Raises:
        ContractError: there is no such file, or it is not text.
    """
    file = contract_file(path)
    try:
        documents = split(_beginning(file))
    except (OSError, UnicodeDecodeError):
        return [path]  # whoever reads it says so
    if _parted(path)[1] is not None or len(documents) < 2:  # noqa: PLR2004 - several
        return [path]
    return [address_of(file, name) if (name := name_in(text)) else file for text in documents]


def find_contracts(folder: Path) -> list[Path]:
    """Return the addresses of contracts below ``folder``, sorted: of every ``defs.yaml`` with our component.

    Hidden folders (an environment, state) and ``data`` are not searched.
    """
    paths: list[Path] = []
    for directory, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "data"]
        file = Path(directory) / "defs.yaml"
        if "defs.yaml" in files and _is_ours(file):
            paths += addresses_in(file)
    return sorted(paths)


def names_below(folder: Path) -> dict[Path, str]:
    """Return the name of every dataset below ``folder`` by its address; a contract that says none is left out."""
    names = {path: name_in(_text_or_nothing(path)) for path in find_contracts(folder)}
    return {path: name for path, name in names.items() if name}


def named_contract(given: Path, root: Path) -> Path:
    """Return the address that somebody means: a path that is there, or the name of a dataset of the project.

    Raises:
        ContractError: it is not a path, and no dataset or several have this name; with all names.
    """
    text = str(given)
    if contract_file(given).is_file() or not _PLAIN.fullmatch(text) or (given.exists() and not given.is_dir()):
        return given
    names = names_below(root)
    meant = [path for path, name in names.items() if name == text]
    if len(meant) == 1:
        return meant[0]
    partitioned = [path for path in names if _has_partition(contract_text(path), text)]
    if not meant and len(partitioned) == 1:
        return address_of(partitioned[0], text)
    if meant:
        raise _twins(meant, text)
    if given.exists():
        return given
    listed = some_of(sorted(set(names.values())), most=_SHOWN)
    raise ContractError(
        f"there is no dataset {text!r} below {root}, and no such path",
        hint=f"there are: {listed}" if names else "`dg scaffold defs synth_assets.SyntheticDataset NAME` starts one",
    )


def address_of(path: Path, dataset: str) -> Path:
    """Return the address of a dataset in a file, or of one of its partitions: ``defs.yaml#visits_2026_11``."""
    file = contract_file(path)
    return file.with_name(f"{file.name}#{dataset}")


def partition_in(path: Path, name: str) -> str | None:
    """Return which partition of dataset ``name`` an address names; ``None`` if it means all of it."""
    _, dataset = _parted(path)
    return None if dataset in (None, name) else str(dataset).removeprefix(f"{name}_")


def has_partitions(path: Path) -> bool:
    """Tell whether a contract gives its assets partitions, each of which is a dataset of its own."""
    return bool(_PARTITIONS.search(_text_or_nothing(path)))


def others_named(name: str, file: Path, root: Path) -> list[Path]:
    """Return the addresses of datasets of the project that have a name, but for those in ``file``."""
    own = contract_file(file).resolve()
    return [path for path, other in names_below(root).items() if other == name and contract_file(path).resolve() != own]


def refuse_twins(name: str, file: Path, root: Path) -> None:
    """Refuse a dataset whose name another one of the project has: suites, folders and assets are called by it.

    Raises:
        ContractError: there is one, with both files.
    """
    if others := others_named(name, file, root):
        raise _twins([contract_file(file), *others], name)


def _twins(paths: list[Path], name: str) -> ContractError:
    files = " and ".join(str(path) for path in paths)
    return ContractError(f"{files} are both named {name!r}", hint="give each dataset a name of its own")


def split(text: str) -> list[str]:
    """Return the YAML documents of a text that say something, each with empty lines where the others stand."""
    documents, lines = [list[str]()], text.split("\n")
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line) and number:
            documents.append([""] * (number + 1))
        else:
            documents[-1].append(line)
    said = [document for document in documents if any(_says(line) for line in document)]
    return ["\n".join(document) for document in said or documents[:1]]


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _parted(path: Path) -> tuple[Path, str | None]:
    """Return the file of an address and the name in it, unless a file is called so."""
    name, mark, dataset = path.name.rpartition("#")
    return (path.with_name(name), dataset) if mark and name and not path.exists() else (path, None)


def name_in(text: str) -> str | None:
    """Return the name of a contract, as far as it can be seen without reading it; ``None`` if there is none."""
    found = _NAME.search(text)
    return found.group(1) if found else None


def _has_partition(text: str, dataset: str) -> bool:
    """Tell whether a dataset's name is that of a contract, which gives its assets partitions, with more after it."""
    return bool(_PARTITIONS.search(text)) and dataset.startswith(f"{name_in(text)}_")


def _text_or_nothing(path: Path) -> str:
    try:
        return contract_text(path)
    except ContractError:
        return ""


def _beginning(file: Path) -> str:
    """Read a file as far as it matters: one character more than a contract may have is refused as a whole."""
    with file.open(encoding="utf-8") as stream:
        return stream.read(MOST_CHARACTERS + 1)


def _is_ours(file: Path) -> bool:
    try:
        return f"type: {_COMPONENT}" in _beginning(file)
    except (OSError, UnicodeDecodeError):
        return False
