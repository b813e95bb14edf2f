"""``python -m synth_assets`` is the command line."""

from synth_assets.cli import main

main()
