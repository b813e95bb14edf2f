"""Keys that a contract names do not repeat; each that does is named."""

from pathlib import Path

import pyarrow as pa
from kit.releases import MadeUp, draw, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import run_checks
from synth_assets.checks.kinds.unique import UNIQUE


def test_columns_of_few_values_repeat_and_are_named(visits: MadeUp, faithful: Candidate) -> None:
    contract = visits_contract(rows=2000, checks={"unique": ["wave", ["region", "old", "age"]]})
    (result,) = run_checks(contract, faithful, visits.release, only={"unique"})
    assert not result.passed
    assert result.description.startswith("wave: 1,997 of 2,000 rows repeat a key; region, old, age: ")


class _Hours:
    """Draws rows that differ in the hour alone."""

    def __init__(self, made: MadeUp) -> None:
        self.made = made

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        del seed, shard, attempt
        row = self.made.faithful().table().select(self.made.release.domain.names).slice(0, 1).to_pylist()[0]
        start = self.made.contract.columns["seen"].min  # type: ignore[union-attr] # a time
        times = pa.array([None if at == 0 else start.replace(hour=at % 24) for at in range(rows)], pa.timestamp("us"))
        schema = self.made.release.domain.arrow_schema()
        columns = [times if f.name == "seen" else pa.array([row[f.name]] * rows, f.type) for f in schema]
        return pa.RecordBatch.from_arrays(columns, schema=schema)


def test_a_key_that_does_not_repeat_passes_and_nulls_are_left_out(visits: MadeUp, tmp_path: Path) -> None:
    contract = visits_contract(rows=20, rules={}, checks={"unique": [["seen"]]})
    candidate = draw(contract, visits.release, lambda: _Hours(visits), tmp_path, rows=20)
    (result,) = run_checks(contract, candidate, visits.release, only={"unique"})
    assert (result.passed, result.observed["keys"]["seen"]["rows"]) == (True, 19)
    assert result.description == "1 keys do not repeat"


def test_what_was_looked_at_in_part_is_said() -> None:
    facts = {"as_declared": True, "unique": {"a": {"rows": 9, "distinct": 9, "single": 9, "looked_at": 0.5}}}
    assert UNIQUE.verdict(facts, {"keys": [["a"]]})[2] == "1 keys do not repeat, as far as a sample of keys shows"
