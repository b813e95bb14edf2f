"""What looks like a name, and what may be a value."""

import pytest

from synth_assets.errors import UsageError
from synth_assets.source.names import LONGEST_NAME, are_plain, lacking_unit, refuse_unaccepted, refuse_unusable


@pytest.mark.parametrize(
    "names",
    [
        ["x", "y"],
        ["patient_id", "year", "age", "ward", "stay_days"],
        [
            "Patient ID",
            "Größe (cm)",
            "Einkommen, jährlich",
            "年齢",
            "q1",
            "edss_0",
            "__index_level_0__",
            "no",
            "female",
        ],
        ["How happy are you, all in all?", "income 2019", "rate (per 1000)"],
        ["only_one"],
        [f"column_{index}" for index in range(10_000)],
    ],
)
def test_usual_names_are_plain(names: list[str]) -> None:
    assert are_plain(names)


@pytest.mark.parametrize(
    "name",
    [
        *("37", "-1", "+4", "3.5", "3,50", ".5", "1e5", "12 Main Street", "2026-11-02", "02.11.2026", "10:30", "€ 5"),
        *("true", "False", "NA", "NaN", "null", "None", "yes", "-", "?", "", "'Ann'", '"Ann', "ann@example.org"),
        *("A12345", "{", "a;b", "a|b", "a\tb", "<a>", "key=value", "w" * 61),
    ],
)
def test_what_may_be_a_value_is_not_plain(name: str) -> None:
    assert not are_plain(["age", name])


@pytest.mark.parametrize("line", ["a,b", "a b", "Ann Quxley"])
def test_one_name_that_another_delimiter_would_cut_is_not_plain(line: str) -> None:
    assert not are_plain([line])
    assert are_plain([line, "age"])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "", "b"], "column 2 of source 's' has no name"),
        (["a", "b", "a"], "column 3 of source 's' has the name of column 1"),
        (["w" * (LONGEST_NAME + 1)], "column 1 of source 's' has a name of more than 200 characters"),
        (["a", "b\x07"], "column 2 of source 's' has an invisible character"),
    ],
)
def test_what_nobody_can_call_a_column_is_told_by_its_position(names: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        refuse_unusable("s", names)
    refuse_unusable("s", ["37", "w" * LONGEST_NAME])


def test_stated_names_are_compared_whatever_they_look_like() -> None:
    refuse_unaccepted("s", ["2019", "2020"], stated=["2020", "2019"], accept=lambda _: False)
    for stated in (["2019"], ["2019", "2021"], ["2019", "2020", "2020"], []):
        with pytest.raises(UsageError, match=f"are not the {len(stated)} that are stated") as refused:
            refuse_unaccepted("s", ["2019", "2020"], stated=stated, accept=lambda _: True)
        assert "2020" not in str(refused.value)


def test_unstated_names_are_accepted_or_refused_without_a_name() -> None:
    refuse_unaccepted("s", ["2019"], stated=None, accept=lambda _: True)
    with pytest.raises(UsageError, match="--columns NAME,NAME") as refused:
        refuse_unaccepted("s", ["2019"], stated=None, accept=are_plain)
    assert "2019" not in str(refused.value)


def test_a_source_without_its_units_shows_what_is_surely_a_name() -> None:
    names = ["patient", *(f"c{index}" for index in range(50))]
    assert lacking_unit("s", names, column="person", declared=False).hint.startswith("look at the first line")
    assert lacking_unit("s", names, column="patients", declared=False).hint == "did you mean 'patient'?"
    listed = lacking_unit("s", names, column="person", declared=True).hint
    assert listed.startswith("it has: patient, c0, ")
    assert listed.endswith(" and 39 more")
