"""How the records of tests on made-up rows are shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.cli.contracts import from_here
from synth_assets.cli.output import print_json, print_table
from synth_assets.cli.terminal import echo

if TYPE_CHECKING:
    from synth_assets.audit.assurance import Record

__all__ = ["print_record"]


def print_record(record: "Record", path: Path, *, as_json: bool) -> int:
    """Print a record as a table or as JSON, and return the exit code: 1 if an outcome is not the wanted one."""
    if as_json:
        print_json(record.as_json())
        return int(not record.passed)
    rows = [
        (result.verdict, result.name, result.measure, f"{result.value:.4g}", f"{result.alarm} {result.limit:.4g}")
        for result in record.results
    ]
    colours = ["green" if result.is_good else "red" for result in record.results]
    print_table(["verdict", "test", "measured", "value", "alarm"], rows, colours=colours)
    echo(
        f": {record.outcome()}; record: {from_here(path)}",
        mark="passed" if record.passed else "FAILED",
        colour="green" if record.passed else "red",
        bold=True,
    )
    return int(not record.passed)
