"""Every kind can be made, and no kind is loaded before it is asked for."""

import pytest

from synth_assets.errors import UsageError
from synth_assets.generator.kinds import KINDS, generator_class, make_generator


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_made(kind: str) -> None:
    assert make_generator(kind).kind == kind


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"'tree' is not known\n  hint: known kinds: mixture"):
        generator_class("tree")
