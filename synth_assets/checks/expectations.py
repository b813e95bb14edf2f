"""Great Expectations that judge what was counted in a candidate.

Importing this module imports Great Expectations (seconds of CPU) and registers
the types below, so it is imported only when checks run. The batch that they
judge is a table of facts, one row a fact, with JSON values: the rows themselves
were counted in one pass over the shards by ``checks.counts``. Thresholds are
arguments of each expectation and stand in the suite.

A result's ``observed_value`` holds counts and distances, and ``said`` is what
was seen in one sentence.
"""

import json
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

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

Verdict = tuple[bool, Mapping[str, Any], str]


class _Judge(BatchExpectation):
    """An expectation on the facts; a subclass says what it makes of them."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.columns",)
    needs_schema: ClassVar[bool] = True
    """Whether the facts were counted only if the schema is as declared."""

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
        passed, observed, said = self._verdict(facts)
        return {"success": passed, "result": {"observed_value": dict(observed), "details": {"said": said}}}

    def _verdict(self, facts: Mapping[str, Any]) -> Verdict:
        if self.needs_schema and not facts["as_declared"]:
            return False, {}, "not evaluated: the schema differs from the contract"
        return self.judge(facts)

    @abstractmethod
    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """Return the verdict, what was observed and a sentence about it."""


class ExpectCandidateSchemaToMatch(_Judge):
    """Columns, their order, types and nullability are the declared ones, in every shard."""

    columns: list[dict[str, Any]]
    success_keys: ClassVar[tuple[str, ...]] = ("columns",)
    needs_schema: ClassVar[bool] = False

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """Compare name by name."""
        found, wanted = facts["schema"], self.columns
        differing = sorted({item["name"] for item in [*found, *wanted] if (item in found) != (item in wanted)})
        passed = found == wanted
        said = (
            f"{len(found)} columns as declared"
            if passed
            else f"columns differ: {', '.join(differing) or 'their order'}"
        )
        return passed, {"columns": len(found), "differing": differing}, said


class ExpectCandidateRowCountToMatch(_Judge):
    """There are ``rows`` rows, or as many as the release counted when that is null."""

    rows: int | None = None
    success_keys: ClassVar[tuple[str, ...]] = ("rows",)
    needs_schema: ClassVar[bool] = False

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """Compare with the declared or the released number."""
        found, wanted = facts["rows"], facts["released_rows"] if self.rows is None else self.rows
        said = f"{found:,} rows" if found == wanted else f"{found:,} rows instead of {wanted:,}"
        return found == wanted, {"rows": found, "expected": wanted}, said


class ExpectCandidateValuesInDomain(_Judge):
    """Every value lies in the declared domain of its column; a derived one is what its expression says."""

    columns: dict[str, dict[str, Any]]
    derived: dict[str, str]
    success_keys: ClassVar[tuple[str, ...]] = ("columns", "derived")

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """List the columns with values outside."""
        names = [*self.columns, *self.derived]
        outside = {name: facts["outside"][name] for name in names if facts["outside"][name]}
        said = "; ".join(f"{name}: {count:,} values outside" for name, count in outside.items())
        observed = {"columns": len(names), "rows": facts["rows"], "outside": outside}
        return not outside, observed, said or f"all values of {len(names)} columns are inside"


class ExpectCandidateNullSharesNearRelease(_Judge):
    """No nulls in ``never``; in ``sometimes`` their share is within ``max_difference`` of the released one.

    The released share carries noise and the synthetic one sampling: a gap
    counts as far as it exceeds three standard errors of both.
    """

    never: list[str]
    sometimes: list[str]
    max_difference: float
    success_keys: ClassVar[tuple[str, ...]] = ("never", "sometimes", "max_difference")

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """List the columns with nulls that should not be, and those whose share is too far off."""
        shares = facts["null_shares"]
        forbidden = {name: facts["nulls"][name] for name in self.never if facts["nulls"][name]}
        gaps = {name: max(0.0, abs(shares[name]["gap"]) - 3 * shares[name]["error"]) for name in self.sometimes}
        far = {name: round(gap, 6) for name, gap in gaps.items() if gap > self.max_difference}
        widest = max(((abs(shares[name]["gap"]), name) for name in self.sometimes), default=(0.0, ""))
        said = [f"{name}: {count:,} nulls where none may be" for name, count in forbidden.items()]
        said += [f"{name}: share of nulls is off by {gap:.3f} beyond noise" for name, gap in far.items()]
        observed = {"forbidden": forbidden, "far": far, "widest_gap": round(widest[0], 6), "widest_column": widest[1]}
        fine = f"largest gap to the released share of nulls: {widest[0]:.3f}" if self.sometimes else "no nulls"
        return not forbidden and not far, observed, "; ".join(said) or fine


class ExpectCandidateRuleToHold(_Judge):
    """The expression is true or unknown in every row, as with SQL's CHECK."""

    rule: str
    success_keys: ClassVar[tuple[str, ...]] = ("rule",)

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """Count the rows that break it."""
        broken = facts["violations"][self.rule]
        said = f"{broken:,} of {facts['rows']:,} rows break `{self.rule}`" if broken else "holds in every row"
        return broken == 0, {"rows": facts["rows"], "violations": broken}, said


class ExpectCandidateMarginalsNearRelease(_Judge):
    """The excess distance to the released marginals, and that of each column's own, is not surely above the limit."""

    max_excess_distance: float
    success_keys: ClassVar[tuple[str, ...]] = ("max_excess_distance",)

    def judge(self, facts: Mapping[str, Any]) -> Verdict:
        """Compare what is there with 99% confidence."""
        fidelity, limit = facts["fidelity"], self.max_excess_distance
        excess, sure = fidelity["excess"], fidelity["sure_excess"]
        column, column_sure = fidelity["worst_column"], fidelity["worst_column_sure_excess"]
        said = f"distance beyond noise and sampling {excess:.3f}, surely {sure:.3f}; limit {limit}"
        if column_sure > limit:
            said = f"{said}; column {column} alone surely {column_sure:.3f}"
        return sure <= limit and column_sure <= limit, fidelity, said
