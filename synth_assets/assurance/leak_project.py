"""The project of a leak test: a contract, a made-up table of its schema, and an account, apart from everything else.

Four datasets are declared from one contract. ``whole`` can be promoted. The others must
fail: a part of the source loses a column after it was registered, the source fails while it
is read, and an account has too little budget. Each has its own source and account.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from synth_assets.assurance import faulty_source
from synth_assets.assurance.canaries import Canaries
from synth_assets.assurance.faulty_source import FAULT, ROWS
from synth_assets.assurance.made_up_rows import Row, csv_part, made_up_rows, with_reals
from synth_assets.checks import write_suite
from synth_assets.contract import DatasetContract
from synth_assets.contract.gates import Gate
from synth_assets.integrations.dvc_stages import write_dvc_yaml
from synth_assets.ledger import Account, open_ledger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import LARGEST_DELTA, Cap
from synth_assets.source.register import make_source
from synth_assets.workspace import STATE, make_folder

__all__ = ["BROKEN", "FAILING", "POOR", "LeakProject", "make_leak_project"]

BROKEN, FAILING, POOR = "leak_test_broken", "leak_test_failing", "leak_test_poor"
"""Names of the datasets that cannot be measured."""
_TABLE_ROWS = 1000
_LEAST, _EPSILON = 0.001, 60.0
"""Limits of gates are so far from the worst value, and epsilon is so large, that each gate can tell and passes."""
_VERSION, _BY = "made-up", "leak test"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakProject:
    """Where things are.

    Attributes:
        folder: everything; ``project`` in it is the project's folder.
        contract: of the dataset that can be promoted.
        canaries: what must not get out.
    """

    folder: Path
    contract: DatasetContract
    canaries: Canaries

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.folder / "project"

    @property
    def sources(self) -> Path:
        """The made-up private tables."""
        return self.folder / "sources"

    @property
    def curator(self) -> Path:
        """Where the output of failed measurements goes, which is private."""
        return self.root / STATE / "curator"

    def private(self) -> tuple[Path, ...]:
        """Return the folders of the private zone, where canaries may be."""
        return self.sources, self.root / STATE / "private", self.curator

    def fail(self, fault: str) -> None:
        """Make the failing source fail, and shout all canaries, when it is read next."""
        words = (self.canaries.word, self.canaries.letters, str(self.canaries.number))
        (self.sources / FAILING / FAULT).write_text(f"{fault} {'-'.join(words)}", encoding="utf-8")


def make_leak_project(contract: DatasetContract, folder: Path, *, seed: int = 0) -> LeakProject:
    """Write the project, its sources and its ledger into a folder; nothing is measured.

    Args:
        contract: whose schema the table has; its own source is not looked at.
        folder: exists and is empty.
        seed: of the ordinary rows.
    """
    canaries = with_reals(contract, Canaries.fresh())
    whole = _decisive(contract.model_copy(update={"rows": _TABLE_ROWS, "expectations": None}))
    project = LeakProject(folder=folder, contract=whole, canaries=canaries)
    others = [whole.model_copy(update={"name": name, "source": name}) for name in (BROKEN, FAILING, POOR)]
    _write_sources(project, made_up_rows(contract, canaries, seed=seed))
    _write_definitions(project, [whole, *others])
    _fill_ledger(project)
    _lose_column(project)
    return project


def _decisive(contract: DatasetContract) -> DatasetContract:
    """Return a contract whose gates are asked and pass: made-up people are few, so noise is little and limits are wide.

    What is searched for is whether anything gets out, not how a made-up table does.
    """
    if not contract.gates:
        return contract
    gates = {
        name: Gate(min=_LEAST) if gate.max is None else Gate(max=1 - _LEAST) for name, gate in contract.gates.items()
    }
    spend = contract.privacy.spend.model_copy(update={"epsilon": max(_EPSILON, contract.privacy.spend.epsilon)})
    return contract.model_copy(update={"gates": gates, "privacy": contract.privacy.model_copy(update={"spend": spend})})


def _write_sources(project: LeakProject, rows: Sequence[Row]) -> None:
    """Write the table in two parts, whose names are canaries too, and as the rows of the failing source."""
    half = len(rows) // 2
    for name in (project.contract.source, BROKEN, POOR):
        (project.sources / name).mkdir(parents=True)
        for index, part in enumerate((rows[:half], rows[half:])):
            path = project.sources / name / f"{index}-{project.canaries.word}.csv"
            path.write_bytes(csv_part(project.contract, part))
    (project.sources / FAILING).mkdir()
    (project.sources / FAILING / ROWS).write_bytes(csv_part(project.contract, rows))


def _write_definitions(project: LeakProject, contracts: Sequence[DatasetContract]) -> None:
    """Write what an engineer keeps in git: contracts, suites that follow from them, and DVC's files."""
    files = []
    for contract in contracts:
        file = project.root / "defs" / contract.name / "defs.yaml"
        file.parent.mkdir(parents=True)
        attributes = contract.model_dump(mode="json", exclude_unset=True)
        document = {"type": "synth_assets.SyntheticDataset", "attributes": attributes}
        file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
        write_suite(contract, project.root / contract.suite_path)
        files.append((file, contract))
    write_dvc_yaml(project.root, files)
    (project.root / ".dvc").mkdir()
    (project.root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")


def _fill_ledger(project: LeakProject) -> None:
    """Open an account for each source and register it, as an officer does."""
    state = make_folder(project.root / STATE)
    ledger = open_ledger(f"sqlite:///{state / 'ledger.db'}", trust=Trust())
    spend, unit = project.contract.privacy.spend, project.contract.unit()
    for name in (project.contract.source, BROKEN, FAILING, POOR):
        share = 0.1 if name == POOR else 2.0
        delta = min(2 * spend.delta, math.nextafter(LARGEST_DELTA, 0))
        cap = Cap(epsilon=spend.epsilon * share, delta=delta, threshold_delta=2 * spend.threshold_delta)
        account = Account(name=name, source=name, population="nobody: made-up rows", unit=unit)
        ledger.open_account(account, cap, by=_BY)
        if project.contract.privacy.holdout:
            ledger.split_account(name, share=project.contract.privacy.holdout, by=_BY)
        fails, folder = name == FAILING, project.sources / name
        source = make_source(
            name,
            kind="python" if fails else "csv",
            location=f"{faulty_source.__name__}:rows" if fails else str(folder / "*.csv"),
            options={"arguments": [str(folder)]} if fails else None,
            account=name,
            version=_VERSION,
            unit=unit,
            attested_by=_BY,
            accept=lambda _: True,  # the contract's names, whatever they look like, over made-up rows
        )
        ledger.add_source(source, by=_BY)


def _lose_column(project: LeakProject) -> None:
    """Rename a column in one part of the broken source, which was registered with it."""
    path = max((project.sources / BROKEN).iterdir())
    names, _, rows = path.read_text("utf-8").partition("\n")
    path.write_text(f"{project.canaries.word},{names.partition(',')[2]}\n{rows}", encoding="utf-8")
