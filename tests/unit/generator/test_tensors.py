"""Files of weights are read within limits, and anything else is refused."""

import numpy as np
import pytest
from safetensors.numpy import save

from synth_assets.errors import IntegrityError
from synth_assets.generator.tensors import LENGTH, read_tensors

GOOD = save({"bias": np.arange(3.0)})
HEADER = int.from_bytes(GOOD[:LENGTH], "little")


def test_arrays_come_back_as_they_were() -> None:
    assert read_tensors(GOOD, most_header=HEADER)["bias"].tolist() == [0.0, 1.0, 2.0]


def test_a_longer_header_is_refused_before_it_is_read() -> None:
    with pytest.raises(IntegrityError, match="too long"):
        read_tensors(GOOD, most_header=HEADER - 1)


@pytest.mark.parametrize("content", [b"", b"{}", GOOD[:-1], (2).to_bytes(LENGTH, "little") + b"[]"])
def test_what_is_not_such_a_file_is_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"not readable|too long"):
        read_tensors(content, most_header=4096)
