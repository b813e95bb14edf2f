"""The domain's check names the columns at fault."""

from kit.people import make_contract

from synth_assets.checks.kinds.domain import DOMAIN


def test_the_domain_names_the_columns_with_values_outside() -> None:
    facts = {"as_declared": True, "rows": 9, "outside": {"age": 2, "sex": 0, "old": 1}}
    passed, observed, message = DOMAIN.verdict(facts, {"columns": {"age": {}, "sex": {}}, "derived": {"old": ""}})
    assert not passed
    assert observed["outside"] == {"age": 2, "old": 1}
    assert message == "age: 2 values outside; old: 1 values outside"


def test_a_table_is_named_in_the_suite_by_its_content() -> None:
    table = {"lookup": "city", "values": {"north": 1, "south": 2, "east": 3}}
    (entry,) = DOMAIN.entries(make_contract(derived={"side": table, "old": "age > 9"}, rules={}))
    said = entry.kwargs["derived"]
    assert said["old"] == "age > 9"
    assert said["side"].keys() == {"lookup", "sha256"}
    (other,) = DOMAIN.entries(make_contract(derived={"side": {**table, "default": 4}, "old": "age > 9"}, rules={}))
    assert other.kwargs["derived"]["side"] != said["side"]
