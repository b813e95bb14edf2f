"""Warehouses that no test reaches say so, and are asked in words that they have."""

import pytest

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.sql.flavours import flavour_of
from synth_assets.source.sql.flavours.cloud import Cloud
from synth_assets.source.sql.statements import Rows, count_statements


@pytest.mark.parametrize("engine", ["bigquery", "snowflake"])
def test_no_common_table_is_said_to_be_computed_once(engine: str) -> None:
    flavour = flavour_of(engine)
    assert isinstance(flavour, Cloud)
    assert not flavour.run
    unit, types = PrivacyUnit(column="person", max_rows=1), {"age": "int64", "person": "text"}
    rows = Rows(flavour=flavour, table="care.visits", columns=types, unit=unit)
    domain = Domain(columns=(Column(name="age", kind="integer", minimum=0, maximum=3),))
    (statement,) = count_statements(rows, [(("age",), "fine")], domain=domain, grids={})
    assert "MATERIALIZED" not in statement.sql(flavour.dialect)
