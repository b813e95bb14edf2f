"""Schemas are compared field by field, and their order counts."""

from typing import Any

import pytest

from synth_assets.checks.kinds.kind import Verdict
from synth_assets.checks.kinds.schema import SCHEMA

FIELD = {"name": "age", "type": "int64", "nullable": True}


def _verdict(present: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> Verdict:
    return SCHEMA.verdict({"schema": present}, {"columns": wanted})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([FIELD], "1 columns as declared"),
        ([], "columns differ: age"),
        ([FIELD | {"type": "double"}], "columns differ: age"),
        ([FIELD, FIELD | {"name": "more"}], "columns differ: more"),
    ],
)
def test_schemas_are_compared_field_by_field(fields: list[dict[str, Any]], message: str) -> None:
    verdict = _verdict(fields, [FIELD])
    assert (verdict[0], verdict[2]) == (fields == [FIELD], message)


def test_another_order_of_columns_is_another_schema() -> None:
    sex = FIELD | {"name": "sex"}
    passed, _, message = _verdict([sex, FIELD], [FIELD, sex])
    assert (passed, message) == (False, "columns differ: their order")
