"""The registry of kinds of generators.

Example:
    >>> make_generator("mixture").kind
    'mixture'
"""

from synth_assets.errors import UsageError
from synth_assets.generator.protocol import Generator

__all__ = ["KINDS", "generator_class", "make_generator"]

KINDS = ("mixture",)
"""The kinds that exist; the first is the default."""


def make_generator(kind: str) -> Generator:
    """Return an unfitted generator.

    Raises:
        UsageError: when there is no such kind.
    """
    return generator_class(kind)()


def generator_class(kind: str) -> type[Generator]:
    """Return the class behind a kind; the module is imported here, so that kinds do not pay for each other."""
    if kind == "mixture":
        from synth_assets.generator.mixture.model import MixtureGenerator

        return MixtureGenerator
    raise UsageError(f"generator kind {kind!r} is not known", hint=f"known kinds: {', '.join(KINDS)}")
