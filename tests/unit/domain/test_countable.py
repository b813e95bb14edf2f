"""Which declared kinds a warehouse reads from which registered types."""

import pytest

from synth_assets.domain.countable import REGISTERED, why_no_unit, why_uncountable
from synth_assets.domain.kinds.registry import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_counted_from_some_type_and_not_from_every_one(kind: str) -> None:
    reasons = [why_uncountable("x", kind=kind, registered=registered) for registered in REGISTERED]
    assert None in reasons
    assert any(reasons)


def test_ids_are_whole_numbers_or_texts() -> None:
    assert why_no_unit("x", registered="text") is None
    assert "does not write as an id" in str(why_no_unit("x", registered="double"))
