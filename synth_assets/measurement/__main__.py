"""Run the measuring process: ``python -m synth_assets.measurement`` with a job on standard input."""

import sys

from synth_assets.measurement.process import main

if __name__ == "__main__":
    sys.exit(main())
