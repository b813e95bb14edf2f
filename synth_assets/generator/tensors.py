"""Weights of generators out of safetensors files that may come from anybody.

Example:
    >>> from safetensors.numpy import save
    >>> read_tensors(save({"bias": np.zeros(2, np.float32)}), most_header=256)
    {'bias': array([0., 0.], dtype=float32)}
"""

from typing import Any

import numpy as np

from synth_assets.errors import IntegrityError

__all__ = ["LENGTH", "read_tensors"]

LENGTH = 8
"""Bytes before the header, which say how long it is."""
_HINT = "fit the generator again: that is free"


def read_tensors(content: bytes, *, most_header: int) -> dict[str, np.ndarray[Any, np.dtype[Any]]]:
    """Return the arrays of a file by name; their names, shapes and numbers are the caller's to check.

    Args:
        content: the file, whose size was limited before.
        most_header: most bytes of its header.

    Raises:
        IntegrityError: it is not such a file, or its header is longer.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if int.from_bytes(content[:LENGTH], "little") > most_header:
        raise IntegrityError("the header of the weights is too long", hint=_HINT)
    try:
        return dict(load(content))
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise IntegrityError("the weights are not readable", hint=_HINT) from error
