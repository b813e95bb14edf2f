"""Look into a measuring process while it measures, as another process of the same user.

Run as a script with a new folder. Capabilities are given up first: root would
see everything. What the source does is in its module: it writes down which process it
is, with what the kernel reports of it, and waits until somebody has looked.
Prints one JSON object.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from kit.project import make_project

PR_CAPBSET_DROP = 24
MODULE = """
import ctypes, json, os, resource
from pathlib import Path
import pandas as pd

def rows():
    if Path("{ready}").exists():
        be_looked_into()
    return pd.DataFrame({{"age": [3, 4], "city": ["north", "south"], "member": [1, 0]}})

def be_looked_into():
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
    facts = [os.getpid(), dumpable, list(resource.getrlimit(resource.RLIMIT_CORE))]
    Path("{ready}").write_text(json.dumps(facts))  # a pipe: waits for its reader
    Path("{finished}").read_text()
"""


def without_capabilities() -> None:
    """Start this script again as a process that is nothing but its user."""
    call = ctypes.CDLL(None).prctl
    for capability in range(64):
        call(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.execv(sys.executable, [sys.executable, *sys.argv, "again"])  # noqa: S606 - itself, with what it was given


def look(process: int) -> dict[str, bool]:
    """Try what a process of the same user can try."""
    readable = {}
    for name in ("mem", "environ", "maps"):
        try:
            with Path(f"/proc/{process}/{name}").open("rb") as stream:
                if name == "mem":
                    stream.seek(int(Path(f"/proc/{process}/maps").read_text().split("-")[0], 16))
                readable[name] = bool(stream.read(16))
        except PermissionError:
            readable[name] = False
    return readable


def main(root: Path) -> None:
    """Measure in a thread, look meanwhile, report."""
    ready, finished = root / "ready", root / "finished"
    (root / "slow_rows.py").write_text(MODULE.format(ready=ready, finished=finished))
    sys.path.insert(0, str(root))
    project = make_project(root, kind="python", location="slow_rows:rows", files={"none.txt": b""})
    obtained: list[Any] = []
    # Registering has called it once, with nobody to look.
    os.mkfifo(ready)
    os.mkfifo(finished)
    measuring = Thread(target=lambda: obtained.append(project.obtain().reused))
    measuring.start()
    process, dumpable, limits = json.loads(ready.read_text())
    readable = look(process)
    finished.write_text("")
    measuring.join()
    sys.stdout.write(json.dumps({"looked": readable, "dumpable": dumpable, "limits": limits, "reused": obtained}))


if __name__ == "__main__":
    if sys.argv[-1] != "again":
        without_capabilities()
    main(Path(sys.argv[1]))
