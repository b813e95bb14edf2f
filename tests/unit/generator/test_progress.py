"""Progress is counted across threads, and torch gets its threads back."""

from concurrent.futures import ThreadPoolExecutor

import torch

from synth_assets.generator.progress import CountedProgress, one_thread_each


def test_every_call_from_any_thread_is_counted_once() -> None:
    lines: list[str] = []
    tell = CountedProgress(lines.append, words="{} of 20")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tell(), range(20)))
    assert lines == [f"{number} of 20" for number in range(1, 21)]
    CountedProgress(None, words="{}")()


def test_torch_has_one_thread_meanwhile_and_its_own_number_after() -> None:
    before = torch.get_num_threads()
    with one_thread_each():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
