"""Commands as a shell sees them: arguments in, an exit code out."""

import pytest

from synth_assets.cli.main import main


def exit_code_of(*arguments: str) -> int:
    """Run a command in this process and return its exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)
