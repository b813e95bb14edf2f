"""A training that diverges starts once more, and then says so."""

import pytest

from synth_assets.errors import Fault
from synth_assets.generator.networks.training import Diverged, train_or_restart


@pytest.mark.parametrize(("failures", "starts"), [(0, 1), (1, 2)])
def test_a_training_that_diverges_starts_once_more_from_another_seed(failures: int, starts: int) -> None:
    seeds: list[int] = []
    lines: list[str] = []

    def train(seed: int) -> int:
        seeds.append(seed)
        if len(seeds) <= failures:
            raise Diverged("the loss is nan")
        return seed

    assert train_or_restart(train, kind="gan", seed=3, progress=lines.append) == seeds[-1]
    assert len(set(seeds)) == starts
    assert len(lines) == failures
    assert all("the gan diverged (the loss is nan)" in line for line in lines)


def test_one_that_diverges_twice_is_a_fault_with_a_hint() -> None:
    def train(seed: int) -> int:
        raise Diverged(f"seed {seed}")

    with pytest.raises(Fault, match="diverged from two starts") as fault:
        train_or_restart(train, kind="vae", seed=0, progress=None)
    assert "nothing was stored" in str(fault.value.hint)
