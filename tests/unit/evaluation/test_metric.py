"""What a figure may take of the answers."""

from dataclasses import replace

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metric import Answers, answer_in, answer_of, ask_once, same_weights
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.rowwise.axis import CodeAxis

AXIS = {"of": "made up", "size": 3}
TALLY = NoisyTally(
    descriptor={"name": "ages", "axes": (AXIS,), "weights": None},
    values=np.array([1, 2, 3]),
    scale=1.0,
    d_in=1,
    rho=0.5,
    draw=1,
)
ANSWERS: Answers = {("held_out", "ages"): TALLY}


def test_an_answer_is_looked_up_by_part_and_name() -> None:
    assert answer_in(ANSWERS, "held_out", {"name": "ages"}, most=3) is TALLY
    for part, name in (("measured", "ages"), (None, "ages"), ("held_out", "cities")):
        with pytest.raises(KeyError):
            answer_in(ANSWERS, part, {"name": name}, most=3)


def test_an_answer_with_more_numbers_than_a_figure_takes_is_refused() -> None:
    with pytest.raises(IntegrityError, match="more than 2 numbers"):
        answer_in(ANSWERS, "held_out", {"name": "ages"}, most=2)


def test_the_answer_to_one_question_is_found_by_its_facts() -> None:
    column = Column(name="age", kind="categorical", categories=("young", "old", "unknown"))
    axis = CodeAxis(column="age", places_of=(0, 1, 2), labels=("young", "old", "unknown"))
    query = TallyQuery(name="ages", axes=(axis,), weights=None, domain=Domain(columns=(column,)))
    asked = ask_once("held_out", query, groups=3)
    assert [(posed.part, posed.query) for posed in asked.questions] == [("held_out", query)]
    assert asked.facts == {"part": "held_out", "name": "ages", "groups": 3}
    assert answer_of(ANSWERS, asked.facts) is TALLY


def test_other_weights_than_those_that_were_paid_for_are_refused() -> None:
    weighted = replace(TALLY, descriptor={**TALLY.descriptor, "weights": ((1, 2), (3, 4))})
    same_weights(weighted, np.array([[1, 2], [3, 4]]))
    with pytest.raises(IntegrityError, match="do not belong to its answer"):
        same_weights(weighted, np.array([[1, 2], [3, 5]]))
