"""The command line: ``synth-assets``. Exit codes: 0 done, 1 refused, 2 wrong use, 3 a fault."""

from synth_assets.cli.main import main

__all__ = ["main"]
