"""Every kind can be made, and what is not a generator, has no such option or lacks answers is refused in words."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from toy_generator import ToyGenerator, install, on_path

from synth_assets.contract.generator import GENERATORS, NEEDING_OPTIONS
from synth_assets.errors import UsageError
from synth_assets.generator.kinds import generator_class, generator_kinds, make_generator, refuse_unreadable
from synth_assets.release import Release


@pytest.mark.parametrize("kind", GENERATORS.built_in)
def test_every_kind_can_be_made(kind: str) -> None:
    options = {"simulator": "clinic"} if kind in NEEDING_OPTIONS else None
    assert make_generator(kind, options=options).kind == kind


def test_a_kind_of_another_package_is_made_with_its_options(toy: str) -> None:
    assert generator_kinds() == (*GENERATORS.built_in, toy)
    generator = make_generator(toy, options={"least": 3.0})
    assert isinstance(generator, ToyGenerator)
    assert generator._options.least == 3.0


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    for use in (generator_class, make_generator):
        with pytest.raises(UsageError, match=r"'tree' is not known(\n  hint:|;) known kinds: mixture"):
            use("tree")


def test_an_unknown_option_is_named_with_those_that_exist(toy: str) -> None:
    with pytest.raises(UsageError, match=r"generator\.most is not an option of a toy, whose options are least"):
        make_generator(toy, options={"most": 3.0})
    with pytest.raises(UsageError, match="cannot be read"):
        make_generator(toy, options={"least": {1, 2}})
    with pytest.raises(UsageError, match="which has none"):
        make_generator("mixture", options={"depth": 3})


def test_a_class_of_another_version_or_name_is_not_a_generator(tmp_path: Path) -> None:
    entries = {"old": "toy_generator:ToyOptions", "tree": "toy_generator:ToyGenerator"}
    with on_path(install(tmp_path, package="acme-trees", entries=entries)):
        with pytest.raises(
            UsageError, match="'old' of package acme-trees is not a generator of this version: it lacks"
        ):
            generator_class("old")
        with pytest.raises(UsageError, match="it calls itself 'toy'"):
            generator_class("tree")


def test_a_release_without_the_answers_that_a_kind_needs_is_refused_with_what_to_ask_for(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_unreadable(ToyGenerator, release)
    with pytest.raises(UsageError, match="a toy is fitted to marginals, and release abababababab has no marginals"):
        refuse_unreadable(ToyGenerator, replace(release, answers=()))
    monkeypatch.setattr(ToyGenerator, "reads", frozenset({"marginals", "scores", "thresholds"}))
    with pytest.raises(UsageError, match=r"has no scores and no thresholds\n  hint: .*many columns.*`categories: dis"):
        refuse_unreadable(ToyGenerator, release)


@pytest.mark.parametrize(
    ("part", "value", "fault"),
    [
        ("sample", None, "it lacks sample"),
        ("options", None, "it lacks options"),
        ("method", "2", "its `method` must be a whole number"),
        ("reads", frozenset({"histograms"}), "it reads 'histograms', and the kinds of answers are thresholds"),
    ],
)
def test_what_would_fail_in_the_fit_is_refused_before(
    toy: str, monkeypatch: pytest.MonkeyPatch, part: str, value: object, fault: str
) -> None:
    monkeypatch.setattr(ToyGenerator, part, value)
    with pytest.raises(UsageError, match=re.escape(fault)):
        generator_class(toy)


def test_the_kind_is_not_one_of_its_options(toy: str) -> None:
    with pytest.raises(UsageError, match="`kind` is not an option"):
        make_generator(toy, options={"kind": "mixture"})
