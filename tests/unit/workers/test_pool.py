"""Each task has one result, whatever becomes of workers, and what tasks raise is not heard of."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from synth_assets.errors import Fault
from synth_assets.workers import opener
from synth_assets.workers.pool import TRIES, Pool, silent

CANARY = "canary-41c7"


def twice(number: int) -> int:
    return 2 * number


def die_at_first(folder: Path, number: int) -> int:
    """End the whole worker the first time that a task runs, as if somebody had killed it."""
    mark = folder / str(number)
    if number % 4 == 0 and not mark.exists():
        mark.touch()
        os._exit(9)
    return number


def die(folder: Path) -> int:
    (folder / str(len(list(folder.iterdir())))).touch()
    os._exit(9)


def complain(folder: Path) -> int:
    (folder / str(len(list(folder.iterdir())))).touch()
    raise ValueError(CANARY)


@pytest.fixture
def processes() -> Iterator[Pool]:
    opened = opener("processes:2")
    assert opened is not None
    with Pool(opened) as pool:
        yield pool


def test_more_tasks_than_run_at_once_have_a_result_each() -> None:
    with Pool(lambda: ThreadPoolExecutor(3)) as pool:
        assert sorted(pool.results(twice, [(number,) for number in range(600)])) == [
            (number, 2 * number) for number in range(600)
        ]


def test_tasks_whose_workers_die_are_done_by_new_ones(processes: Pool, tmp_path: Path) -> None:
    results = list(processes.results(die_at_first, [(tmp_path, number) for number in range(8)]))
    assert sorted(results) == [(number, number) for number in range(8)]


def test_a_task_that_always_kills_its_worker_is_given_up(processes: Pool, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="the workers cannot do a task"):
        list(processes.results(die, [(tmp_path,)]))
    assert len(list(tmp_path.iterdir())) == TRIES


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_what_a_task_raises_is_not_heard_of(
    kind: str, processes: Pool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pool = processes if kind == "processes" else Pool(lambda: ThreadPoolExecutor(1))
    with pytest.raises(Fault) as error:
        list(pool.results(complain, [(tmp_path,)]))
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    assert CANARY not in str(error.value) + "".join(capfd.readouterr())
    assert len(list(tmp_path.iterdir())) == TRIES
    pool.close()


def test_an_executor_never_sees_what_a_task_raises(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        ended = executor.submit(silent, complain, tmp_path)
        assert ended.exception() is None
        assert ended.result() is None
        assert executor.submit(silent, sys.exit, CANARY).exception() is None


def test_workers_that_cannot_be_opened_are_a_fault() -> None:
    def opened() -> ThreadPoolExecutor:
        raise OSError(CANARY)

    assert not Pool(opened).open()
    with pytest.raises(Fault) as error:
        list(Pool(opened).results(twice, [(1,)]))
    assert CANARY not in str(error.value)


def test_workers_are_opened_once() -> None:
    opened: list[ThreadPoolExecutor] = []

    def open_one() -> ThreadPoolExecutor:
        opened.append(ThreadPoolExecutor(1))
        return opened[-1]

    with Pool(open_one) as pool:
        assert pool.open()
        assert pool.open()
        assert list(pool.results(twice, [(1,)])) == [(0, 2)]
    assert len(opened) == 1


def test_what_waits_too_long_for_a_result_is_told() -> None:
    go = Event()
    with Pool(lambda: ThreadPoolExecutor(1)) as pool:
        with pytest.raises(Fault):
            list(pool.results(go.wait, [()], seconds=0.01))
        go.set()
