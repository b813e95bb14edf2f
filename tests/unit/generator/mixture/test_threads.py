"""Torch has one thread while fits run, however many, and its own number of threads after."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import torch

from synth_assets.generator.mixture.threads import one_thread_each


def test_torch_has_one_thread_meanwhile_and_its_own_number_after() -> None:
    before = torch.get_num_threads()
    with one_thread_each():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_fits_side_by_side_remember_the_number_that_was_there_before_any_of_them() -> None:
    before, both = torch.get_num_threads(), Barrier(2)

    def fit(_: int) -> None:
        both.wait()
        with one_thread_each():
            both.wait()

    torch.set_num_threads(before + 1)
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(fit, range(2)))
            assert set(pool.map(lambda _: torch.get_num_threads(), range(4))) == {before + 1}
    finally:
        torch.set_num_threads(before)
