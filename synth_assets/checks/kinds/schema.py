"""``schema``: columns, their order, types and nullability, in every shard."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import CheckKind, Facts, Verdict, whatever_the_condition
from synth_assets.contract import DatasetContract

__all__ = ["SCHEMA"]

_TYPE = "expect_candidate_schema_to_match"


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    fields = [
        {"name": field.name, "type": str(field.type), "nullable": field.nullable} for field in contract.table_schema()
    ]
    description = "Columns, their order and their types are the contract's."
    yield generated("schema", type_=_TYPE, kwargs={"columns": fields}, description=description)


def _judge(facts: Facts, *, columns: Sequence[Mapping[str, Any]]) -> Verdict:
    """Columns, their order, types and nullability are the declared ones, in every shard."""
    present, wanted = facts["schema"], list(columns)
    differing = sorted({field["name"] for field in [*present, *wanted] if (field in present) != (field in wanted)})
    passed = present == wanted
    sentence = (
        f"{len(present)} columns as declared" if passed else f"columns differ: {', '.join(differing) or 'their order'}"
    )
    return passed, {"columns": len(present), "differing": differing}, sentence


SCHEMA = CheckKind(
    type=_TYPE,
    claim="schema",
    entries=_entries,
    of_scenario=whatever_the_condition(_entries),
    judge=_judge,
    measure=lambda observed, _: (float(len(observed["differing"])), 0.0),
    needs_schema=False,
)
