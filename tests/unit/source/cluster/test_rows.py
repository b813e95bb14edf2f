"""What workers are told shows nothing when it is printed, as the logs of an executor may do."""

from functools import partial
from pathlib import Path

import pytest

from synth_assets.ledger.types import SplitKey
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.bounding import SECRET_BYTES
from synth_assets.source.cluster.rows import Coding, SourceRows
from synth_assets.source.histograms import Digests
from synth_assets.source.kinds.kind import Partition

SECRET = b"s" * SECRET_BYTES
ROWS = SourceRows(
    kind="parquet",
    options={"x": "canary"},
    unit=PrivacyUnit(),
    window=None,
    part=None,
    split_key=SplitKey(key=SECRET, share_ppm=1),
    scratch=Path("/canary"),
)


@pytest.mark.parametrize(
    "told",
    [
        ROWS,
        Partition("/canary/s.parquet"),
        Coding(name="0", columns=("canary",), encode=list, dtypes=(), secret=SECRET),  # type: ignore[arg-type]
        partial(print, digests=Digests.of([], secret=SECRET)),
    ],
)
def test_nothing_is_shown(told: object) -> None:
    for text in (repr(told), str(told)):
        assert "canary" not in text
        assert "sss" not in text
