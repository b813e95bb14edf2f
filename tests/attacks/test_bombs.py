"""A small bundle becomes huge in the auditor's memory: a text that every row points to, noise close to zero.

A Parquet file of a few kilobytes can give every row a text of megabytes, which was expanded before
anything was compared; and the second accountant's distributions grow with the inverse square of
the noise: a scale of 0.02 took 9 GB.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from resealed import change_release, edit_json, reseal

from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion

MOST_GROWTH = 256 << 20
_VERIFY = """
import re, sys
from pathlib import Path
from synth_assets.audit import Status, verify_bundle

def kilobytes(word):
    return int(re.findall(rf"{word}:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[0])

good, bad = map(Path, sys.argv[1:])
verify_bundle(good)  # what it needs for any bundle
Path("/proc/self/clear_refs").write_text("5")
used = kilobytes("VmRSS")
failed = [claim.name for claim in verify_bundle(bad) if claim.status is Status.FAILED]
print(len(failed), (kilobytes("VmHWM") - used) << 10)
"""


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _verified(good: Path, bad: Path) -> tuple[int, int]:
    """Verify in a separate process; return how many claims failed and by how much its memory grew."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _VERIFY, str(good), str(bad)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    failed, grown = done.stdout.split()
    return int(failed), int(grown)


@pytest.mark.slow
def test_a_long_text_in_every_row_is_never_made(promoted: Promotion, version: Path) -> None:
    shard = version / "data" / "part-00000.parquet"
    table = pq.read_table(shard)
    texts = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(table.num_rows, dtype=np.int32)), pa.array(["x" * 2_500_000])
    )
    position = table.schema.get_field_index("city")
    pq.write_table(table.set_column(position, "city", texts), shard, compression="zstd", store_schema=False)
    assert shard.stat().st_size < 20_000

    def name_it(manifest: dict[str, Any]) -> None:
        manifest["shards"][0]["digest"] = sha256_file(shard)

    edit_json(version / "bundle" / "candidate.json", name_it)
    failed, grown = _verified(promoted.bundle, reseal(version))
    assert failed > 0
    assert grown < MOST_GROWTH


@pytest.mark.slow
def test_noise_that_is_hardly_there_is_not_composed(promoted: Promotion, version: Path) -> None:
    def silence(release: dict[str, Any]) -> None:
        release["mechanisms"] = [
            json.dumps({**json.loads(text), "__kwargs__": {**json.loads(text)["__kwargs__"], "scale": 0.02}})
            for text in release["mechanisms"]
        ]
        for marginal in release["answers"]:
            marginal["scale"] = 0.02

    failed, grown = _verified(promoted.bundle, change_release(version, silence))
    assert failed > 0
    assert grown < MOST_GROWTH
