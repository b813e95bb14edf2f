"""A candidate that no generator made: rows of anybody's choice under a manifest whose digests all fit."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from kit.project import Project

from synth_assets.candidate import Candidate, load_candidate
from synth_assets.contract import DatasetContract
from synth_assets.files import sha256_file, write_json


def forge_candidate(project: Project, table: pa.Table, *, contract: DatasetContract | None = None) -> Candidate:
    """Write ``table`` as if the project's generator had sampled it with seed 0; return the candidate."""
    manifest = json.loads((project.candidate(0).folder / "manifest.json").read_text())
    folders = project.workspace.candidates(project.contract.name)
    staged = folders / "forged"
    staged.mkdir()
    shard = staged / "part-00000.parquet"
    pq.write_table(table, shard)
    manifest["shards"][0] |= {"digest": sha256_file(shard), "rows": table.num_rows}
    manifest["rows"] = table.num_rows
    manifest["parents"]["contract"] = (contract or project.contract).digest()
    write_json(staged / "manifest.json", manifest)
    return load_candidate(Path(staged.rename(folders / sha256_file(staged / "manifest.json"))))


def with_column(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    """Return the table with other values in a column, of the same type."""
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(name), pa.array(values, table.schema.field(name).type))
