"""A kind that keeps its distribution stays where it was, and one that loses a little each time is seen to."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from kit.releases import MadeUp
from toy_generator import ToyGenerator, toy, toy_package

from synth_assets.checks.collapse import Generation, generations
from synth_assets.release import Release

__all__ = ["toy", "toy_package"]


class _Sharpening(ToyGenerator):
    """Makes rare values rarer with every fit, as generators do that follow what is frequent."""

    def fit(self, release: Release, **more: Any) -> None:
        super().fit(release, **more)
        sharpened = [np.power(shares, 1.5) for shares in self._shares]
        self._shares = [(shares / shares.sum()).tolist() for shares in sharpened]


def _generations(visits: MadeUp, kind: str, **more: Any) -> list[Generation]:
    spec = visits.contract.generator.model_copy(update={"kind": kind})
    contract = visits.contract.model_copy(update={"generator": spec})
    first = ToyGenerator()
    first.fit(visits.release, seed=0)
    return list(generations(contract, visits.release, first, **more))


def test_a_kind_that_keeps_the_distribution_stays_near_it(visits: MadeUp, toy: str) -> None:
    listed = _generations(visits, toy, count=3)
    assert [generation.number for generation in listed] == [1, 2, 3]
    for generation in listed:
        assert generation.sure_excess == 0.0
        assert generation.distance == pytest.approx(generation.by_sampling, rel=0.3)


def test_a_kind_that_loses_rare_values_moves_on_with_every_generation(
    visits: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(release: Release, *, seed: int, **_: Any) -> ToyGenerator:
        generator = _Sharpening()
        generator.fit(release, seed=seed)
        return generator

    monkeypatch.setattr("synth_assets.checks.collapse.fit_unsaved", fit)
    listed = _generations(visits, "toy", count=4)
    assert all(later.distance > earlier.distance for earlier, later in pairwise(listed))
    assert listed[-1].sure_excess > 0.15
    assert listed[-1].as_json()["generation"] == 4


def test_noise_is_added_only_when_it_is_asked_for(visits: MadeUp, toy: str) -> None:
    quiet, noisy = (_generations(visits, toy, count=1, noise=noise)[0] for noise in (False, True))
    assert noisy.distance != quiet.distance
    assert _generations(visits, toy, count=1)[0] == quiet
