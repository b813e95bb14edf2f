"""The built-in kind keeps the protocol of generators."""

import inspect

from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.protocol import Generator


def test_the_implementation_takes_what_the_protocol_says() -> None:
    names = [name for name, value in vars(Generator).items() if callable(value) and not name.startswith("_")]
    assert names
    for name in names:
        assert inspect.signature(getattr(MixtureGenerator, name)) == inspect.signature(getattr(Generator, name)), name
