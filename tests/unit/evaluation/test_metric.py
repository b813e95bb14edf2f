"""What a figure may take of the answers."""

import numpy as np
import pytest

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metric import Answers, answer_in
from synth_assets.release.kinds.tallies import NoisyTally

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
