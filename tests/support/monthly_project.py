"""A project whose dataset has a partition a month, as ``docs/partitions.md`` says."""

import shutil
from pathlib import Path

import numpy as np
import yaml
from followed import Reader
from kit.people import HEADER, PEOPLE, make_contract, people
from kit.project import Project, command

from synth_assets.checks import write_suite

__all__ = ["MONTHS", "PAGE", "make_monthly_project", "name_of", "open_month"]

PAGE = "docs/partitions.md"
MONTHS = {"2026-08": "2026-09", "2026-09": "2026-10", "2026-10": "2026-11"}
"""The months that have rows, each with the one after it."""


def make_monthly_project(root: Path, *, databases: Path) -> Project:
    """Write three months of people into one file, and the contract with the page's partitions."""
    shutil.copytree(databases, root)
    project = Project(root=root, contract=make_contract(name="visits", source="visits"))
    _write_rows(root / "private" / "visits.csv")
    page = yaml.safe_load(Reader(PAGE, root).block(beginning="type: synth_assets"))
    file = project.definition
    file.parent.mkdir(parents=True)
    page["attributes"] = {**PEOPLE, **page["attributes"]}
    file.write_text(yaml.safe_dump(page))
    write_suite(project.contract, project.suite)
    (root / ".dvc").mkdir()
    (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    return project


def name_of(month: str) -> str:
    """Return the name of a month's dataset, source and account."""
    return f"visits_{month.replace('-', '_')}"


def open_month(project: Project, month: str) -> None:
    """Do as the officer: open the account of a month below that of all months, and register the month's source."""
    shared = ["--population", "nobody", "--delta", "1e-5", "--epsilon", "3"]
    command("budget", "open", "visits", *shared, "--partitioned-by", "window", "--if-missing")
    name, window = name_of(month), f"seen_at={month}-01/{MONTHS[month]}-01"
    command("budget", "open", name, *shared, "--parent", "visits", "--window", window)
    location = str(project.root / "private" / "visits.csv")
    command("source", "add", name, "--kind", "csv", "--location", location, "--account", name, "--version", month)


def _write_rows(file: Path) -> None:
    """Write 200, 400 and 600 rows, so that it shows which month a table is of."""
    random = np.random.default_rng(8)
    lines = [f"{HEADER.strip()},seen_at\n"]
    for number, month in enumerate(MONTHS, start=1):
        days = random.integers(1, 29, 200 * number)
        rows = people(200 * number).splitlines()
        lines += [f"{row},{month}-{day:02}\n" for row, day in zip(rows, days, strict=True)]
    file.parent.mkdir(parents=True)
    file.write_text("".join(lines))
