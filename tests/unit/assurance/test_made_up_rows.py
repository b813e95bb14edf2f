"""Made-up rows have the contract's schema and keep its rules, and canaries are in every column."""

import csv
import io

import pytest
from kit.people import discovering_contract, make_contract
from kit.releases import visits_contract

from synth_assets.assurance.canaries import Canaries
from synth_assets.assurance.made_up_rows import csv_part, header, made_up_rows, with_reals
from synth_assets.contract import DatasetContract

UNIT = {"column": "person", "max_rows": 3}
VISITS = visits_contract(
    privacy={"unit": {"column": "patient, id", "max_rows": 3}, "spend": {"epsilon": 1.0, "delta": 1e-7}},
    rules={"grown": "age >= 3"},
)
CONTRACTS = {
    "rows": make_contract(),
    "units": make_contract(unit=UNIT),
    "discovered": discovering_contract(unit=UNIT),
    "every kind": VISITS,
}


def made_up(contract: DatasetContract) -> tuple[Canaries, list[list[str]]]:
    canaries = with_reals(contract, Canaries.fresh())
    return canaries, made_up_rows(contract, canaries, rows=300)


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_column_holds_texts_and_numbers_that_must_not_get_out(name: str) -> None:
    contract = CONTRACTS[name]
    canaries, rows = made_up(contract)
    assert {len(row) for row in rows} == {len(header(contract))}
    for index, column in enumerate(header(contract)):
        values = [row[index] for row in rows]
        for needle in (canaries.word, canaries.letters, str(canaries.number)):
            assert any(needle in value for value in values), (column, needle)


def test_a_column_of_real_numbers_holds_one_inside_of_its_domain() -> None:
    canaries, rows = made_up(VISITS)
    (real,) = canaries.reals
    assert -1 < real < 1
    assert repr(real) in [row[header(VISITS).index("score")] for row in rows]


def test_ordinary_rows_lie_in_the_domain_keep_the_rules_and_are_the_same_again() -> None:
    _, rows = made_up(VISITS)
    ordinary = [dict(zip(header(VISITS), row, strict=True)) for row in rows[:300]]
    assert {row["region"] for row in ordinary} == {"north", "south", "west"}
    assert {row["age"] for row in ordinary} == {"", *map(str, range(3, 10))}
    canaries = Canaries(word="w", letters="l", number=1, reals=(0.5,))
    assert made_up_rows(VISITS, canaries, rows=9) == made_up_rows(VISITS, canaries, rows=9)
    assert made_up_rows(VISITS, canaries, rows=9) != made_up_rows(VISITS, canaries, rows=9, seed=1)


def test_no_unit_has_more_rows_than_count_and_each_canary_has_a_unit_of_its_own() -> None:
    _, rows = made_up(CONTRACTS["units"])
    units = [row[0] for row in rows]
    assert max(map(units.count, units)) == 3
    own = [unit for unit in units if "-own-" in unit]
    assert len(own) == len(set(own)) == len(rows) - 300


def test_what_is_found_is_what_many_made_up_people_have() -> None:
    _, rows = made_up(CONTRACTS["discovered"])
    cities = [row[header(CONTRACTS["discovered"]).index("city")] for row in rows]
    assert cities.count("made up one") > 30


def test_a_part_can_be_read_as_csv_whatever_a_column_is_called() -> None:
    _, rows = made_up(VISITS)
    assert list(csv.reader(io.StringIO(csv_part(VISITS, rows).decode()))) == [header(VISITS), *rows]
