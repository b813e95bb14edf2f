"""Codes become rows of the declared columns, and what decides them is read back as it was written."""

import numpy as np
import pytest
from kit.incomes import DOMAIN

from synth_assets.domain.codes import encode
from synth_assets.errors import IntegrityError
from synth_assets.generator.cells.writing import RowWriter
from synth_assets.release import Release


def _codes(rows: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, size, rows).astype(np.uint16) for size in DOMAIN.shape(DOMAIN.names)]


def test_rows_have_the_codes_that_they_were_made_of(release: Release) -> None:
    codes = _codes(400)
    batch = RowWriter.of(release).rows(codes, rng=np.random.default_rng(1))
    assert batch.schema == DOMAIN.arrow_schema()
    for column, drawn in zip(DOMAIN.columns, codes, strict=True):
        assert np.array_equal(encode(column, batch.column(column.name)), drawn)


def test_what_was_written_is_read_back_and_is_no_longer_than_announced(release: Release) -> None:
    writer = RowWriter.of(release)
    content = writer.written(5)
    assert len(content) <= RowWriter.largest(release, version=5)
    for known in (None, release):
        again = RowWriter.read(content, release=known)
        assert again.written(5) == content
        rows = (one.rows(_codes(50), rng=np.random.default_rng(2)) for one in (writer, again))
        assert next(rows).equals(next(rows))


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b'{"domain": 3, "grids": []}', b"[" * 100_000])
def test_a_file_that_is_not_about_columns_is_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        RowWriter.read(content, release=None)
