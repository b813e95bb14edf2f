"""The statements that a contract's release begins with, as text for an officer to review; nothing is opened.

Later draws count other tables, chosen by noisy answers, of the same rows: what stands before ``kept_rows`` is the
same in all of them. Parameters are shown by their names.
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from synth_assets.domain import Domain
from synth_assets.source.engine import Table
from synth_assets.source.sql.expressions import Tree
from synth_assets.source.sql.statements import Rows, count_statements, text_statements

__all__ = ["explained"]


def explained(rows: Rows, domain: Domain, *, discovered: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield what a statement is for, and its text.

    Args:
        rows: which there are.
        domain: the declared columns.
        discovered: names of columns whose categories are found first; their tables are counted like the others.
    """
    if discovered:
        for statement in text_statements(rows, discovered):
            yield f"the categories of {', '.join(discovered)}", _shown(rows, statement)
    if domain.columns:
        tables: list[Table] = [((name,), "fine") for name in domain.names]
        for statement in count_statements(rows, tables, domain=domain, grids={}):
            yield f"one-way tables of {', '.join(domain.names)}", _shown(rows, statement)


def _shown(rows: Rows, statement: Tree) -> str:
    named = statement.transform(lambda node: exp.var(f":{node.name}") if isinstance(node, exp.Placeholder) else node)
    text: str = named.sql(dialect=rows.flavour.dialect, pretty=True)
    return text
