"""A Dask cluster of real processes: a scheduler and workers that a test may kill, and everything that they say."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from synth_assets.obtain.start import import_path

_SECONDS = 60
_PAGES = (
    *("info/main/workers.html", "info/main/exceptions.html", "info/main/logs.html"),
    *("json/counts.json", "json/identity.json"),
)


@dataclass
class Cluster:
    """Processes of one cluster, and the files that they write to."""

    folder: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, program: str, *words: str) -> None:
        """Start a scheduler or a worker."""
        log = (self.folder / f"{program}-{len(self.processes)}.log").open("wb")
        here = ["--scheduler-file", str(self.folder / "scheduler.json")]
        environment = {**os.environ, "PYTHONPATH": import_path(), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "10000"}
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{program}", *here, *words]
        with log:
            started = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder, env=environment)
        self.processes.append(started)

    @property
    def address(self) -> str:
        """The address of the scheduler, as ours are written."""
        file = self.folder / "scheduler.json"
        deadline = time.monotonic() + _SECONDS
        while not file.exists() or not file.read_bytes().rstrip().endswith(b"}"):
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.05)
        return str(json.loads(file.read_text())["address"]).replace("tcp://", "dask://")

    def kill_worker(self) -> None:
        """Kill a worker, whatever it does."""
        worker = self.processes.pop()
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def said(self) -> str:
        """Return all that the cluster says to whoever looks: logs, pages of the dashboard, events, names of tasks."""
        from distributed import Client

        texts = [path.read_text(errors="replace") for path in self.folder.glob("*.log")]
        with Client(self.address.replace("dask://", "tcp://"), set_as_default=False) as client:
            facts = client.scheduler_info()
            asked = (client.get_events, client.get_scheduler_logs, client.get_worker_logs, client.who_has)
            texts += [repr(ask()) for ask in (*asked, client.processing, client.call_stack, client.profile)]
            names = client.run_on_scheduler(
                lambda dask_scheduler: [*dask_scheduler.tasks, *dask_scheduler.task_prefixes]
            )
            texts.append(repr(names))
            story = client.run_on_scheduler(lambda dask_scheduler: repr(list(dask_scheduler.transition_log)))
            texts.append(story)
        workers = (f"info/logs/{quote(worker, safe='')}.html" for worker in facts["workers"])
        for page in (*_PAGES, *workers):
            try:
                answer: Any = urlopen(f"http://127.0.0.1:{facts['services']['dashboard']}/{page}")
            except HTTPError as error:  # a page that fails, as some do without bokeh, says something too
                answer = error
            with answer:
                texts.append(answer.read().decode())
        return "\n".join(texts)

    def stop(self) -> None:
        """End all processes."""
        for process in self.processes:
            process.kill()
            process.wait()


def _known(dask_scheduler: Any) -> str:
    """Return what the scheduler itself keeps of tasks, past ones too."""
    return repr((list(dask_scheduler.tasks), list(dask_scheduler.task_prefixes), list(dask_scheduler.transition_log)))


@contextmanager
def cluster_of(folder: Path, *, workers: int) -> Iterator[Cluster]:
    """Yield a cluster on this machine, each worker with one thread; its pages are served."""
    cluster = Cluster(folder)
    try:
        cluster.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        for _ in range(workers):
            here = str(folder / "local")
            cluster.start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", here)
        yield cluster
    finally:
        cluster.stop()
