"""A job survives its line."""

from pathlib import Path

from synth_assets.obtain.job import Job, Status


def test_a_job_is_one_line_and_back() -> None:
    job = Job(root=Path("/p"), reservation="r", plan="release", arguments={"contract": '{"a":\n"b"}'})
    line = job.to_line()
    assert line.count(b"\n") == 1
    assert Job.from_line(line) == job


def test_no_status_looks_like_pythons_own_or_a_signal() -> None:
    assert {status.value for status in Status} & {1, 2, *range(120, 256)} == set()
