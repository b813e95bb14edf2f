"""The contract: what fits together, and which of its parts decide a release."""

import copy
from typing import Any

import pyarrow as pa
import pytest
from kit.people import holding_contract, make_contract
from pydantic import ValidationError

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError

_BASE: dict[str, Any] = {
    "name": "d",
    "purpose": "Tests.",
    "source": "s",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {
        "age": {"type": "integer", "min": 0, "max": 9, "nullable": True, "domain_source": "definition"},
        "city": {"type": "categorical", "categories": ["n", "s"], "domain_source": "definition"},
    },
    "derived": {"adult": "age >= 5"},
    "rules": {"known": "city IN ('n', 's')"},
}


def contract_with(*changes: tuple[str, Any]) -> DatasetContract:
    parts = copy.deepcopy(_BASE)
    for path, value in changes:
        *parents, last = path.split(".")
        node = parts
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return DatasetContract.model_validate(parts)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "e"),
        ("purpose", "Something else."),
        ("prohibited_uses", ["all"]),
        ("owners", ["team:x"]),
        ("governance", {"controller": "A hospital", "approvals": ["A. Doe, data protection officer, 2026-11-02"]}),
        ("derived", {}),
        ("derived.older", "age >= 8"),
        ("derived.side", {"lookup": "city", "values": {"n": 1, "s": 2}}),
        ("rules", {}),
        ("generator", {"kind": "mixture"}),
        ("rows", 5),
        ("expectations", "expectations/other.json"),
        ("checks", {"max_excess_distance": 0.2}),
        ("checks", {"drift": {"max": 0.1}, "unique": [["age"]], "relationships": {"age": "ages.years"}}),
        ("refresh", {"release": "new_version", "candidate": "0 6 * * 1"}),
        ("refresh", {"release": "once", "release_schedule": "0 4 1 * *"}),
        ("columns.age.domain_source", "a codebook"),
        ("columns.age.description", "In years."),
    ],
)
def test_what_is_only_public_never_changes_the_release(path: str, value: Any) -> None:
    assert contract_with((path, value)).fingerprint() == contract_with().fingerprint()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("source", "t"),
        ("privacy.unit", {"column": "person", "max_rows": 2}),
        ("privacy.spend.epsilon", 1.5),
        ("privacy.spend.delta", 1e-7),
        ("columns.age.max", 8),
        ("columns.age.min", 1),
        ("columns.age.nullable", False),
        ("columns.age.null_tokens", ["NA"]),
        ("columns.age.bins", 3),
        ("columns.age.edges", [4]),
        ("columns.age.special_values", [99]),
        ("columns.age.step", 3),
        ("columns.city.categories", ["s", "n"]),
        ("columns.city.other", "s"),
        ("columns.city.hierarchy", {"all": ["n", "s"]}),
        ("columns.more", {"type": "boolean", "domain_source": "definition"}),
        ("focus", ["age"]),
        ("target", "city"),
    ],
)
def test_each_part_that_decides_a_release_changes_its_fingerprint(path: str, value: Any) -> None:
    assert contract_with((path, value)).fingerprint() != contract_with().fingerprint()


def test_every_key_of_the_contract_is_known_to_decide_a_release_or_not() -> None:
    # A new key must be put into one of the two lists above.
    decide = {"source", "privacy", "columns", "focus", "target"}
    public = {"name", "purpose", "prohibited_uses", "owners", "derived", "rules", "generator", "compare", "rows"}
    signed = {"governance"}
    checked = {"expectations", "checks", "gates", "evaluation", "scenarios", "refresh"}
    assert set(DatasetContract.model_fields) == decide | public | signed | checked


def test_the_digest_covers_the_whole_contract() -> None:
    assert contract_with(("purpose", "Else.")).digest() != contract_with().digest()
    assert contract_with().digest() == contract_with().digest()


def test_integers_and_reals_of_the_same_value_are_the_same_contract() -> None:
    assert contract_with(("privacy.spend.epsilon", 1)).fingerprint() == contract_with().fingerprint()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("privacy.unit", {"column": "age", "max_rows": 2}, "cannot be a data column"),
        ("focus", ["nothing"], "focus names unknown column 'nothing'"),
        ("target", "nothing", "target names unknown column 'nothing'"),
        ("derived.age", "city = 'n'", "is a measured column too"),
        ("derived.x", "nothing + 1", "names unknown column 'nothing'"),
        ("rules.x", "age + 1", "is not true or false"),
        ("rules.x", "age >", "is not an expression"),
        ("rules.x", "age = 'n'", "compares 'n', which is text, with age"),
        ("privacy.evaluation_share", 0.95, "less than or equal to 0.9"),
        ("privacy.holdout", 0.6, "must be 0, or between 0.001 and 0.5"),
        ("privacy.holdout", 0.1, "with `unit: rows` nobody can be held out"),
        ("privacy.evaluation_attempts", 0, "greater than or equal to 1"),
        ("privacy.neighbours", "replace_row", "add_remove_unit"),
        ("privacy.spend.epsilon", 0, "greater than 0"),
        ("privacy.spend.epsilon", float("nan"), "finite"),
        ("privacy.spend.delta", 0.5, "less than 0.01"),
        ("privacy.unit", {"column": "", "max_rows": 2}, "at least 1 character"),
        ("privacy.unit", {"column": "p", "max_rows": 0}, "greater than or equal to 1"),
        ("name", "a/b", "pattern"),
        ("source", "../x", "pattern"),
        ("columns", {}, "at least 1 item"),
        ("columns.a\nb", {"type": "boolean", "domain_source": "x"}, "pattern"),
        ("expectations", "/etc/suite.json", "inside the project"),
        ("expectations", "../suite.json", "inside the project"),
        ("expectations", "suite.txt", "inside the project"),
        ("refresh.candidate", "daily", "not a cron expression"),
        ("refresh.release_schedule", "monthly", "not a cron expression"),
        ("refresh.candidate", "61 6 * * 1", "not a cron expression"),
        ("refresh.candidate", "0 6 * * someday", "not a cron expression"),
        ("refresh.candidate", "*/0 6 * * 1", "not a cron expression"),
        ("rows", 0, "greater than or equal to 1"),
        ("unknown", 1, "Extra inputs"),
    ],
)
def test_a_contract_that_does_not_fit_together_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        contract_with((path, value))
    assert message in str(caught.value)


@pytest.mark.parametrize("cron", ["0 6 * * 1", "*/5 * * * *", "0 0 1 jan-mar mon,tue", "1,2,3-5/2 0-23 * 1-12 0"])
def test_cron_expressions_of_five_fields_are_taken(cron: str) -> None:
    assert contract_with(("refresh.candidate", cron)).refresh.candidate == cron


def test_faults_between_parts_have_their_places() -> None:
    draft = contract_with()
    broken = draft.model_copy(update={"focus": ("age", "x"), "target": "y", "rules": {"r": "age"}})
    assert [fault.where for fault in broken.cross_faults()] == [("focus", 1), ("target",), ("rules", "r")]


def test_the_table_has_measured_columns_then_derived_ones() -> None:
    contract = contract_with(("derived.younger", "NOT adult"))
    assert contract.table_schema() == pa.schema(
        [
            ("age", pa.int64()),
            pa.field("city", pa.string(), nullable=False),
            ("adult", pa.bool_()),
            ("younger", pa.bool_()),
        ]
    )
    assert contract.derivations()["younger"].columns == ("adult",)
    assert contract.rule_expressions()["known"].columns == ("city",)


def test_unit_and_cap_are_those_of_the_privacy_part() -> None:
    assert contract_with().unit().describe() == "one row, added or removed"
    unit = contract_with(("privacy.unit", {"column": "person", "max_rows": 2})).unit()
    assert (unit.column, unit.max_rows) == ("person", 2)
    assert (contract_with().cap().epsilon, contract_with().cap().delta) == (1.0, 1e-6)


def test_the_suite_has_a_place_without_being_asked() -> None:
    assert contract_with().suite_path == "expectations/d.json"
    assert contract_with(("expectations", "suites/x.json")).suite_path == "suites/x.json"


_OPEN = {"type": "categorical", "categories": "discover", "other": "rest", "domain_source": "discovered"}
_SPEND = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}


def open_contract(*changes: tuple[str, Any]) -> DatasetContract:
    return contract_with(("columns.city", dict(_OPEN)), ("privacy.spend", dict(_SPEND)), *changes)


def test_the_domain_of_an_open_contract_is_not_to_be_had_without_what_was_found() -> None:
    with pytest.raises(UsageError, match="categories of city are in no contract"):
        open_contract().domain()
    with pytest.raises(UsageError, match="city"):
        open_contract().domain(found={"age": ("n",)})
    assert open_contract().domain(found={"city": ("n", "s")})["city"].categories == ("n", "s", "rest")


def test_what_is_found_changes_no_declared_column() -> None:
    contract = contract_with()
    assert contract.domain(found={"city": ("x",), "age": ("y",)}) == contract.domain()


def test_tables_give_columns_and_are_a_part_of_the_digest() -> None:
    one, other = (
        contract_with(("derived.side", {"lookup": "city", "values": {"n": 1, "s": south}}), ("rules.r", "side > 0"))
        for south in (2, 3)
    )
    assert one.table_schema().field("side").type == pa.int64()
    assert (one.derivations()["side"].columns, len(one.lookups)) == (("city",), 1)
    assert one.digest() != other.digest()
    assert DatasetContract.model_validate_json(one.model_dump_json()).digest() == one.digest()


def test_schema_derived_columns_and_rules_do_not_depend_on_what_is_found() -> None:
    assert open_contract().table_schema() == contract_with().table_schema()
    assert open_contract().rule_expressions()["known"].columns == ("city",)


def test_the_deltas_of_thresholds_are_asked_of_the_account() -> None:
    asked = open_contract().cap().loss()
    assert asked.atto_delta == 10**9
    assert asked.nano_rho < contract_with().cap().loss().nano_rho


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("columns.city.other", "others"),
        ("columns.city.null_tokens", ["NA"]),
        ("columns.city.nullable", True),
        ("privacy.spend.threshold_delta", 2e-9),
        ("columns.city", {**_OPEN, "categories": ["n", "s", "rest"], "domain_source": "law"}),
    ],
)
def test_what_decides_a_discovery_changes_the_release(path: str, value: Any) -> None:
    changes = [(path, value)]
    if path == "columns.city":
        changes.append(("privacy.spend.threshold_delta", 0.0))
    assert open_contract(*changes).fingerprint() != open_contract().fingerprint()


def test_a_contract_without_open_columns_keeps_the_fingerprint_that_it_had() -> None:
    assert set(contract_with().release_part(layout=2)) == {"source", "unit", "spend", "domain", "focus", "target"}
    assert contract_with().release_part()["spend"] == {"epsilon": 1.0, "delta": 1e-6}


def test_an_open_contract_survives_json() -> None:
    contract = open_contract()
    again = DatasetContract.model_validate_json(contract.model_dump_json())
    assert (again, again.digest()) == (contract, contract.digest())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("privacy.spend", {"epsilon": 1.0, "delta": 1e-6})], "add `threshold_delta: 1.0e-9`"),
        ([("columns.city.domain_source", "law")], "belong together"),
        ([("columns.city.other", None)], "need `other`"),
        ([("columns.city.other", " ")], "need `other`"),
        ([("columns.city.null_tokens", ["rest"])], "null token"),
        ([("columns.city.categories", "discovered")], "the word discover"),
        ([("columns.city.categories", ["rest"])], "belong together"),
        ([("privacy.spend.threshold_delta", 1e-6)], "must be below it"),
        ([("privacy.spend.threshold_delta", 1e-16)], "too small"),
        ([("privacy.spend.threshold_delta", 1e-13), ("privacy.unit", {"column": "u", "max_rows": 11})], "too small"),
    ],
)
def test_a_discovery_that_does_not_fit_together_is_refused(changes: list[tuple[str, Any]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        open_contract(*changes)


def test_a_threshold_delta_without_anything_to_discover_is_refused() -> None:
    with pytest.raises(ValidationError, match="pays for nothing"):
        contract_with(("privacy.spend", _SPEND))


def test_domains_that_were_seen_in_data_are_unprotected() -> None:
    contract = contract_with(
        ("columns.age.domain_source", "Seen in data"), ("columns.city.domain_source", "seen in 1999")
    )
    assert contract.unprotected_domains == ("the domain of column age, which was seen in data",)


def test_rules_without_an_end_are_refused_before_they_are_read() -> None:
    rules = {f"rule_{number}": f"age IN ({', '.join(map(str, range(4000)))})" for number in range(10)}
    with pytest.raises(ValueError, match="more than 200,000 characters together"):
        contract_with(("rules", rules))


@pytest.mark.parametrize(
    "path", ["purpose", "prohibited_uses", "owners", "columns.age.domain_source", "columns.age.description"]
)
def test_what_people_read_holds_nothing_that_they_cannot_see(path: str) -> None:
    def written(text: str) -> Any:
        return [text] if path in ("prohibited_uses", "owners") else text

    with pytest.raises(ValidationError, match=r"holds U\+202E, which is invisible"):
        contract_with((path, written("good \u202eevil")))
    assert contract_with((path, written("two\n\tlines, می‌خواهم")))


def test_a_holdout_and_a_share_decide_a_release_and_nothing_else_changes_where_they_are_not_set() -> None:
    plain, held = make_contract(unit={"column": "person", "max_rows": 2}), holding_contract()
    shared = holding_contract(holdout=0.0, evaluation_share=0.25)
    assert len({plain.fingerprint(), held.fingerprint(), shared.fingerprint()}) == 3
    assert "holdout" not in plain.model_dump_json()
    assert plain.release_loss() == plain.cap().loss() == held.release_loss()


def test_what_the_checks_may_cost_is_left_by_the_release_on_the_same_people_and_free_on_held_out_ones() -> None:
    contract = holding_contract(evaluation_share=0.25, evaluation_attempts=4)
    whole = contract.cap().loss().nano_rho
    assert contract.evaluation_slice("held_out").nano_rho == whole
    assert contract.evaluation_loss("held_out").nano_rho == whole // 4
    share = contract.evaluation_slice("measured").nano_rho
    assert share == whole // 4
    assert contract.release_loss().nano_rho == whole - share


BINNED = ("columns.age", {"type": "integer", "min": 0, "max": 9, "bins": 2, "domain_source": "x"})


def test_a_contract_has_a_fingerprint_per_layout_and_one_where_they_are_alike() -> None:
    contract = contract_with(BINNED)
    older = contract.fingerprint(layout=1)
    later = {contract.fingerprint(layout=layout): layout for layout in (4, 3, 2)}
    assert contract.layouts() == later | {older: 1}
    assert list(contract.layouts().values()) == [4, 3, 2, 1]
    assert (contract.layout_of(older), contract.layout_of(contract.fingerprint())) == (1, 4)
    assert contract.layout_of(contract_with().fingerprint()) is None
    assert list(contract_with().layouts().values()) == [4, 3, 2]
    assert contract_with().layout_of(contract_with().fingerprint(layout=1)) == 2


@pytest.mark.parametrize("layout", [3, 4])
def test_columns_of_later_layouts_are_those_of_layout_2(layout: int) -> None:
    contract = contract_with(BINNED)
    assert contract.domain(layout=layout) == contract.domain(layout=2)
    assert contract.release_part(layout=layout) == contract.release_part(layout=2) | {"layout": layout}


def test_the_columns_of_a_contract_follow_the_layout() -> None:
    contract = contract_with(BINNED)
    assert contract.domain()["age"].specials == contract.open_column("age").specials == (0,)
    assert contract.domain(layout=1)["age"].specials == contract.open_column("age", layout=1).specials == ()
    assert contract.release_part(layout=1)["domain"] == contract.domain(layout=1).as_json()
