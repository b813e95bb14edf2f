"""Run the chain of the made-up project and die by SIGKILL when the step named on the command line begins."""

import os
import signal
import sys
from pathlib import Path

from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.workspace import Workspace


def main() -> None:
    """Run until the step."""
    last = sys.argv[1]

    def progress(line: str) -> None:
        if line == last:
            os.kill(os.getpid(), signal.SIGKILL)

    run_chain(read_contract(Path("defs/people")), workspace=Workspace.current(), progress=progress)


if __name__ == "__main__":
    main()
