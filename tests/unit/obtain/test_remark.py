"""The nearest name, for a hint."""

from synth_assets.obtain.remark import nearest


def test_another_case_is_the_most_common_mistake_and_nothing_near_is_no_guess() -> None:
    assert nearest("REGION", ["region_name", "region"]) == "region"
    assert nearest("nrth", ["south", "north"]) == "north"
    assert nearest("xyz", ["south", "north"]) is None
