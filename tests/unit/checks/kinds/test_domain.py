"""The domain's check names the columns at fault."""

from synth_assets.checks.kinds.domain import DOMAIN


def test_the_domain_names_the_columns_with_values_outside() -> None:
    facts = {"as_declared": True, "rows": 9, "outside": {"age": 2, "sex": 0, "old": 1}}
    passed, observed, message = DOMAIN.verdict(facts, {"columns": {"age": {}, "sex": {}}, "derived": {"old": ""}})
    assert not passed
    assert observed["outside"] == {"age": 2, "old": 1}
    assert message == "age: 2 values outside; old: 1 values outside"
