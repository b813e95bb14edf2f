"""Rules shape what the default kind draws: they hold in every row, and columns keep the counts that were fitted."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from kit.releases import IndependentColumns, MadeUp, made_up

from synth_assets.candidate.derive import derive
from synth_assets.candidate.rejection import kept
from synth_assets.candidate.shaping import keeping_rules
from synth_assets.candidate.write import Order, conditions_of, draw_candidate, draw_shard
from synth_assets.domain import Column
from synth_assets.domain.codes import encode
from synth_assets.generator import generator_class

RULES = {
    "old": "region <> 'north' OR age IS NULL OR age >= 4",
    "zero": "(age = 0) = (score = -9)",
    "ordered": "CAST(seen AS DATE) >= DATE '2026-01-01' OR seen IS NULL",
    "late": "wave = 1994 OR NOT (score > 0.3 AND elder = 1)",
    "above": "score * 10 <= age OR score < 0",
}


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("ruled"), rules=RULES)


@pytest.fixture(scope="module")
def mixture(ruled: MadeUp) -> Any:
    generator = generator_class("mixture")()
    generator.fit(ruled.release, seed=0)
    return generator


def _shard(ruled: MadeUp, sampler: Any, *, shaping: int, rows: int = 4000, **more: Any) -> Any:
    order = Order(contract=ruled.contract, open_sampler=lambda: sampler, seed=0, rows=rows, shaping=shaping, **more)
    return draw_shard(order, 0, rules=conditions_of(order))


def _counts(column: Column, table: pa.Table) -> Any:
    return np.bincount(encode(column, table[column.name]), minlength=column.size) / table.num_rows


@pytest.mark.slow
def test_rules_hold_in_every_row_and_columns_keep_their_counts(ruled: MadeUp, mixture: Any) -> None:
    again, shaped = (_shard(ruled, mixture, shaping=shaping) for shaping in (0, 1))
    assert not any((*again.violations.values(), *shaped.violations.values()))
    assert shaped.drawn < 1.05 * 4000 + 4096 < again.drawn + 4096
    off = {}
    for name, shard in (("again", again), ("shaped", shaped)):
        gaps = [
            np.abs(_counts(column, shard.table) - mixture.marginal([column.name], level="fine")).sum() / 2
            for column in ruled.release.domain.columns
        ]
        off[name] = np.mean(gaps)
    assert off["shaped"] < 0.35 * off["again"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_rows(ruled: MadeUp, mixture: Any) -> None:
    assert _shard(ruled, mixture, shaping=1).table.equals(_shard(ruled, mixture, shaping=1).table)


def test_without_shaping_rows_are_drawn_as_they_were(ruled: MadeUp, mixture: Any) -> None:
    plain = ruled.contract.model_copy(update={"rules": {}})
    order = Order(contract=plain, open_sampler=lambda: mixture, seed=0, rows=500, shaping=1)
    table = draw_shard(order, 0, rules=conditions_of(order)).table
    assert table.select(ruled.release.domain.names).equals(
        pa.Table.from_batches([mixture.sample(500, seed=0, shard=0)])
    )


@pytest.mark.slow
def test_a_filter_is_a_condition_and_shapes_nothing(ruled: MadeUp, mixture: Any) -> None:
    shard = _shard(ruled, mixture, shaping=1, rows=500, filters=("smokes OR wave = 2000",))
    assert shard.drawn > 700
    assert not any(shard.violations.values())


def test_kinds_that_cannot_are_left_to_drawing_again(ruled: MadeUp) -> None:
    sampler = IndependentColumns(release=ruled.release)
    assert keeping_rules(sampler, ruled.contract) is sampler


@pytest.mark.slow
def test_a_candidate_says_whether_rules_shaped_it(ruled: MadeUp, mixture: Any, tmp_path: Path) -> None:
    def drawn(contract: Any, shaping: int) -> Any:
        order = Order(contract=contract, open_sampler=lambda: mixture, seed=0, rows=300, shaping=shaping)
        return draw_candidate(order, release=ruled.release, generator="g" * 64, candidates=tmp_path)

    shaped, again = (drawn(ruled.contract, shaping) for shaping in (1, 0))
    assert (shaped.shaping, again.shaping) == (1, 0)
    assert '"format_version": 5' in (shaped.folder / "manifest.json").read_text()
    assert "shaping" not in (again.folder / "manifest.json").read_text()


@pytest.mark.slow
def test_a_candidate_says_how_many_rows_rules_changed_and_which_rule_was_set_aside(
    ruled: MadeUp, mixture: Any, tmp_path: Path
) -> None:
    contract = ruled.contract.model_copy(update={"rules": {**RULES, "never": "age < 0 AND age IS NOT NULL"}})
    order = Order(contract=contract, open_sampler=lambda: mixture, seed=0, rows=300, shaping=1)
    candidate = draw_candidate(order, release=ruled.release, generator="g" * 64, candidates=tmp_path)
    plain = derive(pa.Table.from_batches([mixture.sample(300, seed=0, shard=0)]), contract)
    broken = ~kept(plain, contract.rule_expressions())
    assert candidate.as_drawn is not None
    assert candidate.as_drawn.broken == dict(zip(contract.rules, broken.sum(axis=1).tolist(), strict=True))
    assert candidate.as_drawn.changed == broken[:-1].any(axis=0).sum() > 30
    assert candidate.set_aside == ("never",)
    assert candidate.violations["never"] == candidate.as_drawn.broken["never"]
