"""What a release's groups alone lose: real rows whose values are drawn again inside their coarse group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["through_groups"]


def through_groups(codes: pd.DataFrame, grids: Mapping[str, NDArray[np.int64]], *, seed: int) -> pd.DataFrame:
    """Return the rows with the fine codes of each coarse group shuffled, column by column.

    Each column keeps its counts and each row its groups: what differs from the
    rows is what a model of the groups cannot hold, without noise.

    Args:
        codes: fine codes of the real rows.
        grids: coarse code of each fine code.
        seed: of the shuffles.
    """
    random = np.random.default_rng(seed)
    shuffled = {}
    for name in codes:
        fine = codes[name].to_numpy(np.int64)
        coarse = np.asarray(grids[str(name)])[fine]
        places, source = (np.lexsort((random.random(len(fine)), coarse)) for _ in range(2))
        drawn = np.empty_like(fine)
        drawn[places] = fine[source]
        shuffled[name] = drawn
    return pd.DataFrame(shuffled)
