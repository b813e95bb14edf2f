"""A contract's generator held against the kind that is installed: does it exist, and does it have these options?

This imports the kind, unless it is one of ours that needs no options and has none.

Example:
    >>> from synth_assets.contract.generator import GeneratorSpec
    >>> generator_faults(GeneratorSpec.model_validate({"kind": "mixture", "depth": 3}))
    [(('generator', 'depth'), 'is not an option of a mixture, which has none: remove it')]
"""

import difflib
from typing import Any

from pydantic import BaseModel, ValidationError

from synth_assets.contract.generator import GENERATORS, NEEDING_OPTIONS, GeneratorSpec
from synth_assets.contract.words import say
from synth_assets.errors import UsageError

__all__ = ["generator_faults"]


def generator_faults(spec: GeneratorSpec) -> list[tuple[tuple[str | int, ...], str]]:
    """List what is wrong with a generator's kind and options: pairs of a path in the contract and a message."""
    if spec.kind in GENERATORS.built_in.keys() - NEEDING_OPTIONS and not spec.options:
        return []
    try:
        options = getattr(GENERATORS.load(spec.kind), "options", None)
    except UsageError as error:
        return [(("generator", "kind"), f"{error.message}; {error.hint}")]
    if not (isinstance(options, type) and issubclass(options, BaseModel)):
        package = GENERATORS.package_of(spec.kind)
        return [(("generator", "kind"), f"{spec.kind!r} of package {package} is not a generator: it has no `options`")]
    try:
        options.model_validate(spec.options)
    except ValidationError as error:
        return [_worded(fault, spec.kind, options) for fault in error.errors(include_url=False)]
    return []


def _worded(fault: Any, kind: str, options: type[BaseModel]) -> tuple[tuple[str | int, ...], str]:
    where = ("generator", *fault["loc"])
    if fault["type"] != "extra_forbidden":
        return where, say(fault, where)
    names = list(options.model_fields)
    close = difflib.get_close_matches(str(where[-1]), [*names, "kind"], n=1)
    known = f"whose options are {', '.join(names)}" if names else "which has none"
    return where, f"is not an option of a {kind}, {known}: " + (f"did you mean `{close[0]}`?" if close else "remove it")
