"""A commented contract, drafted from what is public: a registered source, its account, and a codebook.

Nothing here opens a source: names and types stand in the ledger since an officer registered them. Every text of a
codebook becomes a quoted value or one line of a comment, so that none of it can add a key.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from synth_assets.characters import refused_in
from synth_assets.drafting.codebooks.codebook import Codebook, Variable, plain
from synth_assets.drafting.columns import DraftedColumn, draft_column, is_open, question
from synth_assets.drafting.matching import matched, unmatched_words
from synth_assets.ledger import Source, Split
from synth_assets.obtain.compatibility import UNTYPED, family_of

__all__ = ["Draft", "draft_contract"]

_TYPE = "synth_assets.SyntheticDataset"
_LINE = 110
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A contract that waits for answers.

    Attributes:
        text: the file.
        questions: how many open questions it has.
        columns: how many columns it has.
        described: how many of them the codebook knows.
    """

    text: str
    questions: int
    columns: int
    described: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """All that a draft is made of."""

    source: Source
    name: str
    split: Split | None
    account: str
    file: str
    title: str
    variables: Mapping[str, Variable]
    remarks: tuple[str, ...]
    schema: str | None


def draft_contract(  # noqa: PLR0913 - all that is public of a source
    source: Source,
    *,
    name: str,
    split: Split | None = None,
    account: str = "",
    codebook: Codebook | None = None,
    file: str = "",
    table: str | None = None,
    schema: str | None = None,
) -> Draft:
    """Draft a contract over a registered source.

    Args:
        source: as the ledger has it; its location is not looked at.
        name: of the dataset.
        split: how the account is split, if it is.
        account: what the account has left, in words.
        codebook: what an officer published about the columns, if anything.
        file: the codebook's file, as ``domain_source`` names it.
        table: the table of the codebook, where it has several.
        schema: where an editor finds the JSON Schema of the file.

    Raises:
        UsageError: which table of the codebook is meant cannot be told, or the codebook is not about this source.
    """
    facts = _Facts(
        source=source,
        name=name,
        split=split,
        account=account,
        file=plain(file),
        title=plain(codebook.title, most=120) if codebook else "",
        variables=matched(codebook, file=file, source=source, table=table) if codebook else {},
        remarks=codebook.remarks if codebook else (),
        schema=schema,
    )
    columns = [_column(facts, name, registered) for name, registered in _measured(source)]
    lines = [*_head(facts), *_decisions(facts), *_columns(facts, columns), *_after()]
    text = "\n".join(lines) + "\n"
    return Draft(
        text=text,
        questions=sum(1 for line in lines if "TODO: " in line and not line.lstrip().startswith("#")),
        columns=len(columns),
        described=sum(column.name in facts.variables for column in columns),
    )


def _measured(source: Source) -> list[tuple[str, str]]:
    """Return the columns that can be declared: not the unit's, and none of lists or structures."""
    return [
        (name, registered)
        for name, registered in source.columns
        if name != source.unit.column and family_of(registered) != "nested" and name.isprintable() and len(name) <= 128  # noqa: PLR2004 - as contracts say
    ]


def _column(facts: _Facts, name: str, registered: str) -> DraftedColumn:
    origin = facts.file if facts.title in ("", facts.file.rsplit(".", 1)[0]) else f"{facts.title} ({facts.file})"
    variable = facts.variables.get(name)
    typed = facts.source.kind not in UNTYPED
    return draft_column(name, registered, typed=typed, variable=variable, source=origin if variable else "")


def _head(facts: _Facts) -> Iterator[str]:
    codebook = f" and the codebook {facts.file}" if facts.file else ""
    if facts.schema:
        yield f"# yaml-language-server: $schema={facts.schema}"
    yield f"# Drafted from what is public: what the officer registered of source {facts.source.name}{codebook}."
    yield "# No row was read. Every value that begins with TODO: waits for your answer, from public knowledge and never"
    yield "# from the rows: `synth-assets contract check` lists those that are left, and nothing can be run before."
    for remark in facts.remarks:
        yield f"# The codebook: {plain(remark)}"
    yield f"type: {_TYPE}"
    yield "attributes:"


def _decisions(facts: _Facts) -> Iterator[str]:
    unit = facts.source.unit
    yield f"  name: {_scalar(facts.name)}"
    yield f"  purpose: {_asked('say what the synthetic table is for; it goes into the datasheet')}"
    yield f"  source: {_scalar(facts.source.name)}"
    yield "  privacy:"
    yield "    # Who is protected, as the officer registered it."
    whole = "rows" if unit.column is None else {"column": unit.column, "max_rows": unit.max_rows}
    yield f"    unit: {_scalar(whole)}"
    if facts.split:
        yield "    # The officer held these people out, so that checks can ask them."
        yield f"    holdout: {facts.split.share:g}"
    yield "    spend:"
    yield "      # What one release costs; it is never paid back. `synth-assets budget plan` says what it buys."
    if facts.account:
        yield f"      # {plain(facts.account)}"
    yield f"      epsilon: {_asked('a number, such as 1.0')}"
    yield f"      delta: {_asked('a number well below one over the number of people, such as 1.0e-7')}"


def _columns(facts: _Facts, columns: Sequence[DraftedColumn]) -> Iterator[str]:
    yield "  columns:"
    yield "    # Remove what nobody needs: ids, free text, and what follows from other columns (`derived` has it)."
    if facts.source.kind in UNTYPED:
        yield "    # The files have no types of their own: what each column is, you say."
    measured = {column.name for column in columns}
    for name, registered in facts.source.columns:
        if name == facts.source.unit.column:
            yield f"    # {plain(name)} is left out: it names the privacy unit, which is never measured or made up."
        elif name not in measured:
            yield f"    # {plain(name)} is left out: it is registered as {plain(registered)}, which cannot be measured."
    if facts.variables:
        for words in unmatched_words(facts.variables, source=facts.source, drafted=[column.name for column in columns]):
            yield f"    # {words}"
    for column in columns:
        for remark in column.remarks:
            yield f"    # {plain(remark)}"
        yield f"    {_key(column.name)}:"
        for key, value in column.keys.items():
            yield from _entry(key, value)


def _entry(key: str, value: Any) -> Iterator[str]:
    written = json.dumps(value, ensure_ascii=False) if is_open(value) else _scalar(value)
    if not isinstance(value, list) or len(written) <= _LINE:
        yield f"      {key}: {written}"
        return
    yield f"      {key}:"
    for part in value:
        yield f"        - {_scalar(part)}"


def _key(name: str) -> str:
    """Write a column's name, quoted unless it is a plain word; `12` or `yes` would be read as something else."""
    plain_word = _WORD.fullmatch(name) and _scalar(name) == name
    return name if plain_word else json.dumps(name, ensure_ascii=refused_in(name) is not None)


def _after() -> Iterator[str]:
    yield "  # Then, if you like: `derived` and `rules`, `target`, `rows`, `checks`, `refresh`."


def _asked(text: str) -> str:
    return json.dumps(question(text), ensure_ascii=False)


def _scalar(value: Any) -> str:
    """Write a value on one line; YAML quotes what it would read as something else, and escapes what is not seen."""
    seen = refused_in(json.dumps(value, ensure_ascii=False, default=str)) is None
    line = yaml.safe_dump(value, default_flow_style=True, width=1 << 20, allow_unicode=seen, sort_keys=False)
    return line.removesuffix("\n").removesuffix("\n...")
