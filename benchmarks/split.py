"""People with ids, some of them held out: contracts for that, and who was held out, which only a benchmark may know.

The scripts own their rows and are the officer of the ledger that they make in a temporary folder, so they may
read the account's key and count exactly. Nothing of the product can.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from cases import Case

from synth_assets.contract import DatasetContract
from synth_assets.ledger.types import SplitKey
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.parts import rows_of_part

__all__ = ["PERSON", "kernel_of", "people", "split_contract", "split_key"]

PERSON = "person"
_MILLION = 1_000_000


def people(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row a person of its own."""
    return rows.assign(**{PERSON: np.arange(len(rows))})


def split_contract(case: Case, *, epsilon: float, holdout: float, **keys: Any) -> DatasetContract:
    """Return a case's contract with persons as units, of whom so many are held out.

    Args:
        case: one row per person.
        epsilon: of the release.
        holdout: the share; 0 for an account that is not split.
        keys: further keys of the contract; ``privacy`` adds to what is here.
    """
    privacy = {
        "unit": {"column": PERSON, "max_rows": 1},
        "spend": {"epsilon": epsilon, "delta": case.delta},
        "holdout": holdout,
        **keys.pop("privacy", {}),
    }
    plain = case.contract(epsilon).model_dump(mode="json", exclude_unset=True)
    return DatasetContract.model_validate(plain | keys | {"privacy": privacy})


def split_key(ledger: Path, *, share: float) -> SplitKey:
    """Return what decides who is held out in the only account of a ledger's database."""
    with sqlite3.connect(ledger) as connection:
        ((key,),) = connection.execute("SELECT key FROM split_keys").fetchall()
    return SplitKey(key=bytes.fromhex(key), share_ppm=round(share * _MILLION))


def kernel_of(rows: pd.DataFrame, contract: DatasetContract, *, key: SplitKey, part: str, scratch: Path) -> LocalKernel:
    """Return what counts the rows of one part, by the code that the measuring process counts with."""
    written = rows.astype({PERSON: "int64"})

    def batches(names: Sequence[str]) -> Any:
        table = pa.Table.from_pandas(written[[*names, PERSON]], preserve_index=False)
        return rows_of_part(table.to_batches(), column=PERSON, split_key=key, part=part)

    return LocalKernel(partial(batches), unit=contract.unit(), secret=bytes(32), scratch=scratch)
