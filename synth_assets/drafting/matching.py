"""What a codebook says of a source's columns, by their names alone.

Somebody may hand over the private table in place of its codebook, and then each "variable" is a row and its name a
value. So names of variables that no column has are shown only where most variables are columns, and a file that looks
like the table is refused in words that quote nothing of it.
"""

from collections.abc import Iterator, Mapping, Sequence

from synth_assets.drafting.codebooks.codebook import Codebook, Variable, codebook_error, plain
from synth_assets.errors import UsageError
from synth_assets.ledger import Source
from synth_assets.listing import some_of

__all__ = ["matched", "unmatched_words"]

_SHOWN = 12
_NOT_A_CODEBOOK = "a codebook has a line per column, and its names; if this is the table itself, give it to no command"


def matched(codebook: Codebook, *, file: str, source: Source, table: str | None) -> Mapping[str, Variable]:
    """Return the variables of a source's table by their names, the first one of each; some may be no column of it.

    Args:
        codebook: what was read.
        file: its name, for messages.
        source: whose columns are meant; its name says which table if nothing else does.
        table: the name of the table.

    Raises:
        UsageError: there is no such table, several and none is named as the source, or it is not about this source.
    """
    columns = {name for name, _ in source.columns}
    registered = [cell for cell in codebook.head if cell in columns]
    if 2 * len(registered) > len(codebook.head):
        raise codebook_error(file, "has the source's own columns in its head", hint=_NOT_A_CODEBOOK)
    variables = dict[str, Variable]()
    for variable in _table(codebook, file, source.name, table):
        variables.setdefault(variable.name, variable)
    if columns.isdisjoint(variables):
        names = _listed([name for name, _ in source.columns])
        raise codebook_error(
            file,
            f"describes no column of source {source.name!r}, which has {names}",
            hint=f"names must be the same, also in case; {_NOT_A_CODEBOOK}",
        )
    return variables


def unmatched_words(variables: Mapping[str, Variable], *, source: Source, drafted: Sequence[str]) -> Iterator[str]:
    """Yield a sentence about variables that are no column of the source, and one about columns without a variable.

    Args:
        variables: as :func:`matched` returns them.
        source: with its registered columns.
        drafted: names of those of its columns that are drafted.
    """
    unknown = [name for name in variables if name not in dict(source.columns)]
    if 2 * len(unknown) > len(variables):
        yield "Most variables of the codebook are no columns of the source."
    elif unknown:
        yield f"The codebook also describes {_listed(unknown)}; the source has no such column."
    spelt = {_letters(name): name for name in unknown}
    lacking = [name for name in drafted if name not in variables]
    meant = [f"{name} (is {spelt[_letters(name)]} meant?)" if _letters(name) in spelt else name for name in lacking]
    if meant:
        yield f"The codebook says nothing of {_listed(meant)}."


def _letters(name: str) -> str:
    """Return what is left of a name whatever its case and whatever stands between its words."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _listed(names: Sequence[str]) -> str:
    return some_of([plain(name) for name in names], most=_SHOWN)


def _table(codebook: Codebook, file: str, source: str, table: str | None) -> tuple[Variable, ...]:
    tables = codebook.tables
    if table is None and len(tables) == 1:
        return next(iter(tables.values()))
    wanted = table or source
    if wanted not in tables:
        raise UsageError(
            f"codebook {plain(file)} has no table {wanted!r}",
            hint=f"--table with one of: {_listed(list(tables))}",
        )
    return tables[wanted]
