"""What a page shows, and what several sections need of it, computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.audit.assurance import Record
from synth_assets.audit.privacy_statement import published_loss
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.checks.fidelity import TableDistance, compare
from synth_assets.contract import DatasetContract
from synth_assets.evaluation.record import Evaluation
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import Release

__all__ = ["ReportFacts", "ScenarioFacts", "Tables"]

Tables = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFacts:
    """What a page shows of one scenario.

    Attributes:
        table: its rows as their manifest describes them, which name the scenario.
        results: one result per check of it, in any order.
    """

    table: Candidate
    results: tuple[CheckResult, ...]


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """What a page shows. A bundle holds all of it, so that a verification can render the page again.

    Attributes:
        contract: the whole contract.
        identity: names and digests of what the version is made from.
        candidate: the candidate that was promoted, or that the page is about.
        results: one result per check, in any order.
        suite: the expectations that were run, which say in what order results are shown.
        release: the release, read.
        statement: the bundle's privacy statement.
        tables: synthetic counts of each released table; none if the rows are not of the contract's schema.
        assurance: records of tests of the software, by kind.
        evaluation: what was measured on real people; ``None`` if nobody was asked.
        scenarios: the tables of the contract's scenarios, in its order.
        calibration: what the calibration of the generator found, if it is one with parameters; see ``Calibrated``.
        lines: the entries of the ledger that the bundle holds; those of other accounts are sealed.
        decided: the day of the promotion, in UTC, as whoever promoted it says; empty if nobody does.
        contents: the digest of all files of the version but this page; see ``contents_digest``.
        promoted: whether the page is the report of a promoted version; else it is the page of a candidate.
    """

    contract: DatasetContract
    identity: Mapping[str, str]
    candidate: Candidate
    results: tuple[CheckResult, ...]
    suite: Path
    release: Release
    statement: Mapping[str, Any]
    tables: Tables
    assurance: Mapping[str, Record] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    scenarios: tuple[ScenarioFacts, ...] = ()
    calibration: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[Mapping[str, Any]] = ()
    decided: str = ""
    contents: str = ""
    promoted: bool = True

    @cached_property
    def published(self) -> PrivacyLoss:
        """The loss of everything in the bundle: the release, and the answers of the people who were asked."""
        asked = () if self.evaluation is None else tuple(self.evaluation.answers)
        charged = PrivacyLoss(**self.statement["composition"]["charged"])
        return published_loss(charged, contract=self.contract, asked=asked)

    @cached_property
    def distances(self) -> list[TableDistance]:
        """How far each synthetic table is from the released one, in the release's order."""
        return compare(self.release, self.tables)
