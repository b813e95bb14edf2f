"""Progress is counted across threads."""

from concurrent.futures import ThreadPoolExecutor

from synth_assets.generator.progress import CountedProgress


def test_every_call_from_any_thread_is_counted_once() -> None:
    lines: list[str] = []
    report = CountedProgress(lines.append, words="{} of 20")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: report(), range(20)))
    assert lines == [f"{number} of 20" for number in range(1, 21)]
    CountedProgress(None, words="{}")()
