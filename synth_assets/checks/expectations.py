"""The generated checks as Great Expectations.

Importing this module imports Great Expectations (seconds of CPU) and registers
the types below, so it is imported only when checks run. The batch that they
judge is a table of facts, one row per fact, with JSON values: the rows themselves
were counted in one pass over the shards by ``checks.counts``. Thresholds are
arguments of each expectation and stand in the suite; the verdicts are those of
``checks.judgement``.

A result's ``observed_value`` holds counts and distances, and ``said`` is what
was seen in one sentence.
"""

import json
import warnings
from typing import Any, ClassVar

from synth_assets.checks.judgement import judge

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports a deprecated module of the standard library
    from great_expectations.expectations.expectation import BatchExpectation

__all__ = [
    "ExpectCandidateMarginalsNearRelease",
    "ExpectCandidateNullSharesNearRelease",
    "ExpectCandidateRowCountToMatch",
    "ExpectCandidateRuleToHold",
    "ExpectCandidateSchemaToMatch",
    "ExpectCandidateValuesInDomain",
]


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


class ExpectCandidateSchemaToMatch(_OnFacts):
    """Columns, their order, types and nullability are the declared ones, in every shard."""

    columns: list[dict[str, Any]]
    success_keys: ClassVar[tuple[str, ...]] = ("columns",)


class ExpectCandidateRowCountToMatch(_OnFacts):
    """There are ``rows`` rows, or as many as the release counted when that is null."""

    rows: int | None = None
    success_keys: ClassVar[tuple[str, ...]] = ("rows",)


class ExpectCandidateValuesInDomain(_OnFacts):
    """Every value lies in the declared domain of its column; a derived one is what its expression says."""

    columns: dict[str, dict[str, Any]]
    derived: dict[str, str]
    success_keys: ClassVar[tuple[str, ...]] = ("columns", "derived")


class ExpectCandidateNullSharesNearRelease(_OnFacts):
    """No nulls in ``never``; in ``sometimes`` their share is within ``max_difference`` of the released one.

    The released share carries noise and the synthetic one sampling: a gap
    counts as far as it exceeds three standard errors of both.
    """

    never: list[str]
    sometimes: list[str]
    max_difference: float
    success_keys: ClassVar[tuple[str, ...]] = ("never", "sometimes", "max_difference")


class ExpectCandidateRuleToHold(_OnFacts):
    """The expression is true or unknown in every row, as with SQL's CHECK."""

    rule: str
    success_keys: ClassVar[tuple[str, ...]] = ("rule",)


class ExpectCandidateMarginalsNearRelease(_OnFacts):
    """The excess distance to the released marginals, and that of each column's own, is not surely above the limit."""

    max_excess_distance: float
    success_keys: ClassVar[tuple[str, ...]] = ("max_excess_distance",)
