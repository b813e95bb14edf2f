"""A simulator's calibration: its parameters, and how far the released tables are from what it can make.

No page of template 4 is of a version before there were simulators, so the section is in it from the start.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["CALIBRATION"]

_SHOWN_TABLES = 10
_CODE = 12
_TIMES = " \N{MULTIPLICATION SIGN} "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A released table beside the simulator, as shares of the rows."""

    columns: str
    distance: float
    explained: float

    @property
    def unexplained(self) -> float:
        return max(0.0, self.distance - self.explained)


def _context(facts: ReportFacts) -> dict[str, Any]:
    found = facts.calibration
    tables = [
        _Table(columns=_TIMES.join(table["attributes"]), distance=table["distance"], explained=table["explained"])
        for table in found["tables"]
    ]
    furthest = sorted((table for table in tables if table.unexplained), key=lambda table: -table.unexplained)
    return {
        "simulator": found["simulator"],
        "code": found["code"][:_CODE],
        "parameters": found["parameters"],
        "scenario": any(one["used"] != one["estimate"] for one in found["parameters"]),
        "share": found["share"],
        "mean": sum(table.unexplained for table in tables) / max(1, len(tables)),
        "tables": furthest[:_SHOWN_TABLES],
        "others": max(0, len(furthest) - _SHOWN_TABLES),
        "explained": len(tables) - len(furthest),
    }


CALIBRATION = Section(
    template=files(__package__).joinpath("calibration.html"),
    context=_context,
    since=4,
    shown=lambda facts: bool(facts.calibration),
)
