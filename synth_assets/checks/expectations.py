"""The generated checks as Great Expectations.

Importing this module imports Great Expectations (seconds of CPU) and registers
an expectation for each kind of check, so it is imported only when checks run. The
batch that they judge is a table of facts, one row per fact, with JSON values: the
rows themselves were counted in one pass over the shards by ``checks.counts``.
Thresholds are arguments of each expectation and stand in the suite; the verdicts
are those of ``checks.judgement``.

A result's ``observed_value`` holds counts and distances, and ``said`` is what
was seen in one sentence.
"""

import json
import warnings
from collections.abc import Mapping
from inspect import Parameter, getdoc, signature
from types import new_class
from typing import Any, ClassVar

from synth_assets.checks.judgement import judge
from synth_assets.checks.kinds.kind import CheckKind
from synth_assets.checks.kinds.registry import KINDS

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports a deprecated module of the standard library
    from great_expectations.expectations.expectation import BatchExpectation

__all__ = ["EXPECTATIONS"]


class _OnFacts(BatchExpectation):
    """An expectation whose verdict on the facts is ``judgement``'s."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.columns",)

    @classmethod
    def is_abstract(cls) -> bool:
        return cls.__name__.startswith("_")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        del metrics, runtime_configuration
        frame = execution_engine.get_domain_records(domain_kwargs={})
        facts = {name: json.loads(value) for name, value in frame.itertuples(index=False)}
        kwargs = {name: getattr(self, name) for name in self.success_keys}
        passed, observed, sentence = judge(self.expectation_type, facts, kwargs)
        return {"success": passed, "result": {"observed_value": dict(observed), "details": {"said": sentence}}}


def _expectation_of(kind: CheckKind) -> type[_OnFacts]:
    """Make the expectation whose fields are the arguments of the kind's judgement."""
    arguments = [one for one in signature(kind.judge).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
    content: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": getdoc(kind.judge),
        "__annotations__": {
            **{argument.name: argument.annotation for argument in arguments},
            "success_keys": ClassVar[tuple[str, ...]],
        },
        **{argument.name: argument.default for argument in arguments if argument.default is not Parameter.empty},
        "success_keys": tuple(argument.name for argument in arguments),
    }
    name = "".join(word.capitalize() for word in kind.type.split("_"))
    expectation: type[_OnFacts] = new_class(name, (_OnFacts,), exec_body=lambda namespace: namespace.update(content))
    return expectation


EXPECTATIONS: Mapping[str, type[_OnFacts]] = {name: _expectation_of(kind) for name, kind in KINDS.items()}
"""The registered expectations, by type."""
