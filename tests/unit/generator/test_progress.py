"""Progress is counted across threads, or reported now and then."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from synth_assets.generator import progress
from synth_assets.generator.progress import CountedProgress, Every


def test_every_call_from_any_thread_is_counted_once() -> None:
    lines: list[str] = []
    report = CountedProgress(lines.append, words="{} of 20")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: report(), range(20)))
    assert lines == [f"{number} of 20" for number in range(1, 21)]
    CountedProgress(None, words="{}")()


def test_progress_is_reported_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now, lines = [0.0], list[str]()
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = Every(lines.append, "decoder")
    for second in range(10):
        now[0] = float(second)
        report(f"step {second}")
    assert lines == ["decoder: step 3", "decoder: step 6", "decoder: step 9"]
    Every(None, "decoder")("nobody listens")
