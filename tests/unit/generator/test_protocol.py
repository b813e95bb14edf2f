"""Kinds keep the protocol of generators, and those of the abilities that they have."""

import inspect
from typing import Any

import pytest
from toy_generator import ToyGenerator

from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.protocol import Answering, Conditioning, Generator, Refitting


def _methods(protocol: Any) -> list[str]:
    return [name for name, value in vars(protocol).items() if inspect.isroutine(value) and not name.startswith("_")]


@pytest.mark.parametrize("kind", [MixtureGenerator, ToyGenerator])
@pytest.mark.parametrize("protocol", [Generator, Answering, Refitting, Conditioning])
def test_an_implementation_takes_what_the_protocol_declares(kind: type[Any], protocol: Any) -> None:
    names = _methods(protocol)
    assert names
    if protocol is not Generator and not hasattr(kind, names[0]):
        assert kind is ToyGenerator
        return
    for name in names:
        actual, declared = inspect.signature(getattr(kind, name)), inspect.signature(getattr(protocol, name))
        assert actual.replace(return_annotation=None) == declared.replace(return_annotation=None), name


def test_the_mixture_has_every_ability_and_the_toy_has_none() -> None:
    abilities = (Answering, Refitting, Conditioning)
    assert all(isinstance(MixtureGenerator(), ability) for ability in abilities)
    assert not any(isinstance(ToyGenerator(), ability) for ability in abilities)
