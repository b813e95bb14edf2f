"""Who is protected, and what one release may cost."""

from typing import Any

import pytest
from pydantic import ValidationError

from synth_assets.contract.privacy import Privacy

SPEND = {"epsilon": 1.0, "delta": 1e-6}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"unit": "rows", "spend": SPEND, "holdout": 0.1}, "holdout needs units with ids"),
        ({"unit": {"column": "p", "max_rows": 2}, "spend": SPEND, "holdout": 0.9}, "between 0.001 and 0.5"),
        ({"unit": "rows", "spend": {**SPEND, "threshold_delta": 1e-6}}, "must be below it"),
        ({"unit": {"column": "p", "max_rows": 0}, "spend": SPEND}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Privacy.model_validate(given)


def test_defaults_say_that_nothing_is_kept_back() -> None:
    privacy = Privacy.model_validate({"unit": "rows", "spend": SPEND})
    assert (privacy.holdout, privacy.evaluation_share, privacy.evaluation_attempts) == (0.0, 0.0, 1)
