"""Run the measuring process: ``python -m synth_assets.measurement`` with a job on standard input.

With a word, the job is one for a curator: ``curator`` for exact figures, see :mod:`synth_assets.measurement.curator`,
and ``tool`` for a program that is given exact rows, see :mod:`synth_assets.measurement.tool`.
"""

import sys

from synth_assets.obtain.job import CuratorJob, ToolJob

if __name__ == "__main__":
    words = tuple(sys.argv[1:])
    if words == CuratorJob.words:
        from synth_assets.measurement.curator import main
    elif words == ToolJob.words:
        from synth_assets.measurement.tool import main
    else:
        from synth_assets.measurement.process import main
    sys.exit(main())
