"""What an officer reviews is what is run."""

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.sql.explain import explained
from synth_assets.source.sql.flavours import flavour_of
from synth_assets.source.sql.statements import Rows

CITY = Column(name="city", kind="categorical", categories=("x",), nullable=True)


def test_each_statement_says_what_it_is_for_and_names_its_parameters() -> None:
    unit = PrivacyUnit(column="person", max_rows=2)
    types = {"city": "text", "ward": "text", "person": "text"}
    rows = Rows(flavour=flavour_of("postgresql"), table="visits", columns=types, unit=unit)
    statements = dict(explained(rows, Domain(columns=(CITY,)), discovered=["ward"]))
    assert list(statements) == ["the categories of ward", "one-way tables of city"]
    assert all(":key" in statement and "%(" not in statement for statement in statements.values())
