"""What a kind can do besides fitting and sampling; other requests are refused with a list of what it can do.

A kind may say why in its attribute ``cannot``, a mapping from abilities to reasons, which becomes part of the message.

Example:
    >>> from synth_assets.generator.kinds import generator_class
    >>> abilities_of(generator_class("mixture"))
    ('answers', 'refits', 'conditions', 'rules')
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from synth_assets.contract.generator import GENERATORS
from synth_assets.errors import UsageError
from synth_assets.generator.condition import Condition
from synth_assets.generator.kinds import generator_class
from synth_assets.generator.protocol import Answering, Calibrated, Conditioning, Generator, Keeping, Refitting
from synth_assets.generator.rules import Rules

__all__ = ["abilities_of", "answering", "calibration_of", "keeping", "refitting", "under"]

_METHODS = {"answers": "marginal", "refits": "refit", "conditions": "given", "rules": "keeping"}
_WORDS = {
    "answers": "say how probable values are: no shares can be re-balanced with it, and it has no intervals "
    "(`--refits 0` estimates by the released tables alone)",
    "refits": "be fitted again for error bars: `estimate` without refits (`--refits 0`) needs no generator",
    "conditions": "sample under a condition",
}
_CAN = {
    "answers": "say how probable values are",
    "refits": "be fitted again for error bars",
    "conditions": "sample under a condition",
    "rules": "sample by rules",
}
_EVERY_KIND = "be fitted, sampled without a condition, checked and promoted"

Narrowed = TypeVar("Narrowed")


def abilities_of(kind: type[Generator]) -> tuple[str, ...]:
    """Return which of ``answers``, ``refits``, ``conditions`` and ``rules`` a kind supports."""
    return tuple(ability for ability, method in _METHODS.items() if callable(getattr(kind, method, None)))


def answering(generator: object) -> Answering:
    """Return the generator if it can compute probabilities.

    Raises:
        UsageError: its kind cannot.
    """
    _refuse_unable(generator, "answers")
    return cast("Answering", generator)


def refitting(generator: object) -> Refitting:
    """Return the generator if it can be fitted again for error bars.

    Raises:
        UsageError: its kind cannot.
    """
    _refuse_unable(generator, "refits")
    return cast("Refitting", generator)


def under(generator: Narrowed, where: Condition | None) -> Narrowed:
    """Return the generator under a condition, or unchanged if there is none.

    Raises:
        UsageError: its kind cannot apply conditions, or the condition has probability 0.
    """
    if where is None:
        return generator
    _refuse_unable(generator, "conditions")
    return cast("Narrowed", cast("Conditioning", generator).given(where))


def calibration_of(kind: str, load: Callable[[], Generator]) -> dict[str, Any]:
    """Return what the calibration of a generator found; nothing if its kind, one of ours, is not calibrated.

    Args:
        kind: its name; nothing of another package is imported.
        load: reads the generator, if its kind is calibrated.
    """
    if kind not in GENERATORS.built_in or not callable(getattr(generator_class(kind), "calibration", None)):
        return {}
    return cast("Calibrated", load()).calibration()


def keeping(generator: Narrowed, rules: Rules) -> Narrowed:
    """Return the generator sampling by rules, or unchanged if its kind cannot."""
    if "rules" not in abilities_of(cast("type[Generator]", type(generator))):
        return generator
    return cast("Narrowed", cast("Keeping", generator).keeping(rules))


def _refuse_unable(generator: object, ability: str) -> None:
    kind = cast("type[Generator]", type(generator))
    able = abilities_of(kind)
    if ability not in able:
        why = getattr(kind, "cannot", {}).get(ability)
        raise UsageError(
            f"a generator of kind {kind.kind!r} cannot {_WORDS[ability]}" + (f"; {why}" if why else ""),
            hint=f"it can {'; '.join([_EVERY_KIND, *(_CAN[name] for name in able)])}",
        )
