"""What can be said of a contract's rules and derived columns by its declared domains, before anything is paid.

What cannot be intended is a fault: rules that no row can keep, a comparison with what a column never is, or of
something true or false with a number. An odd one is a warning.

Nothing of it is checked where a contract is read: contracts of older versions stay as valid as they were.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa

from synth_assets.contract import DatasetContract
from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import code_names
from synth_assets.domain.comparisons import (
    Side,
    Texts,
    can_be,
    computed_columns,
    is_rounded,
    possible_texts,
    unlike_sides,
    unlisted_numbers,
    unlisted_texts,
    whole_divisions,
)
from synth_assets.domain.contradictions import contradictions
from synth_assets.domain.possible import measured_columns
from synth_assets.listing import some_of
from synth_assets.obtain.remark import Remark, nearest

__all__ = ["remarks_on_expressions"]

_SHOWN = 12


def remarks_on_expressions(contract: DatasetContract) -> Iterator[Remark]:
    """Yield what is wrong or odd about each derived column and each rule, then about all rules together."""
    columns = _Columns.of(contract)
    for name, derived in contract.derived.items():
        if isinstance(derived, str):
            yield from _on_expression(("derived", name), derived, columns)
            yield from _on_digits(name, derived, columns.schema)
        columns.add_derived(name, contract)
    sound: list[str] = []
    for name, text in contract.rules.items():
        remarks = [*_on_expression(("rules", name), text, columns), *_on_computed(name, text, contract)]
        sound += [] if any(remark.refused for remark in remarks) else [name]
        yield from remarks
    yield from _on_rules(contract, sound)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What is known of columns, measured and derived, before there is a release.

    Attributes:
        schema: of all of them.
        texts: the texts that columns of texts can be.
        numbers: whether columns of numbers can be a number.
        listed: what columns of numbers hold, in words.
    """

    schema: pa.Schema
    texts: dict[str, Texts] = field(default_factory=dict)
    numbers: dict[str, Callable[[float], bool]] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: DatasetContract) -> "_Columns":
        """Return what is known of the measured columns."""
        columns = cls(schema=contract.table_schema())
        for column in _known_columns(contract):
            if column.categories:
                columns.texts[column.name] = frozenset(column.categories)
            elif pa.types.is_integer(column.arrow_type()) or pa.types.is_floating(column.arrow_type()):
                columns.numbers[column.name], columns.listed[column.name] = can_be(column), _held(column)
        return columns

    def add_derived(self, name: str, contract: DatasetContract) -> None:
        """Add what is known of a derived column."""
        derived, kind = contract.derived[name], self.schema.field(name).type
        values = possible_texts(derived, self.texts) if isinstance(derived, str) else contract.values_of(name)
        if values is None or pa.types.is_boolean(kind):
            return
        if pa.types.is_string(kind):
            self.texts[name] = values
        else:
            self.numbers[name] = frozenset(map(float, values)).__contains__
            self.listed[name] = some_of(sorted(values, key=float), most=_SHOWN)


def _known_columns(contract: DatasetContract) -> tuple[Column, ...]:
    """Return the measured columns whose values are known before a release."""
    names = (name for name in contract.columns if name not in contract.discovered_columns)
    return tuple(contract.open_column(name, layout=1) for name in names)


def _on_expression(where: tuple[str, str], text: str, columns: _Columns) -> Iterator[Remark]:
    for side, literal, listed in dict.fromkeys(unlisted_texts(text, columns.texts)):
        guess = nearest(literal, listed)
        yield Remark(
            where=where,
            refused=True,
            message=f"`{text}` compares {side} with {literal!r}, which it never is",
            hint=(f"did you mean {guess!r}? " if guess else "")
            + f"it is one of: {some_of(sorted(listed), most=_SHOWN)}",
        )
    for name, number in dict.fromkeys(unlisted_numbers(text, columns.numbers)):
        yield Remark(
            where=where,
            refused=True,
            message=f"`{text}` compares {name} with {number}, which it never is",
            hint=f"it is one of: {columns.listed[name]}",
        )
    for truth, other in dict.fromkeys(unlike_sides(text, columns.schema)):
        yield Remark(
            where=where,
            refused=True,
            message=f"`{text}` compares `{truth.text}`, which is true or false, with `{other.text}`, which is not",
            hint=_remedy(truth, other),
        )
    for division in dict.fromkeys(whole_divisions(text, columns.schema)):
        yield Remark(
            where=where,
            refused=False,
            message=f"`{division}` divides whole numbers, so the result is rounded down to a whole number",
            hint="divide by a number with a point, such as 100.0, for a real one; if it is meant, leave it",
        )


def _on_digits(name: str, text: str, schema: pa.Schema) -> Iterator[Remark]:
    real = pa.types.is_floating(schema.field(name).type)
    if real and not is_rounded(text, schema) and not whole_divisions(text, schema):  # these are to be corrected first
        yield Remark(
            where=("derived", name),
            refused=False,
            message=f"`{text}` is computed with reals, so its values have up to 17 digits",
            hint=f"write `ROUND({text}, 2)` for two decimals; if it is meant, leave it",
        )


def _on_computed(rule: str, text: str, contract: DatasetContract) -> Iterator[Remark]:
    """Warn of a measured number that others give: rows are drawn again until it holds, which moves all of them."""
    for name, how in computed_columns(text):
        if (
            name in contract.columns
            and name not in contract.discovered_columns
            and not contract.open_column(name).exact
        ):
            yield Remark(
                where=("rules", rule),
                refused=False,
                message=f"`{text}` says that {name} is computed, and it is measured: few rows can keep that",
                hint=f"leave {name} out of `columns`, and write `derived: {{{name}: {how}}}`",
            )


def _remedy(truth: Side, other: Side) -> str:
    if truth.compares:
        return f"a comparison has two sides: write `({truth.text}) = (... = ...)`, or two of them joined by AND"
    if other.text in ("0", "1"):
        return f"write `{'NOT ' if other.text == '0' else ''}{truth.text}`"
    return f"`{truth.text}` stands alone, or after NOT"


def _on_rules(contract: DatasetContract, names: Collection[str]) -> Iterator[Remark]:
    """Yield which of some rules no row can keep, and as warnings those that only a row with nulls can."""
    rules = {name: rule for name, rule in contract.rule_expressions().items() if name in names}
    derived = contract.derivations()
    known = Domain(columns=_known_columns(contract))
    without_null = Domain(columns=tuple(replace(column, nullable=False) for column in known.columns))
    refused = contradictions(rules, domain=known, derived=derived)
    refused_names = {name for group in refused for name in group}
    for group in refused:
        yield _contradiction(contract, group, known, refused=True)
    tests_nulls = {name for name, rule in rules.items() if _tests_nulls(rule.sql)}
    candidates = {name: rule for name, rule in rules.items() if name not in refused_names | tests_nulls}
    if any(column.nullable for column in known.columns):
        for group in contradictions(candidates, domain=without_null, derived=derived):
            yield _contradiction(contract, group, known, refused=False)


def _tests_nulls(sql: str) -> bool:
    """Tell whether a rule speaks of null, so that rows with nulls are meant to keep it."""
    words = sql.upper()
    return " IS " in words or "COALESCE" in words


def _contradiction(contract: DatasetContract, group: tuple[str, ...], domain: Domain, *, refused: bool) -> Remark:
    rules, derived = contract.rule_expressions(), contract.derivations()
    who = "no row can keep" if refused else "only rows in which something is null keep"
    texts = [f"`{contract.rules[name]}`" for name in group]
    what = texts[0] if len(group) == 1 else f"{' and '.join(texts)} together (rules {' and '.join(group)})"
    names = dict.fromkeys(name for rule in group for name in measured_columns(rules[rule], derived))
    held = "; ".join(f"{name} holds {_held(domain[name])}" for name in list(names)[:_SHOWN])
    return Remark(
        where=("rules", group[-1]),
        refused=refused,
        message=f"{who} {what}",
        hint=f"correct {'it' if len(group) == 1 else 'or remove one'}" + (f"; {held}" if held else ""),
    )


def _held(column: Column) -> str:
    """Say which values a column can have."""
    names = code_names(column)
    if not column.numeric:
        return some_of(list(names), most=_SHOWN)
    regular = names[: column.regular]
    whole = (
        [regular[0]] if len(regular) == 1 else [regular[0].split(" to ")[0] + " to " + regular[-1].split(" to ")[-1]]
    )
    if 1 < len(regular) <= _SHOWN and column.exact:
        whole = list(regular)
    return some_of([*whole, *names[column.regular :]], most=_SHOWN)
