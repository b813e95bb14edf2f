"""Every kind is known by the type that stands in suites, and asks for entries of its own type alone."""

from kit.releases import visits_contract

from synth_assets.checks.kinds.registry import CLAIMS, KINDS

FIRST = {
    "expect_candidate_schema_to_match": "schema",
    "expect_candidate_row_count_to_match": "row count",
    "expect_candidate_values_in_domain": "domain",
    "expect_candidate_null_shares_near_release": "nulls",
    "expect_candidate_rule_to_hold": "rules",
    "expect_candidate_marginals_near_release": "fidelity",
}
"""Kinds that bundles are full of: neither name changes."""


def test_the_first_kinds_keep_their_names_and_claims() -> None:
    assert {name: KINDS[name].claim for name in FIRST} == FIRST
    assert set(FIRST.values()) <= set(CLAIMS)


def test_entries_are_of_the_kind_that_they_come_from() -> None:
    for name, kind in KINDS.items():
        entries = list(kind.entries(visits_contract()))
        assert {entry.type for entry in entries} <= {name}
        assert all(entry.generated and entry.description for entry in entries)
        assert bool(entries) == (name in FIRST or name == "expect_candidate_rows_to_be_realistic")
