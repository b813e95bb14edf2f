"""The contract's scenarios: what is wrong with one before anything is paid, and drawing its table.

A scenario is drawn as a what-if table is: conditions, weights and shares of single columns in closed form, other
conditions by drawing again. Unlike a what-if table it is named in the contract, so that checks know what it is to be
and can judge it, and it is promoted beside the whole table.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from functools import partial, reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from synth_assets.candidate.model import SHAPING, Candidate
from synth_assets.candidate.what_if import read_question, refuse_rare
from synth_assets.candidate.write import Order, Sampler, draw_candidate, expected_rows, refuse_other_parents
from synth_assets.contract import DatasetContract
from synth_assets.contract.scenarios import Scenario
from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import conjuncts
from synth_assets.domain.expressions import columns_in, parse
from synth_assets.errors import UsageError
from synth_assets.release import Release

if TYPE_CHECKING:
    from synth_assets.generator import Condition, FittedGenerator, Generator

__all__ = ["numbers_by_value", "refuse_impossible", "scenario_faults", "scenario_order", "write_scenario"]


def write_scenario(  # noqa: PLR0913 - the parts of a table, by keyword
    contract: DatasetContract,
    name: str,
    generator: "FittedGenerator",
    release: Release,
    *,
    scenarios: Path,
    executor: Executor | None = None,
) -> Candidate:
    """Sample the table of a scenario and write it below ``scenarios``, with the contract's rows and seed for it.

    Args:
        contract: names the scenario, and defines schema, derived columns and rules.
        name: which scenario.
        generator: fitted to ``release``.
        release: gives the number of rows if neither the scenario nor the contract does.
        scenarios: folder that holds one folder per table, such as ``workspace.scenarios(contract.name)``.
        executor: draws the shards; this process draws them one by one if omitted.

    Raises:
        UsageError: there is no such scenario, the parts do not belong together, the model never makes such rows,
            a condition is too rare, or the kind of generator cannot sample under one.
    """
    refuse_other_parents(contract, generator, release)
    order = _possible_order(contract, name, generator, release)
    return draw_candidate(order, release=release, generator=generator.digest, candidates=scenarios, executor=executor)


def refuse_impossible(contract: DatasetContract, generator: "FittedGenerator", release: Release) -> None:
    """Refuse scenarios whose tables cannot be drawn, before anything is paid for the table that they go with.

    Raises:
        UsageError: as :func:`write_scenario`.
    """
    for name in contract.scenarios:
        _possible_order(contract, name, generator, release)


def _possible_order(contract: DatasetContract, name: str, generator: "FittedGenerator", release: Release) -> Order:
    from synth_assets.generator import load_generator

    opener = partial(load_generator, generator.folder)
    try:
        order = scenario_order(contract, name, opener(), release, open_sampler=opener)
        if order.filters:
            refuse_rare(order)
    except UsageError as error:
        raise UsageError(f"scenario {name!r}: {error.message}", hint=error.hint) from error
    return order


def scenario_order(  # noqa: PLR0913 - the parts of an order, by keyword
    contract: DatasetContract,
    name: str,
    generator: "Generator",
    release: Release,
    *,
    open_sampler: Any = None,
    shaping: int | None = None,
) -> Order:
    """Return everything that determines the rows of a scenario.

    Args:
        contract: names the scenario.
        name: which scenario.
        generator: fitted to ``release``; says how probable values are.
        release: gives the domain.
        open_sampler: returns the generator in the process that draws; ``generator`` itself if omitted.
        shaping: of a table that exists; the present one, if there are rules, if omitted.

    Raises:
        UsageError: as :func:`write_scenario`.
    """
    from synth_assets.generator import what_if

    scenario, domain = _scenario(contract, name), release.domain
    question = read_question(scenario.where, contract=contract, domain=domain) if scenario.where else None
    condition = what_if(
        generator,
        release,
        where=question.condition if question else None,
        weights=_weights(scenario, domain),
        shares={column: numbers_by_value(domain[column], shares) for column, shares in scenario.shares.items()},
    )
    opener: Any = open_sampler or _Same(generator)
    if shaping is None:
        shaping = SHAPING if contract.rules else 0
    return Order(
        contract=contract,
        open_sampler=opener,
        seed=scenario.seed,
        rows=scenario.rows if scenario.rows is not None else expected_rows(contract, release),
        where=condition,
        filters=question.filters if question else (),
        scenario=name,
        shaping=shaping,
    )


class _Same:
    """Returns a generator that is open already."""

    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def __call__(self) -> Sampler:
        return self._generator


def numbers_by_value(column: Column, numbers: Mapping[str, float]) -> dict[Any, float]:
    """Return numbers by value from numbers by text; an unknown text stays, for the refusal to name it."""
    from synth_assets.generator import value_named

    return {value_named(column, text): number for text, number in numbers.items()}


def scenario_faults(contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield what is wrong with each scenario: where in the contract, a message and a hint. Only the contract is read.

    Values of columns whose categories are discovered are known after the release alone and are not looked at.
    """
    domain = Domain(columns=tuple(map(contract.open_column, contract.columns)))
    for name, scenario in contract.scenarios.items():
        faults = [
            (("scenarios", name, *where), message, hint) for where, message, hint in _faults(scenario, contract, domain)
        ]
        yield from faults or _unable(name, scenario, contract)


def _faults(
    scenario: Scenario, contract: DatasetContract, domain: Domain
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    conditions: list[Condition] = []
    try:
        conditions += _known_part(scenario.where, contract, domain)
    except UsageError as error:
        yield ("where",), error.message, error.hint or ""
    for key, factors in scenario.weights.items():
        try:
            conditions += _known_weights(key, factors, contract, domain)
        except UsageError as error:
            yield ("weights", key), error.message, error.hint or ""
    for column, shares in scenario.shares.items():
        try:
            conditions += _known_shares(column, shares, contract, domain)
        except UsageError as error:
            yield ("shares", column), error.message, error.hint or ""
    for group in scenario.groups:
        if group not in domain.names or group == contract.target or contract.target is None:
            message = f"{group!r} must be a measured column other than `target`, which the contract must have"
            yield ("groups",), message, f"measured columns: {', '.join(domain.names)}"
        elif not domain[group].exact:
            yield ("groups",), f"values of {group!r} lie in bins", "name a column whose values are groups"
    yield from _contradictions(scenario, domain, conditions)


def _known_part(text: str, contract: DatasetContract, domain: Domain) -> "list[Condition]":
    """Return the closed part of a ``where`` over columns whose values are declared; refuse what can never be true."""
    parts = conjuncts(text) if text else []
    schema = contract.table_schema()
    for part in parts:
        expression = parse(part, schema)
        if not expression.columns or not pa.types.is_boolean(expression.type):
            raise UsageError(f"`{part}` must be true or false and read a column", hint="write a comparison")
    known = [part for part in parts if not set(columns_in(part)) & set(contract.discovered_columns)]
    condition = read_question(" AND ".join(known), contract=contract, domain=domain).condition if known else None
    return [condition] if condition is not None else []


def _known_weights(key: str, factors: Any, contract: DatasetContract, domain: Domain) -> "list[Condition]":
    from synth_assets.generator import scenario as weigh

    if {key, *columns_in(key)} & set(contract.discovered_columns):
        return []
    given = numbers_by_value(domain[key], factors) if key in domain.names and isinstance(factors, dict) else factors
    return [weigh({key: given}, domain=domain)]


def _known_shares(
    column: str, shares: Mapping[str, float], contract: DatasetContract, domain: Domain
) -> "list[Condition]":
    from synth_assets.generator.condition import Condition, by_value

    if column not in domain.names:
        raise UsageError(f"{column!r} is not a measured column", hint=f"measured columns: {', '.join(domain.names)}")
    if column in contract.discovered_columns:
        return []
    wanted = by_value(domain[column], numbers_by_value(domain[column], shares), default=0.0)
    return [Condition(text=f"shares of {column}", weights={column: tuple(wanted.tolist())})]


def _contradictions(
    scenario: Scenario, domain: Domain, conditions: "list[Condition]"
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield where parts that are each possible leave nothing together, or leave out a value whose share is wanted."""
    others = [condition for condition in conditions if not condition.text.startswith("shares of ")]
    try:
        whole = reduce(and_, others) if others else None
    except UsageError as error:
        yield (), error.message, error.hint or ""
        return
    for column, shares in scenario.shares.items():
        left = np.array(whole.weights.get(column, ()) if whole is not None else ())
        if column not in domain.names or not left.size:
            continue
        wanted = [text for text, share in shares.items() if share > 0]
        code = {text: _code(domain[column], text) for text in wanted}
        gone = [text for text, position in code.items() if position is not None and left[position] == 0]
        if gone:
            yield (
                ("shares", column),
                f"{gone[0]!r} is to have a share, and the rest of the scenario leaves it out",
                "drop the share, or the condition",
            )


def _code(column: Column, text: str) -> int | None:
    from synth_assets.generator.condition import by_value

    try:
        only = by_value(column, numbers_by_value(column, {text: 1.0}), default=0.0)
    except UsageError:  # said of the shares themselves
        return None
    return int(np.argmax(only))


def _unable(name: str, scenario: Scenario, contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Say that the contract's kind of generator cannot do what a scenario takes; an unknown kind is another fault."""
    from synth_assets.generator import abilities_of, generator_class

    try:
        able = abilities_of(generator_class(contract.generator.kind))
    except UsageError:
        return
    needed = {"conditions": bool(scenario.where or scenario.weights), "answers": bool(scenario.shares)}
    lacking = [ability for ability, is_needed in needed.items() if is_needed and ability not in able]
    if lacking:
        word = "sample under a condition" if lacking[0] == "conditions" else "say how probable values are"
        yield (
            ("scenarios", name),
            f"takes a generator that can {word}, and kind {contract.generator.kind!r} cannot",
            "choose another kind of generator, such as `mixture`",
        )


def _scenario(contract: DatasetContract, name: str) -> Scenario:
    if name not in contract.scenarios:
        known = ", ".join(contract.scenarios) or "none"
        raise UsageError(f"{contract.name!r} has no scenario {name!r}", hint=f"its scenarios: {known}")
    return contract.scenarios[name]


def _weights(scenario: Scenario, domain: Domain) -> dict[str, Any]:
    return {
        key: numbers_by_value(domain[key], factors) if isinstance(factors, dict) and key in domain.names else factors
        for key, factors in scenario.weights.items()
    }
