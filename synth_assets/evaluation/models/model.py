"""What every kind of model does: it is fitted in the public zone, and what is left of it are arrays."""

from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from synth_assets.rowwise.scorer import Matrix, Scorer

__all__ = ["Labels", "Model"]

Labels = NDArray[np.intp]
"""Class of some rows, from 0 to the number of classes less one, shape (rows,)."""


class Model(Protocol):
    """A kind of classifier, constructed without arguments.

    1. ``fit`` is a function of its arguments and the versions of :attr:`libraries`: the same arrays twice,
       however many threads there are.
    2. It returns one of the forms in ``rowwise.fitted.SCORERS``, with as many inputs as there are features
       and as many classes as there are labels.

    Attributes:
        name: its name in contracts.
        one_hot: most codes of a category column that are given an indicator each; of a column of more, the code's
            position is one feature.
        libraries: the distributions whose versions affect a fit, including its own package.
    """

    name: ClassVar[str]
    one_hot: ClassVar[int]
    libraries: ClassVar[tuple[str, ...]]

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Scorer:
        """Fit to some rows.

        Args:
            features: float32 in [0, 1], shape (rows, features); none is missing.
            labels: each class has a row, and there are two classes at least.
            seed: determines whatever is random.
        """
        ...
