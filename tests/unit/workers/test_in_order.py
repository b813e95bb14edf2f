"""Tasks on public data have a result each, in order, whoever runs them and whoever is killed meanwhile."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import Fault, UsageError
from synth_assets.generator.compute import Compute
from synth_assets.workers.in_order import TRIES, in_order


def twice(number: int) -> int:
    return 2 * number


def killed_at_first(folder: Path, number: int) -> int:
    mark = folder / str(number)
    if number % 4 == 0 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed(folder: Path, number: int) -> int:
    (folder / f"{number}-{len(list(folder.iterdir()))}").touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def refused(number: int) -> int:
    raise UsageError(f"number {number} is refused", hint="give another")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    with Compute(workers=workers).pool() as executor:
        assert list(in_order(twice, range(9), executor, at_once=4)) == [2 * number for number in range(9)]


def test_few_tasks_are_under_way_at_once() -> None:
    begun: list[int] = []
    with ThreadPoolExecutor(3) as executor:
        results = in_order(begun.append, range(90), executor, at_once=4)
        for done, _ in enumerate(results, start=1):
            assert len(begun) <= done + 3
    assert len(begun) == 90


@pytest.mark.slow
def test_workers_that_are_killed_change_no_result(tmp_path: Path) -> None:
    with Compute(workers=2).pool() as executor:
        assert list(in_order(partial(killed_at_first, tmp_path), range(9), executor)) == list(range(9))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "4", "8"]


@pytest.mark.slow
def test_a_task_that_always_loses_its_worker_is_given_up(tmp_path: Path) -> None:
    with Compute(workers=2).pool() as executor, pytest.raises(Fault, match="lost 4 times at one task"):
        list(in_order(partial(killed, tmp_path), [7], executor))
    assert len(list(tmp_path.iterdir())) == TRIES


@pytest.mark.parametrize(
    "opened", [Compute(workers=2).pool, partial(ThreadPoolExecutor, 2)], ids=["processes", "threads"]
)
def test_what_a_task_raises_is_raised_here(opened: Any) -> None:
    with opened() as executor, pytest.raises(UsageError, match="number 1 is refused"):
        list(in_order(refused, [1, 2, 3], executor))
