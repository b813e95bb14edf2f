"""Numbers, values and lists as the page writes them."""

from collections.abc import Sequence
from typing import Any

__all__ = ["figure", "joined", "number", "per_hundred", "power", "value_text"]

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LISTED_VALUES = 60


def power(value: float) -> str:
    """Write a small number as people do: 10⁻⁷, 2.5 · 10⁻⁶."""
    digits, _, exponent = f"{value:.2e}".partition("e")
    text = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return text if float(digits) == 1 else f"{float(digits):g} · {text}"


def per_hundred(share: float) -> str:
    """Write a share as a number of 100, with one decimal."""
    return f"{100 * share:.1f}"


def figure(value: float, *, digits: int = 3) -> str:
    """Write a figure with so many digits that mean something: 0.0668, 1.95."""
    return f"{value:.{digits}g}"


def number(value: float) -> str:
    """Write a number with commas between thousands."""
    return f"{value:,}"


def value_text(value: Any) -> str:
    """Write one value of a column; numbers without needless digits."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def joined(values: Sequence[str]) -> str:
    """Join values; of very many only the first, and how many there are."""
    if len(values) <= _LISTED_VALUES:
        return ", ".join(values)
    return f"{', '.join(values[:_LISTED_VALUES])}, ... ({len(values):,} values)"
