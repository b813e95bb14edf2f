"""Rows of a simulator are read strictly, and what is wrong is said with the column and what to do."""

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from kit.incomes import DOMAIN
from toy_simulator import Incomes

from synth_assets.domain.codes import encode
from synth_assets.errors import UsageError
from synth_assets.generator.simulators.rendering import Rendering

Change = Callable[[dict[str, Any]], Any]


class Changed(Incomes):
    """The incomes, with something changed in each table."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> Any:
        """See ``Simulator``."""
        return self._change(super().render(parameters, rows, rng))


def changed(change: Change) -> Rendering:
    """Return the rendering of changed incomes."""
    return Rendering(name="incomes", simulator=Changed(change), domain=DOMAIN)


def test_codes_and_rows_say_the_same(rendering: Rendering, truth: np.ndarray) -> None:
    world = rendering.world(truth, 500, np.random.default_rng(0))
    batch = world.batch()
    assert batch.schema == DOMAIN.arrow_schema()
    for column, codes in zip(DOMAIN.columns, world.codes, strict=True):
        assert encode(column, pa.chunked_array([batch[column.name]])).tolist() == codes.tolist()
    assert -1.0 in batch["income"].to_pylist()
    assert batch["age"].null_count > 0


@pytest.mark.parametrize("table", [pd.DataFrame, pa.table, lambda columns: pa.table(columns).to_batches()[0]])
def test_tables_of_pandas_and_arrow_are_read_as_mappings_are(
    rendering: Rendering, truth: np.ndarray, table: Change
) -> None:
    plain = rendering.world(truth, 300, np.random.default_rng(0)).batch()
    assert changed(table).world(truth, 300, np.random.default_rng(0)).batch() == plain


def test_numbers_beyond_the_range_are_moved_to_its_end_and_special_values_stay(truth: np.ndarray) -> None:
    def far(columns: dict[str, Any]) -> dict[str, Any]:
        return columns | {"income": np.where(np.arange(len(columns["income"])) % 2, 1e6, -1.0)}

    batch = changed(far).world(truth, 4, np.random.default_rng(0)).batch()
    assert batch["income"].to_pylist() == [-1.0, 100.0, -1.0, 100.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda columns: {name: columns[name] for name in columns if name != "age"}, "'age'.*is missing"),
        (lambda columns: {"ages" if name == "age" else name: columns[name] for name in columns}, "rename its 'ages'"),
        (lambda columns: columns | {"age": columns["age"].astype(str)}, "'age'.*holds string values"),
        (lambda columns: columns | {"age": columns["age"] + 0.5}, "'age'.*which is not whole"),
        (lambda columns: columns | {"income": columns["income"] / 0.0}, "'income'.*infinite"),
        (lambda columns: columns | {"income": columns["income"] * np.nan}, "'income'.*is not nullable"),
        (lambda columns: columns | {"member": columns["member"].astype(int)}, "'member'.*holds int64 values"),
        (lambda columns: columns | {"region": np.full(len(columns["age"]), "east")}, "'region'.*holds 'east'"),
        (lambda columns: columns | {"region": columns["region"][:-1]}, "'region'.*values for"),
        (lambda columns: columns | {"region": columns["region"].reshape(-1, 1)}, "'region'.*cannot be read"),
        (sys.exit, "failed with spread = 8.*SystemExit"),
        (
            lambda columns: pa.table(columns).append_column("age", pa.array(columns["age"])),
            "'age'.*is there twice",
        ),
        (lambda columns: {1: columns["age"]}, "it returns 1"),
        (lambda _: 3, "failed with spread = 8"),
        (lambda columns: columns["gone"], "failed with spread = 8.*KeyError"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_a_column_cannot_hold_is_refused(change: Change, words: str, truth: np.ndarray) -> None:
    with pytest.raises(UsageError) as refused:
        changed(change).world(truth, 100, np.random.default_rng(0))
    assert re.search(words, str(refused.value), re.DOTALL)
    assert "'incomes'" in str(refused.value)


def test_other_rows_from_the_same_random_numbers_are_noticed(rendering: Rendering, truth: np.ndarray) -> None:
    rendering.check(truth)
    own = np.random.default_rng(5)

    def noisy(columns: dict[str, Any]) -> dict[str, Any]:
        return columns | {"income": np.round(100 * own.random(len(columns["age"])), 2)}

    with pytest.raises(UsageError, match=r"'income'.*differs between two renderings"):
        changed(noisy).check(truth)

    def shuffled(columns: dict[str, Any]) -> dict[str, Any]:
        return columns | {"member": own.random(len(columns["age"])) < 0.5}

    with pytest.raises(UsageError, match=r"'member'.*differs between two renderings"):
        changed(shuffled).check(truth)


def test_another_unit_than_the_contracts_is_noticed(truth: np.ndarray) -> None:
    with pytest.raises(UsageError, match=r"'income'.*mostly outside the contract's 0 to 100"):
        changed(lambda columns: columns | {"income": 1000 * columns["income"]}).check(truth)
