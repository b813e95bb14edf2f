"""A kind without rows of the contract's schema is not judged, unless it says that it can be."""

from synth_assets.checks.kinds.registry import KINDS


def test_a_kind_that_needs_the_schema_fails_without_it() -> None:
    for kind in KINDS.values():
        if kind.needs_schema:
            assert kind.verdict({"as_declared": False}, {})[0] is False
