"""Attack: a shard of a few bytes declares hundreds of millions of rows, and the verifier counts them all.

Run lengths cost nothing to write. The number was not compared with the contract before counting began.
"""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from resealed import edit_json, reseal

from synth_assets.audit import Claim, Status, verify_bundle
from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion

ROWS = 1_000_000
"""The contract asks for 2,000. Enough to see whether they were counted, and fast if they are."""


@pytest.fixture
def claims(promoted: Promotion, tmp_path: Path) -> dict[str, Claim]:
    version = Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))
    (shard,) = (version / "data").glob("*.parquet")
    first = pq.read_table(shard).slice(0, 1)
    columns = [pa.concat_arrays([column.combine_chunks()] * ROWS) for column in first.columns]
    shard.unlink()
    pq.write_table(pa.Table.from_arrays(columns, schema=first.schema), shard, compression="zstd")

    def change(description: dict[str, object]) -> None:
        description["rows"] = ROWS
        (described,) = description["shards"]  # type: ignore[misc]
        described.update(rows=ROWS, drawn=ROWS, digest=sha256_file(shard))

    edit_json(version / "bundle" / "candidate.json", change)
    assert json.loads((version / "bundle" / "candidate.json").read_text())["rows"] == ROWS
    return {claim.name: claim for claim in verify_bundle(reseal(version))}


def test_rows_that_nobody_asked_for_are_not_counted(claims: dict[str, Claim]) -> None:
    for name in ("row count", "domain", "nulls", "fidelity"):
        assert claims[name].status is Status.FAILED
        assert "more rows than the contract or the release asks for" in claims[name].detail
