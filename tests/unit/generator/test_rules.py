"""Values inside bins are drawn again where rows break a rule, and rows keep their codes."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import encode
from synth_assets.domain.expressions import evaluate, parse
from synth_assets.domain.possible import cell_rules
from synth_assets.generator.rows import column_values
from synth_assets.generator.rules import Rules, kept_inside

DOMAIN = Domain(
    columns=tuple(Column(name=name, kind="integer", maximum=999, edges=(100, 500)) for name in ("a", "b", "c"))
)


def _sample(text: str) -> tuple[pa.RecordBatch, pa.RecordBatch, list[NDArray[np.uint16]], Rules]:
    random, rule = np.random.default_rng(0), parse(text, DOMAIN.arrow_schema())

    def kept(batch: pa.RecordBatch) -> NDArray[np.bool_]:
        return np.asarray(evaluate([rule], pa.Table.from_batches([batch]))[0].to_numpy(), dtype=bool)

    rules = Rules(cells=cell_rules({"r": rule}, domain=DOMAIN, derived={}), kept=kept)
    codes = [np.full(2000, 1, dtype=np.uint16)] * 3
    arrays = [column_values(column, code, rng=random) for column, code in zip(DOMAIN.columns, codes, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, schema=DOMAIN.arrow_schema())
    again = kept_inside(
        batch, codes, DOMAIN, rules, values=lambda column, code: column_values(column, code, rng=random)
    )
    return batch, again, codes, rules


def test_values_of_one_bin_come_out_in_order_and_stay_in_it() -> None:
    batch, again, codes, rules = _sample("a <= b")
    assert 0.4 < rules.kept(batch).mean() < 0.6
    assert rules.kept(again).all()
    for column, code in zip(DOMAIN.columns, codes, strict=True):
        assert (encode(column, again[column.name]) == code).all()


def test_rows_that_kept_the_rules_and_other_columns_stay_as_they_were() -> None:
    batch, again, _, rules = _sample("a <= b")
    assert again["c"].equals(batch["c"])
    assert again.filter(pa.array(rules.kept(batch))).equals(batch.filter(pa.array(rules.kept(batch))))


def test_a_rule_that_no_value_keeps_leaves_the_rows_alone() -> None:
    batch, again, _, _ = _sample("a > 5000 OR a / 2 > 5000")
    assert again.equals(batch)
