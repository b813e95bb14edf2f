"""Run the measuring process: ``python -m synth_assets.measurement`` with a job on standard input.

With the word ``curator`` the job is one of exact figures, see :mod:`synth_assets.measurement.curator`.
"""

import sys

from synth_assets.obtain.job import CuratorJob

if __name__ == "__main__":
    if tuple(sys.argv[1:]) == CuratorJob.words:
        from synth_assets.measurement.curator import main
    else:
        from synth_assets.measurement.process import main
    sys.exit(main())
