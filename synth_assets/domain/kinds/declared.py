"""What a kind of column reads of a declared column, so that kinds need not know the column itself."""

from typing import Protocol

from synth_assets.domain.times import Resolution

__all__ = ["Declared"]


class Declared(Protocol):
    """The facts of one column; ``domain.column.Column`` has them."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def categories(self) -> tuple[str, ...]:
        """Values of a categorical column, as text, in their order."""
        ...

    @property
    def minimum(self) -> float:
        """Smallest value, as a number."""
        ...

    @property
    def maximum(self) -> float:
        """Largest value, inclusive."""
        ...

    @property
    def edges(self) -> tuple[float, ...]:
        """Inner bin edges, ascending."""
        ...

    @property
    def bins(self) -> int | None:
        """Number of bins of equal width, where it is declared."""
        ...

    @property
    def values(self) -> tuple[float, ...]:
        """The only values of a number that has few, ascending."""
        ...

    @property
    def specials(self) -> tuple[float, ...]:
        """Values with a meaning of their own."""
        ...

    @property
    def step(self) -> float:
        """What all its values are multiples of; 0 where any number will do."""
        ...

    @property
    def layout(self) -> int:
        """Which layout it has; from 2 on, bins leave out the special values inside them."""
        ...

    @property
    def other(self) -> str | None:
        """The category that takes unknown values."""
        ...

    @property
    def null_tokens(self) -> tuple[str, ...]:
        """Texts that mean null, besides the empty text."""
        ...

    @property
    def resolution(self) -> Resolution:
        """What times are rounded down to."""
        ...

    @property
    def fallback_code(self) -> int:
        """The code of whatever cannot be read."""
        ...
